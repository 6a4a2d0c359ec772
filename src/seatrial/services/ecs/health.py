"""Whether a task counts as healthy. Pure.

Source: API reference, ``DeploymentConfiguration.minimumHealthyPercent`` and ``healthCheckGracePeriodSeconds``.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum

from seatrial.services.ecs.texts import CONTAINER_UNHEALTHY, NETWORK_LOST, unhealthy_target

ABSENT = "unused"
"""The state of a target that its group does not know, as DescribeTargetHealth answers it (``Target.NotRegistered``)."""

NOT_REGISTERED = "Target is not registered to the target group"
"""Why, in AWS's words, where the group answers and does not list it."""


class Health(Enum):
    """What the scheduler thinks of a task."""

    WAITING = "waiting"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"


@dataclass(frozen=True)
class TargetState:
    """What a target group says of a task: ELB's ``initial``, ``healthy``, ``unhealthy``, ``unused``, ``draining``."""

    group: str
    port: int
    state: str
    reason: str = ""


@dataclass(frozen=True)
class TaskFacts:
    """What is known of one task.

    Args:
        running_since: when it became RUNNING; None before.
        container: health of the essential containers that have a health check; None where none has one.
        targets: the targets of every target group the service has.
        grace: ``healthCheckGracePeriodSeconds``.
        settle: seconds after which a task without any check counts as healthy.
        attached: whether it still has the address that it was given.
    """

    running_since: float | None
    container: str | None = None
    targets: Sequence[TargetState] = ()
    grace: float = 0
    settle: float = 40
    attached: bool = True


@dataclass(frozen=True)
class Verdict:
    """A health, and why where it is bad: ``reason`` is the task's ``stoppedReason``."""

    health: Health
    reason: str = ""
    target: TargetState | None = None


def judge(facts: TaskFacts, now: float) -> Verdict:
    """Whether a task is healthy, is not yet, or must be replaced."""
    if facts.running_since is None:
        return Verdict(Health.WAITING)
    if not facts.attached:
        return Verdict(Health.UNHEALTHY, NETWORK_LOST)
    if now >= facts.running_since + facts.grace and (bad := _failed_check(facts)):
        return bad
    if not facts.targets and facts.container is None:
        settled = now >= facts.running_since + facts.settle
        return Verdict(Health.HEALTHY if settled else Health.WAITING)
    passed = facts.container in {None, "HEALTHY"} and all(_serves(target) for target in facts.targets)
    return Verdict(Health.HEALTHY if passed else Health.WAITING)


def _failed_check(facts: TaskFacts) -> Verdict | None:
    if facts.container == "UNHEALTHY":
        return Verdict(Health.UNHEALTHY, CONTAINER_UNHEALTHY)
    bad = next((target for target in facts.targets if _fails(target)), None)
    return Verdict(Health.UNHEALTHY, unhealthy_target(bad.group), bad) if bad else None


def _fails(target: TargetState) -> bool:
    # Somebody has taken a registered target out of its group: nobody sends it requests any more.
    return target.state == "unhealthy" or (target.state == ABSENT and target.reason == NOT_REGISTERED)


def _serves(target: TargetState) -> bool:
    # "unavailable": the target group has its health checks disabled; it is routed to.
    return target.state in {"healthy", "unavailable"}
