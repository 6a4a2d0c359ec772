"""Which operation a request is: every one of AWS's, as botocore writes it."""

import pytest

from seatrial.access.rights.calls import UNKNOWN, read
from seatrial.core.incoming import Incoming
from seatrial.core.wire.modelled import service_model
from tests.seatrial.unit.rights.asking import called, least

SERVICES = (
    "application-autoscaling",
    "athena",
    "cloudfront",
    "cloudwatch",
    "cognito-idp",
    "dynamodb",
    "ec2",
    "ecr",
    "ecs",
    "elbv2",
    "events",
    "glue",
    "iam",
    "kms",
    "lambda",
    "logs",
    "rds",
    "rds-data",
    "route53",
    "s3",
    "scheduler",
    "secretsmanager",
    "service-quotas",
    "sesv2",
    "sns",
    "sqs",
    "ssm",
    "stepfunctions",
    "sts",
)
ELSEWHERE = {
    "GetBucketLifecycle": "GetBucketLifecycleConfiguration",
    "GetBucketNotification": "GetBucketNotificationConfiguration",
    "ListDirectoryBuckets": "ListBuckets",
    "PutBucketLifecycle": "PutBucketLifecycleConfiguration",
    "PutBucketNotification": "PutBucketNotificationConfiguration",
}
"""Operations of S3 that are written as others are."""


@pytest.mark.parametrize("service", SERVICES)
def test_every_operation_is_read_as_what_it_was_written_as(service: str) -> None:
    model = service_model(service)
    wrong = {}
    for name in model.operation_names:
        found = called(service, name, **least(model.operation_model(name).input_shape)).operation
        if found != ELSEWHERE.get(name, name):
            wrong[name] = found
    assert wrong == {}


@pytest.mark.parametrize("service", SERVICES)
def test_what_no_model_knows_is_no_operation(service: str) -> None:
    headers = [(b"x-amz-target", b"Prefix.MakeEverybodyRich")]
    request = Incoming({"method": "POST", "path": "/", "query_string": b"", "headers": headers})
    assert read(request, service, b"{}").operation == UNKNOWN


@pytest.mark.parametrize(
    ("body", "keys"),
    [
        (b"<Delete><Object><Key>a</Key></Object><Object><Key>b/c</Key></Object></Delete>", ["a", "b/c"]),
        (b'<Delete xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Object><Key>a</Key></Object></Delete>', ["a"]),
        (b"<Delete></Delete>", None),
        (b'<!DOCTYPE d [<!ENTITY e "a">]><Delete><Object><Key>&e;</Key></Object></Delete>', None),
        (b"no XML", None),
    ],
)
def test_objects_that_are_to_go_are_named_in_the_body_or_nothing_is_known(body: bytes, keys: list[str] | None) -> None:
    scope = {"method": "POST", "path": "/files", "query_string": b"delete", "headers": []}
    call = read(Incoming(scope), "s3", body)
    assert (call.params.get("Keys"), call.operation) == (keys, "DeleteObjects" if keys else UNKNOWN)
