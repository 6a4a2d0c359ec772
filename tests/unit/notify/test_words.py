import pytest

from tagship.notify.function.alarm import newest
from tagship.notify.function.words import in_words, moment, number, place, seconds, size


@pytest.mark.parametrize(
    ("value", "said"), [(91.3, "91.3"), (80.0, "80"), (0.0, "0"), (1204, "1,204"), (2.675, "2.67"), (0.005, "0.01")]
)
def test_a_number_has_no_more_digits_than_it_needs(value: float, said: str) -> None:
    assert number(value) == said


def test_units_fit_their_values() -> None:
    assert (seconds(0.35), seconds(2.4), size(120 * 1024**2), size(1.5 * 1024**3)) == (
        "350 ms",
        "2.4 s",
        "120 MiB",
        "1.5 GiB",
    )


@pytest.mark.parametrize(
    ("spelt", "said"),
    [
        ("2026-03-01T12:04:41.250+0000", "2026-03-01 12:04 UTC"),
        ("2026-03-01T12:04:41Z", "2026-03-01 12:04 UTC"),
        ("2026-03-01T14:04:41.1+02:00", "2026-03-01 12:04 UTC"),
        ("2026-03-01T12:04:41", "2026-03-01T12:04:41"),
        ("soon", "soon"),
        ("", ""),
    ],
)
def test_a_moment_is_said_in_utc_or_as_it_came(spelt: str, said: str) -> None:
    assert moment(spelt) == said


@pytest.mark.parametrize(
    ("dimensions", "said"),
    [
        ({"ClusterName": "c", "ServiceName": "api"}, "`api`"),
        ({"LoadBalancer": "app/c/1", "TargetGroup": "targetgroup/shop-staging--api/1"}, "`api`"),
        ({"LoadBalancer": "app/c/1", "TargetGroup": "targetgroup/other/1"}, "`other`"),
        ({"TargetGroup": "odd"}, "`odd`"),
        ({"LoadBalancer": "app/c/1"}, "Load balancer"),
        ({"DBClusterIdentifier": "d", "Role": "READER"}, "Database `d`, reader"),
        ({"DBInstanceIdentifier": "d-1"}, "Database instance `d-1`"),
        ({"FunctionName": "f"}, "Function `f`"),
        ({"QueueName": "q", "Other": "o"}, "QueueName `q`, Other `o`"),
        ({}, ""),
    ],
)
def test_a_place_is_said_as_people_call_it(dimensions: dict[str, str], said: str) -> None:
    assert place(dimensions, "shop-staging") == said


def test_names_of_programs_are_said_in_words() -> None:
    assert (in_words("SERVICE_HEALTH_UNKNOWN"), in_words("deploymentId")) == ("service health unknown", "deployment id")


@pytest.mark.parametrize(
    ("reason", "value"),
    [
        ("1 datapoint [1.2582912E8 (01/03/26 12:03:00)] was less than the threshold (2.68E8).", 125829120.0),
        ("2 datapoints [-1.5 (01/03/26 12:03:00), 7.0 (01/03/26 12:02:00)] were", -1.5),
        ("no datapoints were received for 3 periods and 3 missing datapoints were treated as [NonBreaching].", None),
        ("3 of [NonBreaching] and [4.0 (01/03/26 12:03:00)]", 4.0),
        ("", None),
    ],
)
def test_the_newest_value_is_the_first_of_a_reason(reason: str, value: float | None) -> None:
    assert newest(reason) == value
