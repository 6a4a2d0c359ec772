"""What has happened in a release that is under way: a line for each service, and one for the front end.

It changes by verbs only, each of which is something that has happened; so an interruption finds it true, and nothing
on it is ever taken off again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from tagship.aws.ecs_shapes import ServiceDeployment
from tagship.release.planning.observe import Observation, SiteObservation
from tagship.release.planning.plan import LiveService
from tagship.release.progress import ServiceProgress, SiteProgress
from tagship.release.records.record import MigrationRecord, ReleaseRecord, StepRecord
from tagship.release.records.verdict import Verdict
from tagship.release.watching.rollout_view import RolloutView

if TYPE_CHECKING:  # as in progress.py
    from tagship.release.diagnosis.diagnosis import Diagnosis


class ProgressBoard:
    """The board of one release; an undo has one of its own.

    Args:
        services: how each begins.
        site: how the front end begins.
    """

    def __init__(self, services: Mapping[str, ServiceProgress], site: SiteProgress | None = None) -> None:
        self._services = dict(services)
        self._site = site or SiteProgress()
        self._steps: list[StepRecord] = []
        self._interrupted = False
        self.views: dict[str, RolloutView] = {}
        """What was seen of each rollout, by service deployment: it is watched in two steps."""

    @classmethod
    def begun(cls, observation: Observation, site: SiteObservation | None = None) -> ProgressBoard:
        """A board that begins with what is there."""
        services = {name: ServiceProgress.begun(seen) for name, seen in observation.items()}
        return cls(services, SiteProgress(build=site.live, previous=site.live) if site else None)

    @property
    def services(self) -> Mapping[str, ServiceProgress]:
        """Each service's line, by its name in the manifest."""
        return self._services

    @property
    def site(self) -> SiteProgress:
        """The front end's line."""
        return self._site

    @property
    def steps(self) -> tuple[StepRecord, ...]:
        """What was done, and how long each step took, the one that failed included."""
        return tuple(self._steps)

    @property
    def touched(self) -> bool:
        """Whether any service was updated, or files of the site were uploaded and are not reverted."""
        return any(known.updated for known in self._services.values()) or self._site.touched

    @property
    def contracted(self) -> bool:
        """Whether a migration went beyond what the version before works with."""
        return any(known.migration and known.migration.contracted for known in self._services.values())

    @property
    def all_reverted(self) -> bool:
        """Whether everything that was updated is on the version before again, the front end too."""
        updated = [known for known in self._services.values() if known.updated]
        return bool(updated) and all(known.reverted for known in updated) and not self._site.touched

    @property
    def live(self) -> tuple[LiveService, ...]:
        """The services that this release has brought live, and what each had before."""
        return tuple(
            LiveService(name, known.previous, known.previous_port, known.never_released)
            for name, known in self._services.items()
            if known.live and known.revision != known.previous
        )

    def for_undo(self) -> ProgressBoard:
        """A board for reverting what is live: nothing is decided on it yet."""
        return ProgressBoard({name: replace(known, verdict=None) for name, known in self._services.items()})

    def resumed(self, cut_off: ReleaseRecord) -> None:
        """An earlier run has begun with this release, and left its record: what cannot be observed is taken from it."""
        self._steps += cut_off.steps
        for name, kept in cut_off.services.items():
            if name in self._services and kept.previous:
                known = self._services[name]
                self._services[name] = replace(known, previous=kept.previous, migration=kept.migration)

    def goes_back(self, target: ReleaseRecord) -> None:
        """The services get the images of an earlier release."""
        for name, kept in target.services.items():
            if name in self._services:
                self.has_image(name, kept.digest)

    def has_image(self, service: str, digest: str) -> None:
        """The image of the service is this one."""
        self._services[service] = replace(self._services[service], digest=digest)

    def registered(self, service: str, revision: str, content: str) -> None:
        """The revision was registered; ``content`` is the hash of its content."""
        self._services[service] = replace(self._services[service], revision=revision, content=content)

    def migrated(self, service: str, revision: str, migration: MigrationRecord) -> None:
        """The migration has run to its end, a bad one too, in the image of the revision."""
        self._services[service] = replace(self._services[service], revision=revision, migration=migration)

    def updated(
        self,
        service: str,
        revision: str,
        content: str,
        *,
        began: float,
        before: Sequence[ServiceDeployment],
        previous_port: int | None,
    ) -> None:
        """The update is asked for now.

        Args:
            service: the service that is updated.
            revision: the revision that it gets.
            content: the hash of the revision's content.
            began: the time, on a monotonic clock.
            before: the service deployments that there are.
            previous_port: the port to which the load balancer sends before this update moves it; None if it does not.
        """
        self._services[service] = replace(
            self._services[service],
            revision=revision,
            content=content,
            previous_port=previous_port,
            deployments_before=frozenset(entry.arn for entry in before),
            newest_before=max((entry.created_at for entry in before), default=None),
            updated=True,
            began=began,
        )

    def followed(self, service: str, began: float) -> None:
        """Its rollout is watched from now on, whoever asked for it."""
        known = self._services[service]
        self._services[service] = replace(known, began=known.began or began)

    def deploying(self, service: str, service_deployment: str) -> None:
        """ECS has made this service deployment of the update."""
        self._services[service] = replace(self._services[service], service_deployment=service_deployment)

    def went_live(self, service: str, verdict: Verdict, seconds: float) -> None:
        """Its version is live, so many seconds after the update."""
        known = self._services[service]
        self._services[service] = replace(
            known, verdict=verdict, seconds=seconds, live_after=known.live_after or seconds
        )

    def failed(self, service: str, verdict: Verdict, seconds: float) -> None:
        """Its rollout has come to a bad end so many seconds after the update, or to none."""
        self._services[service] = replace(self._services[service], verdict=verdict, seconds=seconds)

    def diagnosed(self, service: str, diagnosis: Diagnosis) -> None:
        """Why it failed is known."""
        self._services[service] = replace(self._services[service], diagnosis=diagnosis)

    def reverted(self, service: str) -> None:
        """It has the revision before again, because another service failed."""
        self._services[service] = replace(self._services[service], reverted=True)

    def site_built(self, build: str, files: int) -> None:
        """The front end was built."""
        self._site = replace(self._site, build=build, files=files)

    def site_publishing(self, build: str, previous: str) -> None:
        """The publication of the build begins now, in place of the previous one."""
        self._site = replace(self._site, build=build, previous=previous, begun=True)

    def site_published(self, files: int, seconds: float) -> None:
        """Visitors get the build."""
        self._site = replace(self._site, files=files, published=True, seconds=seconds)

    def site_reverted(self) -> None:
        """Visitors get the build before again."""
        self._site = replace(self._site, reverted=True, published=False)

    def did(self, steps: Iterable[StepRecord]) -> None:
        """These steps were done, or failed."""
        self._steps += steps

    def postpone_interruption(self) -> bool:
        """A person interrupts what has to be finished first; returns whether that is the first time."""
        first, self._interrupted = not self._interrupted, True
        return first

    def take_interruption(self) -> bool:
        """Whether a postponed one is due now; it is told once."""
        due, self._interrupted = self._interrupted, False
        return due
