from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tagship.aws.ecs_shapes import EcsService, Rollout, ServiceDeployment
from tagship.aws.elb import TargetHealth
from tagship.release.watching.rollout_view import serves

DEPLOYMENT = ServiceDeployment(
    arn="d",
    status="IN_PROGRESS",
    reason="",
    task_definition="new",
    requested=1,
    running=1,
    created_at=datetime(2026, 1, 1, tzinfo=UTC),
    finished_at=None,
    failures=0,
    failure_threshold=3,
    rollback_reason="",
)


def service(*, old_desired: int = 0) -> EcsService:
    """One new task runs, and one old one."""
    rollouts = (
        Rollout("ecs-svc/2", "PRIMARY", "new", 1, 0, 1, 0, "IN_PROGRESS"),
        Rollout("ecs-svc/1", "ACTIVE", "old", old_desired, 0, 1, 0),
    )
    return EcsService("s", "api", "c", "new", 1, 2, 0, rollouts, ())


@pytest.mark.parametrize(
    ("states", "alone"),
    [
        (("healthy",), True),
        (("healthy", "draining"), True),
        (("healthy", "healthy"), False),
        (("healthy", "initial"), False),
        (("healthy", "unhealthy"), False),
        (("initial", "draining"), False),
        (("unhealthy",), False),
    ],
)
def test_a_version_serves_when_nothing_but_its_healthy_tasks_gets_requests(
    states: tuple[str, ...],
    alone: bool,  # noqa: FBT001 - a row
) -> None:
    targets = [TargetHealth(f"10.0.0.{number}:8000", state, "", "") for number, state in enumerate(states)]
    assert serves(DEPLOYMENT, service(), targets) is alone


@pytest.mark.parametrize(("states", "alone"), [((), False), (("healthy",), False), (("healthy",) * 2, True)])
def test_as_many_targets_are_healthy_as_tasks_run_or_the_version_does_not_serve(
    states: tuple[str, ...],
    alone: bool,  # noqa: FBT001 - a row
) -> None:
    two = replace(DEPLOYMENT, requested=2, running=2)
    rollouts = (Rollout("ecs-svc/2", "PRIMARY", "new", 2, 0, 2, 0, "IN_PROGRESS"),)
    targets = [TargetHealth(f"10.0.0.{number}:8000", state, "", "") for number, state in enumerate(states)]
    assert serves(two, EcsService("s", "api", "c", "new", 2, 2, 0, rollouts, ()), targets) is alone


def test_after_a_forced_deployment_old_tasks_of_the_same_revision_are_not_the_new_ones() -> None:
    rollouts = (
        Rollout("ecs-svc/2", "PRIMARY", "new", 1, 0, 1, 0, "IN_PROGRESS"),
        Rollout("ecs-svc/1", "ACTIVE", "new", 1, 0, 1, 0),
    )
    healthy = [TargetHealth("10.0.0.1:8000", "healthy", "", "")]
    assert not serves(DEPLOYMENT, EcsService("s", "api", "c", "new", 1, 2, 0, rollouts, ()), healthy)


def test_while_ecs_wants_old_tasks_the_new_version_does_not_serve_alone() -> None:
    healthy = [TargetHealth("10.0.0.1:8000", "healthy", "", "")]
    assert not serves(DEPLOYMENT, service(old_desired=1), healthy)
