"""A service's records and its targets' health, as the scheduler sees them. Pure."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil

from seatrial.services.ecs.deployments.breaker import threshold
from seatrial.services.ecs.deployments.rollouts import breaker_rule
from seatrial.services.ecs.deployments.scheduler import ServiceView, TaskView
from seatrial.services.ecs.health import ABSENT, NOT_REGISTERED, Health, TargetState, TaskFacts, Verdict, judge
from seatrial.services.ecs.records import Json, Service, Task
from seatrial.services.ecs.targets import groups_of
from seatrial.services.ecs.task_shapes import health_status

TargetStates = Mapping[str, Mapping[tuple[str, int], TargetState]]
"""By target group, then by address and port; a group that does not answer is not there."""

TargetKey = tuple[str, str, int]
"""Target group, address, port."""


@dataclass(frozen=True)
class JudgedTask:
    """A task, and what is thought of its health."""

    task: Task
    verdict: Verdict


def target_owners(tasks: Iterable[Task]) -> Mapping[TargetKey, str]:
    """Whose each registered target is: the task's that was registered last. Docker gives an address out again."""
    ordered = sorted(tasks, key=lambda task: task.connected_at or 0)
    return {_key(target): task.arn for task in ordered for target in task.targets}


def states_of(task: Task, states: TargetStates, owners: Mapping[TargetKey, str]) -> TargetStates:
    """What the target groups say of a task: what they say of its address is of another one that has it by now."""
    lost = {_key(target) for target in task.targets if owners.get(_key(target), task.arn) != task.arn}
    return {
        group: {where: state for where, state in known.items() if (group, *where) not in lost}
        for group, known in states.items()
    }


def judge_task(task: Task, service: Service, states: TargetStates, *, settle: float, now: float) -> JudgedTask:
    """How a task is now; ``settle`` as in ``TaskFacts``."""
    checked = any(container.checked and container.essential for container in task.containers)
    facts = TaskFacts(
        running_since=task.started_at if task.last_status == "RUNNING" else None,
        container=health_status(task) if checked else None,
        targets=_target_states(task, service, states),
        grace=service.configuration.get("healthCheckGracePeriodSeconds") or 0,
        settle=settle,
        attached=not task.detached,
    )
    return JudgedTask(task, judge(facts, now))


def confirmed(judged: JudgedTask, after: float, now: float) -> JudgedTask:
    """The same, but not healthy yet where its checks have passed for a shorter time than ``after``."""
    task = judged.task
    if judged.verdict.health is not Health.HEALTHY or task.healthy_at is not None or not task.checked:
        return judged
    lasted = task.passing_at is not None and now >= task.passing_at + after
    return judged if lasted else JudgedTask(task, Verdict(Health.WAITING))


def view(service: Service, judged: Iterable[JudgedTask], now: float) -> ServiceView:
    """The service for ``scheduler.plan``."""
    primary, rule = service.primary, breaker_rule(service)
    configuration = service.configuration["deploymentConfiguration"]
    early = configuration.get("earlySuccessCriteria") or {}
    percent = early.get("healthyPercent", 100)
    return ServiceView(
        desired=service.desired_count,
        primary=primary.id,
        state=primary.state,
        others=[rollout.id for rollout in service.rollouts if rollout.id != primary.id],
        tasks=[_task_view(item, now) for item in judged],
        minimum_percent=configuration.get("minimumHealthyPercent", 100),
        maximum_percent=configuration.get("maximumPercent", 200),
        failures=primary.failures,
        threshold=threshold(service.desired_count, rule) if rule.get("enable") else None,
        may_start=now >= service.retry_at,
        steady=service.steady,
        enough=ceil(service.desired_count * percent / 100) if early.get("enable") else None,
        cleans_first=early.get("sourceServiceRevisionCleanup") != "DEFERRED",
    )


def _task_view(item: JudgedTask, now: float) -> TaskView:
    task = item.task
    return TaskView(
        id=task.arn,
        rollout=task.started_by or "",
        live=task.live,
        running=task.last_status == "RUNNING",
        health=item.verdict.health,
        reason=item.verdict.reason,
        age=now - task.created_at,
        protected=(task.protected_until or 0) > now,
    )


def _target_states(task: Task, service: Service, states: TargetStates) -> list[TargetState]:
    """What each target group says; where the task was not registered yet, it has not taken it in."""
    rollout = service.rollout(task.started_by)
    registered = {_key(target) for target in task.targets}
    found = [_state(states.get(group), group, address, port) for group, address, port in sorted(registered)]
    missing = [group for group in groups_of(rollout.workload if rollout else {}) if not registered]
    return found + [TargetState(group, 0, ABSENT) for group in missing]


def _state(known: Mapping[tuple[str, int], TargetState] | None, group: str, address: str, port: int) -> TargetState:
    unlisted = TargetState(group, port, ABSENT, "" if known is None else NOT_REGISTERED)
    return (known or {}).get((address, port), unlisted)


def _key(target: Json) -> TargetKey:
    return target["group"], target["address"], target["port"]
