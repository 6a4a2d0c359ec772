from dataclasses import replace
from typing import Any

import pytest

from seatrial.services.ecs.deployments.scheduler import (
    Action,
    Complete,
    Fail,
    ReportSteady,
    Retire,
    ServiceView,
    Start,
    Stop,
    TaskView,
    plan,
)
from seatrial.services.ecs.health import Health

NEW, OLD, OLDER = "ecs-svc/new", "ecs-svc/old", "ecs-svc/older"


def tasks(rollout: str, count: int, health: Health = Health.HEALTHY, **more: Any) -> list[TaskView]:  # noqa: ANN401 - fields by name
    given = TaskView(id="", rollout=rollout, health=health)
    named = [replace(given, id=f"{rollout}-{health.value}-{index}", age=float(index)) for index in range(count)]
    return [replace(task, **more) for task in named]


def releasing(*groups: list[TaskView], desired: int = 2, **more: Any) -> ServiceView:  # noqa: ANN401 - fields by name
    """A service that moves from OLD to NEW."""
    flat = [task for group in groups for task in group]
    return replace(ServiceView(desired=desired, primary=NEW, others=[OLD], tasks=flat), **more)


def resting(*groups: list[TaskView], desired: int = 2, **more: Any) -> ServiceView:  # noqa: ANN401 - fields by name
    """A service whose rollout is complete."""
    return replace(releasing(*groups, desired=desired, others=(), state="COMPLETED"), **more)


def stopped(actions: list[Action]) -> list[str]:
    return [action.task for action in actions if isinstance(action, Stop)]


def test_a_first_rollout_starts_all_its_tasks_at_once() -> None:
    assert plan(ServiceView(desired=3, primary=NEW)) == [Start(3)]


def test_a_service_without_tasks_is_complete_at_once() -> None:
    assert plan(ServiceView(desired=0, primary=NEW)) == [Complete()]


def test_a_rollout_with_200_percent_starts_every_new_task_beside_the_old_ones() -> None:
    assert plan(releasing(tasks(OLD, 2))) == [Start(2)]


def test_old_tasks_stay_while_the_new_ones_are_not_healthy() -> None:
    assert plan(releasing(tasks(OLD, 2), tasks(NEW, 2, Health.WAITING))) == []


def test_one_old_task_stops_for_each_new_one_that_is_healthy() -> None:
    actions = plan(releasing(tasks(OLD, 2), tasks(NEW, 1), tasks(NEW, 1, Health.WAITING)))
    assert len(stopped(actions)) == 1
    assert stopped(actions)[0].startswith(OLD)


def test_all_old_tasks_stop_when_all_new_ones_are_healthy() -> None:
    assert len(stopped(plan(releasing(tasks(OLD, 2), tasks(NEW, 2))))) == 2


def test_an_old_task_that_never_became_healthy_goes_when_all_new_ones_are() -> None:
    waiting = tasks(OLD, 1, Health.WAITING)
    assert plan(releasing(waiting, tasks(NEW, 1))) == [Start(1)]
    assert stopped(plan(releasing(waiting, tasks(NEW, 2)))) == [waiting[0].id]


def test_a_rollout_completes_only_when_the_old_tasks_are_gone() -> None:
    draining = tasks(OLD, 1, live=False)
    assert plan(releasing(draining, tasks(NEW, 2))) == []
    assert plan(releasing(tasks(NEW, 2))) == [Retire(OLD)]
    assert plan(releasing(tasks(NEW, 2), others=())) == [Complete()]


def test_one_task_with_100_and_100_percent_cannot_move() -> None:
    assert plan(releasing(tasks(OLD, 1), desired=1, maximum_percent=100)) == []


def test_half_of_the_old_tasks_make_room_with_50_and_100_percent() -> None:
    service = releasing(tasks(OLD, 4), desired=4, minimum_percent=50, maximum_percent=100)
    actions = plan(service)
    assert len(stopped(actions)) == 2
    assert Start(2) in actions


