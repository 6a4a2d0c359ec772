"""What the steps of a release work with: the doors, the materials, and what is known so far."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import datetime
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING

from tagship.release.watch import PATIENCE

if TYPE_CHECKING:
    from tagship.aws.ecr import Ecr
    from tagship.aws.ecs_shapes import Ecs
    from tagship.aws.elb import Elb
    from tagship.aws.logs import Logs
    from tagship.aws.scaling import AutoScaling
    from tagship.aws.standing import Standing
    from tagship.base.clock import Clock
    from tagship.base.events import Events
    from tagship.image.builder import Builder
    from tagship.image.registry import Registry
    from tagship.image.source import Source
    from tagship.probe import Probe
    from tagship.release.diagnosis import Diagnosis
    from tagship.release.observation import Observation, SiteObservation
    from tagship.release.plan import Wanted
    from tagship.release.record import MigrationRecord, StepRecord
    from tagship.release.sight import Sight
    from tagship.release.verdict import Verdict
    from tagship.site.doors import SiteDoors


@dataclass(frozen=True)
class Doors:
    """Everything outside that a release touches."""

    ecs: Ecs
    ecr: Ecr
    elb: Elb
    logs: Logs
    standing: Standing
    scaling: AutoScaling
    builder: Builder
    registry: Registry
    site: SiteDoors
    clock: Clock
    events: Events


@dataclass(frozen=True)
class Materials:
    """What the steps need besides the plan; a rollback builds nothing and has no source."""

    wanted: Wanted
    observation: Observation
    site: SiteObservation | None = None
    source: Source | None = None
    tree: Path = Path()


class Choice(Enum):
    """What a person wants who interrupts a rollout."""

    ROLL_BACK = "roll back"
    LEAVE = "leave"
    GO_ON = "go on"


@dataclass(frozen=True)
class Manner:
    """How a release behaves.

    Args:
        patience: seconds until a watch gives up.
        drained: whether a rollout is watched until the old tasks are gone, too.
        choose: asked when a person interrupts a rollout.
        probe: asks the front door meanwhile.
        undo: whether services that are live go back where another one fails; not in a recovery, where what they had
            before is what failed.
    """

    patience: float = PATIENCE
    drained: bool = True
    choose: Callable[[], Choice] = lambda: Choice.ROLL_BACK
    probe: Probe | None = None
    undo: bool = True


@dataclass(frozen=True)
class Progress:
    """What is known of one service's part in the release, growing with each step.

    Args:
        digest: of its image.
        revision: that the release gives it.
        content: the hash of that revision's content.
        previous: the revision before.
        service_deployment: the ARN of the release's own.
        known: the service deployments that were there before the update.
        known_until: when the newest of those began, by AWS's time.
        updated: whether the update was asked for.
        taken_back: whether it was put back, because another service failed.
        began: when the update was asked for, on a monotonic clock; 0 where another run did.
        served: seconds from the update until the version served; 0 while it does not.
        verdict: on the rollout.
        seconds: from the update to the verdict.
        diagnosis: where it failed.
        migration: where it has one that ran.
    """

    digest: str = ""
    revision: str = ""
    content: str = ""
    previous: str = ""
    service_deployment: str = ""
    known: frozenset[str] = frozenset()
    known_until: datetime | None = None
    updated: bool = False
    taken_back: bool = False
    began: float = 0.0
    served: float = 0.0
    verdict: Verdict | None = None
    seconds: float = 0.0
    diagnosis: Diagnosis | None = None
    migration: MigrationRecord | None = None


@dataclass(frozen=True)
class SiteProgress:
    """What is known of the front end's part in the release.

    Args:
        build: the id of its build; at the beginning, of the one that is live.
        files: how many it has; 0 where this release did not look.
        previous: the build that was live before.
        begun: whether its publication has begun.
        published: whether visitors get it.
        put_back: whether the build before is live again, because the publication or a service failed.
        seconds: of the publication.
    """

    build: str = ""
    files: int = 0
    previous: str = ""
    begun: bool = False
    published: bool = False
    put_back: bool = False
    seconds: float = 0.0


@dataclass
class Work:
    """One release under way. ``progress`` is kept by service, so that an interruption finds it true.

    Args:
        doors: everything outside.
        materials: what the steps need.
        manner: how the release behaves.
        number: of its record.
        noted: told after each stage that there is something new.
        site: what is known of the front end.
        put_back: whether the services that were updated are all back on the version before.
        sights: what was seen of each rollout, by service deployment: it is watched in two steps.
        steps: what was done, and how long each step took, the one that failed included.
        interrupted: whether a person interrupted what had to be finished first; the next watch deals with it.
        taking_back: whether what serves the new version is being put back.
    """

    doors: Doors
    materials: Materials
    manner: Manner
    number: int = 0
    noted: Callable[[], None] = lambda: None
    progress: dict[str, Progress] = field(default_factory=dict)
    site: SiteProgress = SiteProgress()
    put_back: bool = False
    sights: dict[str, Sight] = field(default_factory=dict)
    steps: list[StepRecord] = field(default_factory=list)
    interrupted: bool = False
    taking_back: bool = False

    def __post_init__(self) -> None:
        """Begin with what is there."""
        for name, seen in self.materials.observation.items():
            begun = Progress(
                digest=seen.image_digest or "", revision=seen.revision, content=seen.content, previous=seen.revision
            )
            self.progress.setdefault(name, begun)
        if self.materials.site:
            self.site = SiteProgress(build=self.materials.site.live, previous=self.materials.site.live)

    @property
    def touched(self) -> bool:
        """Whether any service was updated, or files of the site were put and are not put back."""
        services = any(progress.updated for progress in self.progress.values())
        return services or (self.site.begun and not self.site.put_back)

    @property
    def contracted(self) -> bool:
        """Whether a migration went beyond what the version before works with."""
        return any(known.migration and known.migration.contracted for known in self.progress.values())

    def know(self, service: str, **facts: object) -> None:
        """Learn of one service."""
        self.progress[service] = replace(self.progress[service], **facts)  # type: ignore[arg-type]
