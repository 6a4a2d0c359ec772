"""What is there before a release: the facts that a plan is made from."""

import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Final

from tagship.aws.ecr import Ecr
from tagship.aws.ecs_shapes import Ecs, EcsService, Revision
from tagship.aws.elb import Elb
from tagship.aws.scaling import AutoScaling, Bounds
from tagship.base.errors import AwsDenied, AwsExpired, AwsNotFound
from tagship.base.parallel import run_parallel
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.release.health import Health, health_of
from tagship.release.planning.task_definition import CONTENT_TAG, VERSION_TAG, repository_name
from tagship.release.records.record import ReleaseRecord, ServiceRecord
from tagship.site.doors import SiteDoors

_AT_ONCE: Final = 8
"""Services looked at together: AWS answers in a twentieth of a second, and takes twenty such calls in a second."""


@dataclass(frozen=True)
class ServiceObservation:
    """One service before a release.

    Args:
        revision: the ARN of the revision that it has.
        content: the hash of that revision's content; empty where it has none, or was deregistered.
        newest: the newest revision of its family; None where nobody needs to know, or every one was deregistered.
        desired: how many tasks it should have.
        image_digest: the image that has the version's tag; None where there is none.
        rolling: whether its revision's own deployment is under way, left by a run that was cut off.
        port: the container's port that the load balancer sends to.
        network: its network configuration.
    """

    revision: str
    content: str
    newest: Revision | None
    desired: int
    image_digest: str | None
    rolling: bool
    port: int
    network: Mapping[str, object]
    never_released: bool
    """Whether it still has the bootstrap revision that Terraform made it with."""
    bounds: Bounds | None = None
    """Those of its scaling; None where nothing scales it, or nobody needs to know."""
    health: Health | None = None
    """How it is for its users, where it has the version already; None where nobody needs to know."""

    @property
    def stuck(self) -> bool:
        """Whether it has the version and does not serve it, so that only a new deployment helps."""
        return self.health is not None and self.health.stuck


@dataclass(frozen=True)
class SiteObservation:
    """The front end before a release.

    Args:
        live: the id of the build that visitors get; empty where that is none, or a publication was cut off.
        build: the id of the build that the version has; None where it was never built, or is not kept any more.
        commit: the commit from which that one was built; empty where there is none.
    """

    live: str
    build: str | None
    commit: str = ""


Observation = Mapping[str, ServiceObservation]
"""Observations by the service's name in the manifest."""


def observe(  # noqa: PLR0913 - a door each
    infrastructure: Infrastructure,
    version: str,
    *,
    ecs: Ecs,
    ecr: Ecr,
    serving: ReleaseRecord | None,
    scaling: AutoScaling | None = None,
    elb: Elb | None = None,
) -> Observation:
    """Look at every service.

    Args:
        infrastructure: what stands.
        version: whose images are looked for.
        ecs: the door to ECS.
        ecr: the door to ECR.
        serving: the newest record that came to serve. What it says of a revision holds for ever, so that a service
            that it left as it is takes part in one call of ten: a hundred services cost ten calls, not three hundred.
        scaling: the door to scaling; None where the bounds are nobody's business. Fifty services a call.
        elb: the door to load balancing; None where nobody needs to know whether what has the version already is
            healthy. One call for each service that has it.

    Raises:
        AwsNotFound: the infrastructure names something that is not there.
    """
    places = infrastructure.services
    services = ecs.services(infrastructure.cluster, [place.service for place in places.values()])
    observer = _Observer(version, ecs, ecr, elb)
    bounds = _bounds(infrastructure.cluster, services, scaling) if scaling else {}
    seen: dict[str, ServiceObservation] = {}

    def see(name: str, service: EcsService) -> None:
        remembered = serving.services.get(name) if serving and serving.version == version else None
        known = remembered and remembered.content and remembered.revision == service.task_definition
        look = (
            observer.remember(places[name], service, remembered)
            if known and remembered
            else observer.observe(places[name], service)
        )
        seen[name] = replace(look, bounds=bounds.get(service.name))

    run_parallel([partial(see, name, service) for name, service in zip(places, services, strict=True)], _AT_ONCE)
    return {name: seen[name] for name in places}


def _bounds(cluster: str, services: Sequence[EcsService], scaling: AutoScaling) -> Mapping[str, Bounds]:
    """By the services' names in ECS.

    A release must not need these. Where these credentials may not look, a service without tasks counts as having the
    bounds that Terraform gives it then; the step that sets the lower one will tell what is missing.
    """
    try:
        return scaling.bounds(cluster, [service.name for service in services])
    except AwsExpired:
        raise
    except AwsDenied:
        return {service.name: Bounds(0, sys.maxsize) for service in services if service.desired == 0}


def observe_site(infrastructure: Infrastructure, version: str, doors: SiteDoors) -> SiteObservation | None:
    """Look at the front end; None where there is none."""
    if infrastructure.site is None:
        return None
    bucket = doors.bucket(infrastructure.site.bucket)
    live, known = bucket.live(), bucket.version(version)
    return SiteObservation(
        "" if live.publishing else live.build, known.build if known else None, known.commit if known else ""
    )


@dataclass(frozen=True)
class _Observer:
    version: str
    ecs: Ecs
    ecr: Ecr
    elb: Elb | None

    def remember(self, place: ServiceInfrastructure, service: EcsService, record: ServiceRecord) -> ServiceObservation:
        return ServiceObservation(
            revision=service.task_definition,
            content=record.content,
            newest=None,
            desired=service.desired,
            image_digest=record.digest,
            rolling=self._rolling(service),
            port=service.port,
            network=service.network,
            never_released=False,
            health=self._health(place, service),
        )

    def observe(self, place: ServiceInfrastructure, service: EcsService) -> ServiceObservation:
        current = self.ecs.revision(service.task_definition)
        return ServiceObservation(
            revision=current.arn,
            content=current.tags.get(CONTENT_TAG, "") if current.active else "",
            newest=self._newest(place.task_family),
            desired=service.desired,
            image_digest=self.ecr.digest_of(repository_name(place.repository_url), self.version),
            rolling=self._rolling(service),
            port=service.port,
            network=service.network,
            never_released=CONTENT_TAG not in current.tags,
            health=self._health(place, service) if current.tags.get(VERSION_TAG) == self.version else None,
        )

    def _health(self, place: ServiceInfrastructure, service: EcsService) -> Health | None:
        if self.elb is None:
            return None
        return health_of(place.service, service, self.elb.target_health(place.target_group_arn))

    def _rolling(self, service: EcsService) -> bool:
        if not service.moving:
            return False
        deployments = self.ecs.service_deployments(service.cluster_arn, service.name)
        return any(not entry.over and entry.task_definition == service.task_definition for entry in deployments)

    def _newest(self, family: str) -> Revision | None:
        try:
            return self.ecs.revision(family)
        except AwsNotFound:
            return None
