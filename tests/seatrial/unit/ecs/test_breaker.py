import pytest

from seatrial.services.ecs.deployments.breaker import backoff, resets_on_healthy, threshold


@pytest.mark.parametrize(("desired", "expected"), [(0, 3), (1, 3), (5, 3), (7, 4), (25, 13), (400, 200), (1000, 200)])
def test_the_default_is_half_of_the_desired_count_within_3_and_200(desired: int, expected: int) -> None:
    assert threshold(desired, {"enable": True, "rollback": True}) == expected


@pytest.mark.parametrize(
    ("kind", "value", "expected"), [("COUNT", 1, 1), ("UNBOUNDED_PERCENT", 10, 1), ("BOUNDED_PERCENT", 10, 3)]
)
def test_another_threshold_can_be_asked_for(kind: str, value: int, expected: int) -> None:
    assert threshold(10, {"thresholdConfiguration": {"type": kind, "value": value}}) == expected


def test_a_healthy_task_resets_the_count_unless_told_otherwise() -> None:
    assert resets_on_healthy({})
    assert not resets_on_healthy({"resetOnHealthyTask": False})


def test_the_second_failure_waits_and_each_further_one_twice_as_long() -> None:
    assert [backoff(count, base=1, limit=6) for count in range(6)] == [0, 0, 1, 2, 4, 6]
