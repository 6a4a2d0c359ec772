"""The scheduler played against a made-up world: whatever happens to tasks, its promises hold, and it gets there."""

from dataclasses import replace

from hypothesis import given, settings
from hypothesis import strategies as st

from seatrial.services.ecs.deployments.scheduler import (
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

NEW, OLD = "ecs-svc/new", "ecs-svc/old"
STEPS = 400


def carried_out(service: ServiceView, step: int) -> ServiceView:
    """The world after what the scheduler wants: stops drain for a step, starts wait for their health."""
    staying = [task for task in service.tasks if task.live]
    for action in plan(service):
        match action:
            case Start(count):
                made = [
                    TaskView(f"{step}-{index}", NEW, running=False, health=Health.WAITING) for index in range(count)
                ]
                staying = [*staying, *made]
            case Stop(task):
                staying = [replace(item, live=False) if item.id == task else item for item in staying]
            case Retire(rollout):
                service = replace(service, others=[other for other in service.others if other != rollout])
            case Complete():
                service = replace(service, state="COMPLETED")
            case ReportSteady():
                service = replace(service, steady=True)
            case Fail():
                service = replace(service, state="FAILED")
    return replace(service, tasks=staying)


def grown(service: ServiceView, unlucky: set[int]) -> ServiceView:
    """New tasks run, then are healthy; the unlucky ones end instead."""
    after = []
    for index, task in enumerate(service.tasks):
        if task.live and task.health is Health.WAITING:
            if index in unlucky:
                continue
            task = replace(task, running=True, health=Health.HEALTHY if task.running else Health.WAITING)  # noqa: PLW2901
        after.append(task)
    return replace(service, tasks=after)


def healthy(service: ServiceView) -> int:
    return sum(task.healthy for task in service.tasks)


services = st.builds(
    lambda desired, old, minimum, maximum: ServiceView(
        desired=desired,
        primary=NEW,
        others=[OLD],
        tasks=[TaskView(f"old-{index}", OLD) for index in range(old)],
        minimum_percent=minimum,
        maximum_percent=max(minimum, maximum),
    ),
    desired=st.integers(0, 12),
    old=st.integers(0, 12),
    minimum=st.integers(0, 100),
    maximum=st.integers(100, 300),
)
mishaps = st.lists(st.sets(st.integers(0, 30), max_size=6), max_size=8)


@given(services, mishaps)
@settings(max_examples=300, deadline=None)
def test_no_rollout_takes_more_healthy_tasks_away_than_allowed(service: ServiceView, unlucky: list[set[int]]) -> None:
    for step in range(40):
        before = healthy(service)
        service = carried_out(service, step)
        assert healthy(service) >= min(before, service.minimum)
        service = grown(service, unlucky[step] if step < len(unlucky) else set())


@given(services, mishaps)
@settings(max_examples=300, deadline=None)
def test_no_rollout_starts_more_tasks_than_the_maximum(service: ServiceView, unlucky: list[set[int]]) -> None:
    for step in range(40):
        before = len(service.live)
        service = carried_out(service, step)
        assert len(service.live) <= max(before, service.maximum)
        service = grown(service, unlucky[step] if step < len(unlucky) else set())


@given(services, mishaps)
@settings(max_examples=300, deadline=None)
def test_every_rollout_that_has_room_to_move_arrives(service: ServiceView, unlucky: list[set[int]]) -> None:
    cannot_move = service.minimum >= service.maximum and service.old
    for step in range(STEPS):
        service = carried_out(service, step)
        service = grown(service, unlucky[step] if step < len(unlucky) else set())
        if service.steady:
            break
    if not cannot_move:
        assert service.state == "COMPLETED"
        assert [task.rollout for task in service.tasks] == [NEW] * service.desired


@given(services)
def test_what_has_been_decided_is_not_decided_again(service: ServiceView) -> None:
    for step in range(STEPS):
        service = grown(carried_out(service, step), set())
    assert not [action for action in plan(service) if isinstance(action, Start | Stop)]
