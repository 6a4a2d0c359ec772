import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.throttling.buckets import Level, refilled, taken
from seatrial.services.throttling.quotas import BY_OPERATION
from tagship.aws.pacing import Bucket, Pacing
from tagship.aws.session import Aws, AwsAccess
from tagship.base.fakes import ManualClock


def test_a_burst_goes_out_at_once_and_what_follows_at_the_rate() -> None:
    bucket = Bucket(burst=2, rate=0.5)
    assert [bucket.take(10.0) for _ in range(4)] == [0.0, 0.0, 2.0, 4.0]


def test_what_was_not_used_comes_back_but_never_more_than_the_burst() -> None:
    bucket = Bucket(burst=2, rate=1)
    assert [bucket.take(0.0) for _ in range(2)] == [0.0, 0.0]
    assert [bucket.take(1000.0) for _ in range(3)] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("operation", "quota"),
    [
        ("ecs.RegisterTaskDefinition", BY_OPERATION["ecs", "RegisterTaskDefinition"]),
        ("ecs.UpdateService", BY_OPERATION["ecs", "UpdateService"]),
        ("ecs.DescribeServiceDeployments", BY_OPERATION["ecs", "DescribeServiceDeployments"]),
        (
            "elastic-load-balancing-v2.DescribeTargetHealth",
            BY_OPERATION["elasticloadbalancing", "DescribeTargetHealth"],
        ),
    ],
)
@given(pauses=st.lists(st.floats(0, 5), max_size=150))
def test_however_fast_the_callers_are_aws_would_throttle_none(
    operation: str, quota: object, pauses: list[float]
) -> None:
    clock = ManualClock()
    pacing = Pacing(clock)
    level: Level | None = None
    for pause in [0.0] * 60 + pauses:
        clock.sleep(pause)
        pacing.before_send(f"before-send.{operation}", request=None)
        level = taken(refilled(level, quota.rate, clock.monotonic()))  # type: ignore[attr-defined]
        assert level is not None


def test_operations_without_a_quota_never_wait() -> None:
    clock = ManualClock()
    pacing = Pacing(clock)
    for _ in range(1000):
        pacing.before_send("before-send.s3.GetObject")
    assert clock.elapsed == 0


def test_every_client_of_a_session_keeps_the_pace() -> None:
    clock = ManualClock()
    aws = Aws(AwsAccess("eu-central-1", "http://127.0.0.1:1", access_key="a", secret_key="b"), clock)
    for _ in range(20):
        aws.client("ecs").meta.events.emit("before-send.ecs.RegisterTaskDefinition", request=None)
    assert clock.elapsed > 1
