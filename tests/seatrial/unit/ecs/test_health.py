from typing import Any

import pytest

from seatrial.services.ecs.health import Health, TargetState, TaskFacts, judge

STATES = ("initial", "healthy", "unhealthy", "unused", "draining", "unavailable")


def target(state: str, group: str = "tg") -> TargetState:
    return TargetState(group, 80, state, "Request timed out")


def health(now: float = 100, since: float | None = 0, **facts: Any) -> Health:  # noqa: ANN401 - fields by name
    return judge(TaskFacts(since, **facts), now).health


def test_a_task_that_does_not_run_is_waited_for() -> None:
    assert health(since=None, targets=[target("unhealthy")]) is Health.WAITING


def test_without_any_check_40_seconds_of_running_count_as_healthy() -> None:
    assert health(39.9) is Health.WAITING
    assert health(40) is Health.HEALTHY


@pytest.mark.parametrize(("state", "expected"), list(zip(STATES, "WHUWWH", strict=True)))
def test_the_target_group_decides(state: str, expected: str) -> None:
    meant = {"W": Health.WAITING, "H": Health.HEALTHY, "U": Health.UNHEALTHY}[expected]
    assert health(targets=[target(state)]) is meant


def test_both_checks_must_pass() -> None:
    assert health(container="UNKNOWN", targets=[target("healthy")]) is Health.WAITING
    assert health(container="HEALTHY", targets=[target("initial")]) is Health.WAITING
    assert health(container="HEALTHY", targets=[target("healthy")]) is Health.HEALTHY


def test_every_target_group_must_be_healthy() -> None:
    assert health(targets=[target("healthy", "one"), target("initial", "two")]) is Health.WAITING


@pytest.mark.parametrize("facts", [{"container": "UNHEALTHY"}, {"targets": [target("unhealthy")]}])
def test_the_grace_period_covers_every_check(facts: dict[str, Any]) -> None:
    assert health(29.9, grace=30, **facts) is Health.WAITING
    assert health(30, grace=30, **facts) is Health.UNHEALTHY


def test_the_reason_is_awss() -> None:
    assert judge(TaskFacts(0, container="UNHEALTHY"), 1).reason == "Task failed container health checks"
    verdict = judge(TaskFacts(0, targets=[target("unhealthy")]), 1)
    assert verdict.reason == "Task failed ELB health checks in (target-group tg)"
    assert verdict.target == target("unhealthy")
