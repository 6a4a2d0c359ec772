"""How an environment is now: gathered in one look."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from tagship.aws.ecs_shapes import EcsService
from tagship.base.parallel import together
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.release.definition import VERSION_TAG
from tagship.release.ledger import Ledger
from tagship.release.publishing import SiteStatus, status
from tagship.release.record import ReleaseRecord
from tagship.release.work import Doors

_EVENTS = 5
"""Events of a service that a status shows."""

_AT_ONCE: Final = 8
"""Services looked at together."""


@dataclass(frozen=True)
class ServiceStatus:
    """A service: which version its revision carries, its tasks, its targets, and what ECS said last.

    ``rollout`` is the status of its newest service deployment.
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


@dataclass(frozen=True)
class EnvironmentStatus:
    """An environment: its address, its services, the release that serves and the newest one."""

    url: str
    services: tuple[ServiceStatus, ...]
    serving: ReleaseRecord | None
    newest: ReleaseRecord | None
    site: SiteStatus | None = None


class StatusReader:
    """Looks once; changes nothing."""

    def __init__(self, doors: Doors, ledger: Ledger, infrastructure: Callable[[], Infrastructure]) -> None:
        self._doors, self._ledger, self._infrastructure = doors, ledger, infrastructure

    def read(self) -> EnvironmentStatus:
        """Look at every service.

        Raises:
            NotReady: there is no infrastructure yet.
        """
        infrastructure = self._infrastructure()
        places = infrastructure.services
        services = self._doors.ecs.services(infrastructure.cluster, [place.service for place in places.values()])
        found: dict[str, ServiceStatus] = {}

        def look(name: str, service: EcsService) -> None:
            found[name] = self._service(name, places[name], service)

        together([partial(look, name, service) for name, service in zip(places, services, strict=True)], _AT_ONCE)
        return EnvironmentStatus(
            infrastructure.url,
            tuple(found[name] for name in places),
            self._ledger.serving(),
            self._ledger.newest(),
            status(self._doors.site, infrastructure),
        )

    def _service(self, name: str, place: ServiceInfrastructure, service: EcsService) -> ServiceStatus:
        revision = self._doors.ecs.revision(service.task_definition)
        targets = [
            target
            for target in self._doors.elb.target_health(place.target_group_arn)
            if target.state not in ("draining", "unused")
        ]
        return ServiceStatus(
            name=name,
            version=revision.tags.get(VERSION_TAG, ""),
            revision=revision.name,
            running=service.running,
            desired=service.desired,
            healthy=sum(target.state == "healthy" for target in targets),
            targets=len(targets),
            rollout=self._rollout(service.cluster_arn, place.service),
            events=_last_events(service),
        )

    def _rollout(self, cluster: str, service: str) -> str:
        newest = self._doors.ecs.service_deployments(cluster, service)[:1]
        return newest[0].status if newest else ""


def _last_events(service: EcsService) -> tuple[str, ...]:
    return tuple(f"{event.at:%H:%M:%S} {event.message}" for event in service.events[:_EVENTS])