@pytest.mark.parametrize(
    ("desired", "minimum", "maximum", "bounds"), [(3, 50, 150, (2, 4)), (1, 50, 150, (1, 1)), (10, 33, 199, (4, 19))]
)
def test_the_minimum_is_rounded_up_and_the_maximum_down(
    desired: int, minimum: int, maximum: int, bounds: tuple[int, int]
) -> None:
    service = ServiceView(desired=desired, primary=NEW, minimum_percent=minimum, maximum_percent=maximum)
    assert (service.minimum, service.maximum) == bounds


def test_an_old_task_that_never_ran_stops_at_once() -> None:
    starting = tasks(OLD, 1, Health.WAITING, running=False)
    assert stopped(plan(releasing(tasks(OLD, 2), starting))) == [starting[0].id]


def test_the_oldest_rollouts_tasks_go_first() -> None:
    service = releasing(tasks(OLD, 1), tasks(OLDER, 1), tasks(NEW, 1), others=[OLD, OLDER])
    assert stopped(plan(service)) == [f"{OLDER}-healthy-0"]


def test_an_unhealthy_new_task_is_replaced_with_the_reason_it_is_unhealthy() -> None:
    bad = tasks(NEW, 1, Health.UNHEALTHY, reason="Task failed ELB health checks in (target-group x)")
    actions = plan(releasing(tasks(OLD, 2), tasks(NEW, 1, Health.WAITING), bad))
    assert Stop(bad[0].id, bad[0].reason) in actions
    assert Start(1) in actions


def test_failing_tasks_are_backed_off() -> None:
    assert plan(releasing(tasks(OLD, 2), may_start=False)) == []


def test_the_breaker_trips_at_its_threshold_and_not_before() -> None:
    service = releasing(tasks(OLD, 2), tasks(NEW, 2, Health.WAITING), threshold=3)
    assert plan(replace(service, failures=2)) == []
    assert plan(replace(service, failures=3)) == [Fail()]


def test_without_a_breaker_failures_never_fail_a_rollout() -> None:
    assert Fail() not in plan(releasing(tasks(OLD, 2), failures=1000))


def test_a_failed_rollout_starts_nothing_and_stops_no_old_task() -> None:
    assert plan(releasing(tasks(OLD, 2), state="FAILED")) == []


def test_a_task_that_ended_is_replaced() -> None:
    assert plan(resting(tasks(NEW, 1))) == [Start(1)]


def test_in_the_steady_state_the_replacement_comes_before_the_unhealthy_task_goes() -> None:
    bad = tasks(NEW, 1, Health.UNHEALTHY, reason="sick")
    assert plan(resting(tasks(NEW, 1), bad)) == [Start(1)]
    assert plan(resting(tasks(NEW, 1), bad, tasks(NEW, 1, Health.WAITING))) == []
    assert plan(resting(tasks(NEW, 2), bad)) == [Stop(bad[0].id, "sick")]


def test_without_room_one_unhealthy_task_goes_first() -> None:
    bad = tasks(NEW, 2, Health.UNHEALTHY, reason="sick")
    actions = plan(resting(bad, maximum_percent=100))
    assert actions == [Stop(bad[0].id, "sick"), Start(1)]


def test_scale_in_stops_what_serves_least_and_then_the_youngest() -> None:
    waiting = tasks(NEW, 1, Health.WAITING, running=False)
    assert stopped(plan(resting(tasks(NEW, 3), waiting))) == [waiting[0].id, f"{NEW}-healthy-0"]


def test_scale_out_starts_what_is_missing() -> None:
    assert plan(resting(tasks(NEW, 2), desired=4)) == [Start(2)]


def test_a_steady_state_is_reported_once() -> None:
    assert plan(resting(tasks(NEW, 2))) == [ReportSteady()]
    assert plan(resting(tasks(NEW, 2), steady=True)) == []


def test_a_service_that_is_deleted_stops_everything() -> None:
    assert len(stopped(plan(releasing(tasks(OLD, 2), tasks(NEW, 1), desired=0)))) == 3
