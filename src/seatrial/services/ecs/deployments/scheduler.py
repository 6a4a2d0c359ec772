"""How the service scheduler decides: a service as it is, in; what to do next, out. Pure.

Called again after each change, so each answer is only the next step. The rules, with their sources, are in
``docs/seatrial/ecs-scheduler.md``.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil, floor

from seatrial.services.ecs.health import Health


@dataclass(frozen=True)
class TaskView:
    """A task of the service that is not STOPPED yet.

    Args:
        id: its ARN.
        rollout: the deployment it belongs to (``ecs-svc/…``).
        live: whether its desired status is RUNNING.
        running: whether its last status is RUNNING.
        health: what is thought of its health now.
        reason: why it is unhealthy.
        age: seconds since it was created.
        protected: whether UpdateTaskProtection protects it from scale-in and from deployments.
    """

    id: str
    rollout: str
    live: bool = True
    running: bool = True
    health: Health = Health.HEALTHY
    reason: str = ""
    age: float = 0
    protected: bool = False

    @property
    def healthy(self) -> bool:
        """Whether it counts towards the minimum."""
        return self.live and self.health is Health.HEALTHY

    @property
    def unhealthy(self) -> bool:
        """Whether it must be replaced."""
        return self.live and self.health is Health.UNHEALTHY


@dataclass(frozen=True)
class ServiceView:
    """A service as the scheduler sees it.

    Args:
        desired: how many tasks; 0 while the service is being deleted.
        minimum_percent: ``minimumHealthyPercent``.
        maximum_percent: ``maximumPercent``.
        primary: the rollout to move to.
        state: the primary's ``rolloutState``.
        others: the other rollouts in ``deployments[]``, the newest first.
        tasks: all that are not STOPPED.
        failures: the failures of the primary, as the circuit breaker counts.
        threshold: the threshold of the circuit breaker; None where it is off.
        may_start: false while failing tasks are backed off.
        steady: the steady state has been reported already.
        enough: healthy tasks that complete a deployment early; None without early success criteria.
        cleans_first: whether old tasks must be gone before it is complete early (``BLOCKING``).
    """

    desired: int
    primary: str
    state: str = "IN_PROGRESS"
    others: Sequence[str] = ()
    tasks: Sequence[TaskView] = ()
    minimum_percent: int = 100
    maximum_percent: int = 200
    failures: int = 0
    threshold: int | None = None
    may_start: bool = True
    steady: bool = False
    enough: int | None = None
    cleans_first: bool = True

    @property
    def minimum(self) -> int:
        """Healthy tasks that must stay: rounded up."""
        return ceil(self.desired * self.minimum_percent / 100)

    @property
    def maximum(self) -> int:
        """Tasks that may be PENDING or RUNNING: rounded down."""
        return floor(self.desired * self.maximum_percent / 100)

    @property
    def live(self) -> list[TaskView]:
        """All tasks that are meant to run."""
        return [task for task in self.tasks if task.live]

    @property
    def new(self) -> list[TaskView]:
        """Those of the primary rollout."""
        return [task for task in self.live if task.rollout == self.primary]

    @property
    def old(self) -> list[TaskView]:
        """Those of the others, in the order in which they may go: the oldest rollout's first."""
        order = {rollout: -position for position, rollout in enumerate(self.others)}
        stale = [task for task in self.live if task.rollout != self.primary]
        return sorted(stale, key=lambda task: (order.get(task.rollout, -len(order)), -task.age))


@dataclass(frozen=True)
class Start:
    """Start tasks of the primary rollout."""

    count: int


@dataclass(frozen=True)
class Stop:
    """Stop a task; without a reason of its own, because the service needs it no more."""

    task: str
    reason: str = ""


@dataclass(frozen=True)
class Fail:
    """The circuit breaker has tripped."""


@dataclass(frozen=True)
class Retire:
    """A rollout has no task left: out of ``deployments[]``."""

    rollout: str


@dataclass(frozen=True)
class Complete:
    """The primary rollout is complete."""


@dataclass(frozen=True)
class ReportSteady:
    """Nothing is left to do."""


Action = Start | Stop | Fail | Retire | Complete | ReportSteady


def plan(service: ServiceView) -> list[Action]:
    """What to do next; nothing where the service must wait for a task, for health or for draining."""
    if _breaker_trips(service):
        return [Fail()]
    stops = _stops(service)
    starts = _starts(service, stopping={stop.task for stop in stops})
    retired: list[Action] = [Retire(rollout) for rollout in service.others if not _has_tasks(service, rollout)]
    early: list[Action] = [Complete()] if _succeeds_early(service) else []
    if stops or starts or retired or early:
        return [*retired, *stops, *starts, *early]
    if not _settled(service):
        return []
    if service.state == "IN_PROGRESS":
        return [Complete()]
    return [] if service.steady or service.state != "COMPLETED" else [ReportSteady()]


