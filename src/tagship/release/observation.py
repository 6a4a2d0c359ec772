"""What is there before a release: the facts that a plan is made from."""

from collections.abc import Mapping
from dataclasses import dataclass

from tagship.aws.ecr import Ecr
from tagship.aws.ecs_shapes import Ecs, Revision
from tagship.base.errors import AwsNotFound
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.release.definition import CONTENT_TAG


@dataclass(frozen=True)
class ServiceObservation:
    """One service: the revision that it runs, the newest of its family, and the image that has the tag.

    ``known_deployments`` are the service deployments that were over before, so that ours can be told apart;
    ``rolling`` is whether the current revision's own deployment is still under way, left by a run that was cut off;
    ``port`` is the container's port that the load balancer sends to.
    """

    current: Revision
    newest: Revision
    desired: int
    image_digest: str | None
    known_deployments: frozenset[str]
    rolling: bool = False
    port: int = 0

    @property
    def never_released(self) -> bool:
        """Whether the service still has the bootstrap revision that Terraform made it with."""
        return CONTENT_TAG not in self.current.tags


Observation = Mapping[str, ServiceObservation]
"""By the service's name in the manifest."""


def observe(infrastructure: Infrastructure, version: str, *, ecs: Ecs, ecr: Ecr) -> Observation:
    """Look at every service.

    Raises:
        AwsNotFound: the infrastructure names something that is not there.
    """
    looker = _Looker(infrastructure.cluster, version, ecs, ecr)
    return {name: looker.look(place) for name, place in infrastructure.services.items()}


@dataclass(frozen=True)
class _Looker:
    cluster: str
    version: str
    ecs: Ecs
    ecr: Ecr

    def look(self, place: ServiceInfrastructure) -> ServiceObservation:
        service = self.ecs.service(self.cluster, place.service)
        current = self.ecs.revision(service.task_definition)
        deployments = self.ecs.service_deployments(self.cluster, place.service)
        return ServiceObservation(
            current=current,
            newest=self._newest(place.task_family, current),
            desired=service.desired,
            port=service.port,
            image_digest=self.ecr.digest_of(repository_name(place.repository_url), self.version),
            known_deployments=frozenset(deployment.arn for deployment in deployments if deployment.over),
            rolling=any(not entry.over and entry.task_definition == current.arn for entry in deployments),
        )

    def _newest(self, family: str, current: Revision) -> Revision:
        """The family's newest active revision; the current one where every revision was deregistered."""
        try:
            return self.ecs.revision(family)
        except AwsNotFound:
            return current


def repository_name(repository_url: str) -> str:
    """``notes-prod/api`` of ``111122223333.dkr.ecr.eu-central-1.amazonaws.com/notes-prod/api``."""
    return repository_url.partition("/")[2]
