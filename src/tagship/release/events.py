"""What a release tells while it runs; the terminal listens."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from tagship.base.events import Event

if TYPE_CHECKING:
    from tagship.probe import ProbeReport
    from tagship.release.diagnosis.diagnosis import Diagnosis
    from tagship.release.planning.steps import Plan, Step
    from tagship.release.planning.verify import Report
    from tagship.release.records.verdict import Verdict
    from tagship.release.rehearsal.result import Rehearsed


@dataclass(frozen=True)
class PlanMade(Event):
    """The steps are known."""

    environment: str
    plan: Plan


@dataclass(frozen=True)
class Waiting(Event):
    """A release that runs elsewhere is waited for."""

    number: int
    version: str
    who: str


@dataclass(frozen=True)
class CredentialsExpire(Event):
    """The credentials may be good for less time than the release takes; ``left`` and ``patience`` are seconds."""

    at: datetime
    left: float
    patience: float


@dataclass(frozen=True)
class RecordUnreadable(Event):
    """An object in a record's place cannot be read, and is passed over."""

    key: str
    why: str


@dataclass(frozen=True)
class StepStarted(Event):
    """A step begins."""

    step: Step


@dataclass(frozen=True)
class StepFinished(Event):
    """A step has ended well."""

    step: Step
    seconds: float
    result: str
    """What came of it: a digest, a revision, a service deployment."""


@dataclass(frozen=True)
class Verified(Event):
    """Everything was looked at that the release needs."""

    report: Report


@dataclass(frozen=True)
class RolloutProgress(Event):
    """How far a rollout is; told whenever something changed."""

    service: str
    status: str
    """The service deployment's own status."""
    requested: int
    new_running: int
    old_running: int
    failed: int
    healthy: int
    targets: int
    """Registered targets that are not draining."""
    complaints: tuple[str, ...] = field(default=())
    """What the load balancer says of unhealthy targets."""


@dataclass(frozen=True)
class EcsMessage(Event):
    """A line of the service's own events."""

    service: str
    message: str


@dataclass(frozen=True)
class RollbackBegan(Event):
    """ECS has begun to put the last good revision back."""

    service: str
    reason: str


@dataclass(frozen=True)
class WentLive(Event):
    """The new revision serves alone; its old tasks are being let go."""

    service: str
    seconds: float


@dataclass(frozen=True)
class FailedFast(Event):
    """Enough tasks have died of the same cause: the rollout is taken back without waiting for ECS."""

    service: str
    tasks: int
    way: str
    """How they ended."""


@dataclass(frozen=True)
class OneOffOutput(Event):
    """A one-off task has printed."""

    service: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Scaling(Event):
    """How far a service is on its way to another number of tasks."""

    service: str
    desired: int
    running: int
    healthy: int


@dataclass(frozen=True)
class LowerBound(Event):
    """Scaling keeps at least so many tasks of a service from now on."""

    service: str
    tasks: int
    refused: str = ""
    """Where it could not be set: what AWS said."""


@dataclass(frozen=True)
class Reverting(Event):
    """The new version is live on these services, and they are reverted because another one failed."""

    services: tuple[str, ...]


@dataclass(frozen=True)
class NotReverted(Event):
    """The new version is live on these services and stays so, although another one failed."""

    services: tuple[str, ...]
    contracted: bool
    """Because a migration has gone beyond what the version before works with; else there is no version before."""


@dataclass(frozen=True)
class SiteReverted(Event):
    """The site could not be published, or a service failed later: the build of before is live again."""

    build: str


@dataclass(frozen=True)
class StopRequested(Event):
    """A person pressed Ctrl-C: the rollout is being rolled back."""

    service: str


@dataclass(frozen=True)
class Probed(Event):
    """What users saw before, during and after."""

    report: ProbeReport


@dataclass(frozen=True)
class Unhealthy(Event):
    """A service is down or degraded."""

    service: str
    state: str
    reason: str
    """How many of its tasks are healthy, in words."""


@dataclass(frozen=True)
class Unanswered(Event):
    """Since the release has ended, every request to the front door has failed."""

    url: str
    before: bool
    """Whether that was so before it began as well."""


@dataclass(frozen=True)
class VerdictReached(Event):
    """A service's rollout is decided."""

    service: str
    verdict: Verdict
    seconds: float


@dataclass(frozen=True)
class Diagnosed(Event):
    """Why it failed."""

    service: str
    diagnosis: Diagnosis
    one_off: str = ""
    """``migration`` or ``command`` where no rollout failed but a task beside the services; its lines were told."""


@dataclass(frozen=True)
class RehearsalBegan(Event):
    """A scenario begins."""

    name: str
    description: str
    number: int
    of: int


@dataclass(frozen=True)
class RehearsalEnded(Event):
    """A scenario has ended."""

    result: Rehearsed


@dataclass(frozen=True)
class RehearsalReverting(Event):
    """The version that was live is restored."""

    version: str