def _breaker_trips(service: ServiceView) -> bool:
    return (
        service.state == "IN_PROGRESS" and service.threshold is not None and 0 < service.threshold <= service.failures
    )


def _stops(service: ServiceView) -> list[Stop]:
    return list({stop.task: stop for stop in (*_unhealthy(service), *_surplus(service), *_replaced(service))}.values())


def _unhealthy(service: ServiceView) -> list[Stop]:
    """Unhealthy tasks go at once while a rollout is under way, else after their replacement is up.

    Where ``maximumPercent`` leaves no room for the replacement, one goes first.
    """
    bad = [task for task in service.live if task.unhealthy]
    if not bad or service.state != "COMPLETED":
        return [Stop(task.id, task.reason) for task in bad if task.rollout == service.primary]
    good = len([task for task in service.new if task.healthy])
    if good >= service.desired:
        return [Stop(task.id, task.reason) for task in bad]
    full = len(service.live) >= service.maximum
    replacing = any(task.live and task.health is Health.WAITING for task in service.live)
    return [Stop(task.id, task.reason) for task in bad[:1] if full and not replacing]


def _surplus(service: ServiceView) -> list[Stop]:
    """Scale-in: of the primary's tasks, those that serve least go first, then the youngest."""
    good = [task for task in service.new if not task.unhealthy]
    extra = len(good) - service.desired
    if extra <= 0:
        return []
    free = [task for task in good if not task.protected]
    ranked = sorted(free, key=lambda task: (task.healthy, task.running, task.age))
    return [Stop(task.id) for task in ranked[:extra]]


def _replaced(service: ServiceView) -> list[Stop]:
    """Old tasks: those that never ran go at once, the others as new ones become healthy.

    With ``minimumHealthyPercent`` below 100, old ones go earlier where that makes room for new ones. Protected ones
    stay until their protection ends, unless they are unhealthy.
    """
    if service.state == "FAILED":
        return []
    useless = [task for task in service.old if not task.running or task.unhealthy]
    serving = [task for task in service.old if task.running and not task.unhealthy]
    good_new = sum(task.healthy for task in service.new)
    healthy = good_new + sum(task.healthy for task in serving)
    if good_new >= _replaces_all(service):
        return [Stop(task.id) for task in service.old if not task.protected or task in useless]
    room = service.maximum - len(service.live) + len(useless)
    wanted = max(service.desired - len(service.new) - room, healthy - service.desired)
    spare = min(wanted, healthy - service.minimum)
    replaceable = [task for task in serving if task.healthy and not task.protected]
    return [Stop(task.id) for task in [*useless, *replaceable[: max(0, spare)]]]


def _starts(service: ServiceView, *, stopping: Iterable[str]) -> list[Start]:
    """New tasks of the primary, as many as are missing and as ``maximumPercent`` leaves room for."""
    if service.state == "FAILED" or not service.may_start:
        return []
    gone = set(stopping)
    staying = [task for task in service.live if task.id not in gone]
    useful = [task for task in staying if task.rollout == service.primary and not task.unhealthy]
    count = min(service.desired - len(useful), service.maximum - len(staying))
    return [Start(count)] if count > 0 else []


def _replaces_all(service: ServiceView) -> int:
    """How many healthy tasks of the primary let every old one go.

    Early success with BLOCKING needs them gone to be complete; with DEFERRED they go after it.
    """
    if service.enough is not None and (service.cleans_first or service.state == "COMPLETED"):
        return service.enough
    return service.desired


def _succeeds_early(service: ServiceView) -> bool:
    if service.enough is None or service.state != "IN_PROGRESS":
        return False
    cleaned = all(task.rollout == service.primary for task in service.tasks) or not service.cleans_first
    return cleaned and sum(task.healthy for task in service.new) >= service.enough


def _has_tasks(service: ServiceView, rollout: str) -> bool:
    return any(task.rollout == rollout for task in service.tasks)


def _settled(service: ServiceView) -> bool:
    """Every task is a healthy one of the primary; none is on its way out, none is missing."""
    at_rest = all(task.healthy and task.rollout == service.primary for task in service.tasks)
    return at_rest and len(service.tasks) == service.desired and not service.others
