"""What is known of each service, and of the front end, while a release is under way: the lines of its ``board.py``."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tagship.release.planning.observe import ServiceObservation
from tagship.release.records.record import (
    DiagnosisRecord,
    MigrationRecord,
    ServiceRecord,
    SiteRecord,
)
from tagship.release.records.verdict import Verdict

if TYPE_CHECKING:  # what finds one compiles a hundred patterns
    from tagship.release.diagnosis.diagnosis import Diagnosis


@dataclass(frozen=True)
class ServiceProgress:
    """What is known of one service's part in the release.

    Args:
        digest: the digest of its image.
        revision: the revision that the release gives it.
        content: the hash of that revision's content.
        previous: the revision before.
        never_released: whether that is Terraform's own.
        previous_port: the port to which the load balancer sent before, where the update has moved it.
        deployments_before: the service deployments that were there before the update.
        newest_before: when the newest of those began, by AWS's time.
        service_deployment: the ARN of the release's own.
        updated: whether the update was asked for.
        reverted: whether it was reverted, because another service failed.
        began: when the update was asked for, on a monotonic clock; 0 where another run did.
        live_after: seconds from the update until the version was live; 0 while it is not.
        verdict: the verdict on the rollout.
        seconds: seconds from the update to the verdict.
        diagnosis: where it failed.
        migration: where it has one that ran.
    """

    digest: str = ""
    revision: str = ""
    content: str = ""
    previous: str = ""
    never_released: bool = False
    previous_port: int | None = None
    deployments_before: frozenset[str] = frozenset()
    newest_before: datetime | None = None
    service_deployment: str = ""
    updated: bool = False
    reverted: bool = False
    began: float = 0.0
    live_after: float = 0.0
    verdict: Verdict | None = None
    seconds: float = 0.0
    diagnosis: Diagnosis | None = None
    migration: MigrationRecord | None = None

    @classmethod
    def begun(cls, seen: ServiceObservation) -> ServiceProgress:
        """The progress that begins with what is there."""
        return cls(
            digest=seen.image_digest or "",
            revision=seen.revision,
            content=seen.content,
            previous=seen.revision,
            never_released=seen.never_released,
        )

    @property
    def live(self) -> bool:
        """Whether the release's update is live."""
        return self.updated and self.verdict is not None and self.verdict.good

    @property
    def record(self) -> ServiceRecord:
        """The progress as the release's record keeps it."""
        return ServiceRecord(
            digest=self.digest,
            revision=self.revision,
            content=self.content,
            previous=self.previous,
            reverted=self.reverted,
            migration=self.migration,
            service_deployment=self.service_deployment,
            verdict=self.verdict.words if self.verdict else "",
            live_after=round(self.live_after, 1),
            seconds=round(self.seconds, 1),
            diagnosis=DiagnosisRecord(**vars(self.diagnosis)) if self.diagnosis else None,
        )


@dataclass(frozen=True)
class SiteProgress:
    """What is known of the front end's part in the release.

    Args:
        build: the id of its build; at the beginning, of the one that is live.
        files: how many it has; 0 where this release did not look.
        previous: the build that was live before.
        begun: whether its publication has begun.
        published: whether visitors get it.
        reverted: whether the build before is live again, because the publication or a service failed.
        seconds: seconds that the publication took.
    """

    build: str = ""
    files: int = 0
    previous: str = ""
    begun: bool = False
    published: bool = False
    reverted: bool = False
    seconds: float = 0.0

    @property
    def touched(self) -> bool:
        """Whether files were uploaded, and are not reverted."""
        return self.begun and not self.reverted

    @property
    def record(self) -> SiteRecord:
        """The progress as the release's record keeps it."""
        return SiteRecord(
            build=self.build,
            files=self.files,
            previous=self.previous,
            published=self.published,
            reverted=self.reverted,
            seconds=round(self.seconds, 1),
        )
