"""How an environment is now: gathered in one look."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Final

from tagship.base.parallel import run_parallel
from tagship.release.health import Health, State, health_of, may_rest
from tagship.release.planning.task_definition import VERSION_TAG
from tagship.release.records.verdict import Verdict
from tagship.site.bucket import Objects, SiteBucket
from tagship.site.status import SiteStatus, site_status

if TYPE_CHECKING:
    from tagship.aws.ecs_shapes import DeploymentBrief, Ecs, EcsService, ServiceEvent
    from tagship.aws.elb import Elb, TargetHealth
    from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
    from tagship.manifest.model import EnvironmentManifest
    from tagship.release.records.ledger import Ledger
    from tagship.release.records.record import ReleaseRecord

_EVENTS = 5
"""Events of a service that a status shows."""

_AT_ONCE: Final = 8
"""Services looked at together."""

_STEADY: Final = "has reached a steady state"
_TROUBLE: Final = ("unhealthy", "failed", "unable to", "rolling back")
"""Words of service events that tell of trouble (ECS developer guide, "Amazon ECS service event messages")."""


@dataclass(frozen=True)
class Since:
    """When something began, and what that is known from: both are AWS's own."""

    at: datetime
    basis: str


@dataclass(frozen=True)
class ServiceStatus:
    """A service: which version its revision carries, its tasks, its targets, and what ECS said last.

    ``state`` is ``up``, ``off``, ``degraded``, ``down``, or ``not released``; ``why`` says it in words where it is
    degraded or down, and ``since`` from when, where AWS still knows.
    ``rollout`` is the status of its newest service deployment.
    ``unrouted``: no rule of the load balancer leads to it, which is Terraform's to mend.
    """

    name: str
    version: str
    revision: str
    running: int
    desired: int
    healthy: int
    targets: int
    rollout: str
    events: tuple[str, ...]
    state: str = State.UP.value
    why: str = ""
    since: Since | None = None
    unrouted: bool = False

    @property
    def down(self) -> bool:
        """Whether it has no healthy task."""
        return self.state == State.DOWN.value


@dataclass(frozen=True)
class EnvironmentStatus:
    """An environment: its address, its services, the newest release that went live and the newest of all."""

    url: str
    services: tuple[ServiceStatus, ...]
    serving: ReleaseRecord | None
    newest: ReleaseRecord | None
    site: SiteStatus | None = None

    @property
    def state(self) -> str:
        """The worst state of a service: ``down``, ``degraded``, else ``up``."""
        states = {service.state for service in self.services}
        return next((bad.value for bad in (State.DOWN, State.DEGRADED) if bad.value in states), State.UP.value)

    @property
    def exit_code(self) -> int:
        """That of the verdict with the same meaning; 0 where every service is up."""
        codes = {State.DOWN.value: Verdict.DOWN.exit_code, State.DEGRADED.value: Verdict.DEGRADED.exit_code}
        return codes.get(self.state, 0)

    @property
    def live(self) -> bool:
        """Whether any service has a healthy task."""
        return any(service.healthy for service in self.services)


class StatusReader:
    """Looks once; changes nothing.

    Args:
        ledger: the releases.
        infrastructure: reads what Terraform built.
        manifest: the manifest of the environment; its schedules tell which service may have no tasks.
        ecs: the door to ECS.
        elb: the door to load balancing.
        objects: the door to S3, where the front end lies.
    """

    def __init__(
        self,
        ledger: Ledger,
        infrastructure: Callable[[], Infrastructure],
        manifest: EnvironmentManifest,
        *,
        ecs: Ecs,
        elb: Elb,
        objects: Objects,
    ) -> None:
        self._ledger, self._infrastructure, self._manifest = ledger, infrastructure, manifest
        self._ecs, self._elb, self._objects = ecs, elb, objects

    def read(self) -> EnvironmentStatus:
        """Look at every service.

        Raises:
            NotReady: there is no infrastructure yet.
        """
        infrastructure = self._infrastructure()
        places = infrastructure.services
        services = self._ecs.services(infrastructure.cluster, [place.service for place in places.values()])
        found: dict[str, ServiceStatus] = {}
        releases: list[tuple[ReleaseRecord | None, ReleaseRecord | None]] = []
        site: list[SiteStatus | None] = []

        def look(name: str, service: EcsService) -> None:
            found[name] = self._service(name, places[name], service)

        looks: list[Callable[[], None]] = [
            partial(look, name, service) for name, service in zip(places, services, strict=True)
        ]
        looks.append(lambda: releases.append(self._ledger.newest_and_serving()))
        looks.append(lambda: site.append(self._site(infrastructure)))
        run_parallel(looks, _AT_ONCE)
        newest, serving = releases[0]
        return EnvironmentStatus(infrastructure.url, tuple(found[name] for name in places), serving, newest, site[0])

    def _service(self, name: str, place: ServiceInfrastructure, service: EcsService) -> ServiceStatus:
        revision = self._ecs.revision(service.task_definition)
        version = revision.tags.get(VERSION_TAG, "")
        every = self._elb.target_health(place.target_group_arn)
        targets = [target for target in every if target.state not in ("draining", "unused")]
        newest = self._ecs.newest_deployment(service.cluster_arn, place.service)
        health = self._health(name, service, every)
        released = bool(version) or health.healthy > 0
        return ServiceStatus(
            name=name,
            version=version,
            revision=revision.name,
            running=service.running,
            desired=service.desired,
            healthy=health.healthy,
            targets=len(targets),
            rollout=newest.status if newest else "",
            events=_last_events(service),
            state=health.state.value if released else "not released",
            why="" if health.well or not released else health.says,
            since=None if health.well or not released else since(service.events, newest),
            unrouted=health.unrouted and not health.well,
        )

    def _site(self, infrastructure: Infrastructure) -> SiteStatus | None:
        return site_status(SiteBucket(self._objects, infrastructure.site.bucket)) if infrastructure.site else None

    def _health(self, name: str, service: EcsService, targets: Sequence[TargetHealth]) -> Health:
        return health_of(name, service, targets, may_rest=may_rest(self._manifest.services.get(name)))


def since(events: Sequence[ServiceEvent], newest: DeploymentBrief | None) -> Since | None:
    """When the trouble began, as far as AWS still knows; pure.

    The first event of trouble after ECS last called the service steady; without one, the end of a service deployment
    whose rollback failed.

    Args:
        events: the events of the service, newest first.
        newest: its newest service deployment; None where there is none.
    """
    later: list[ServiceEvent] = []
    for event in events:
        if _STEADY in event.message:
            break
        later.append(event)
    if first := next((event for event in reversed(later) if any(word in event.message for word in _TROUBLE)), None):
        return Since(first.at, first.message)
    if newest and newest.status == "ROLLBACK_FAILED" and newest.finished_at:
        return Since(newest.finished_at, "the rollback of its service deployment failed")
    return None


def _last_events(service: EcsService) -> tuple[str, ...]:
    return tuple(f"{event.at:%H:%M:%S} {event.message}" for event in service.events[:_EVENTS])
