"""Whatever a manifest may hold, AWS takes it: each kind of value against what AWS documents of where it goes."""

from typing import Annotated, Any, Final

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some
from pydantic import AfterValidator, TypeAdapter, ValidationError

from tagship.manifest import types
from tagship.manifest.service import Service
from tests.support.documented import refused

LENGTHS: Final = settings(max_examples=60, deadline=None)

GOES_TO: Final[list[tuple[str, Any, str, int, tuple[str, ...]]]] = [
    (
        "path patterns",
        Annotated[types.PathPattern, AfterValidator(lambda path: Service(port=1, paths=(path,)).paths[0])],
        types.PATH_PATTERN,
        128,
        (
            "elbv2 CreateRule Conditions[].PathPatternConfig.Values[]",
            "cloudfront CreateDistribution DistributionConfig.CacheBehaviors.Items[].PathPattern",
        ),
    ),
    ("health checks", types.UrlPath, types.URL_PATH, 1024, ("elbv2 CreateTargetGroup HealthCheckPath",)),
    ("databases", types.Alphanumeric, types.DATABASE, 63, ("rds CreateDBCluster DatabaseName",)),
    ("mail addresses", types.EmailAddress, types.EMAIL, 254, ("sns Subscribe Endpoint",)),
    ("instances", types.InstanceType, types.INSTANCE, 30, ("ec2 RunInstances InstanceType",)),
]


def refused_at(place: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
    service, operation, member = place.split()
    return refused(service, operation, member, value)


def is_legal(kind: Any, text: str) -> bool:  # noqa: ANN401 - one of the manifest's types
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize("case", GOES_TO, ids=[case[0] for case in GOES_TO])
@given(data=some.data())
@LENGTHS
def test_what_the_manifest_takes_aws_takes(
    case: tuple[str, Any, str, int, tuple[str, ...]], data: some.DataObject
) -> None:
    _, kind, pattern, longest, places = case
    text = data.draw(some.from_regex(pattern, fullmatch=True).map(lambda drawn: drawn[:longest]))
    if is_legal(kind, text):
        assert [found for place in places if (found := refused_at(place, text))] == []


@pytest.mark.parametrize(
    ("number", "place"),
    [
        (types.Drain, "elbv2 ModifyTargetGroupAttributes Attributes[Key=deregistration_delay.timeout_seconds].Value"),
        (types.Interval, "elbv2 CreateTargetGroup HealthCheckIntervalSeconds"),
        (types.Timeout, "elbv2 CreateTargetGroup HealthCheckTimeoutSeconds"),
        (types.Threshold, "elbv2 CreateTargetGroup HealthyThresholdCount"),
        (types.GracePeriod, "ecs CreateService healthCheckGracePeriodSeconds"),
        (types.BackupDays, "rds CreateDBCluster BackupRetentionPeriod"),
        (types.RequestLimit, "wafv2 CreateWebACL Rules[].Statement.RateBasedStatement.Limit"),
    ],
)
def test_the_bounds_of_numbers_are_within_awss(number: Any, place: str) -> None:  # noqa: ANN401 - as above
    schema = TypeAdapter(Annotated[number, ...]).json_schema()
    for bound in (schema["minimum"], schema["maximum"]):
        assert refused_at(place, bound) is None
