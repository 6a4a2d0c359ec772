"""What to do, decided from what is there. Pure: nothing here touches anything."""

from collections.abc import Iterator
from dataclasses import dataclass

from tagship.aws.ecs_shapes import Definition
from tagship.infra.outputs import Infrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.release.definition import CONTENT_TAG, Image, Stamp, content_hash, render
from tagship.release.observation import Observation, ServiceObservation
from tagship.release.steps import BuildImage, Plan, RegisterRevision, Step, UpdateService, WatchRollout


@dataclass(frozen=True)
class Wanted:
    """What a release is to bring about: the manifest's services at one version."""

    manifest: EnvironmentManifest
    infrastructure: Infrastructure
    version: str
    commit: str

    def image(self, service: str, digest: str | None) -> Image:
        """The service's image."""
        return Image(self.infrastructure.services[service].repository_url, digest)

    def definition(self, service: str, image: Image) -> Definition:
        """The service's task definition with that image."""
        stamp = Stamp(
            app=self.manifest.app,
            environment=self.manifest.environment,
            version=self.version,
            commit=self.commit,
            region=self.manifest.region,
        )
        return render(self.manifest.services[service], self.infrastructure.services[service], image, stamp)


def plan_deploy(wanted: Wanted, observation: Observation) -> Plan:
    """The steps that bring every service to the version: all builds, then all revisions, then one rollout at a time."""
    drafts = [list(_steps(wanted, name, observation[name])) for name in wanted.manifest.services]
    every = [step for draft in drafts for step in draft]
    prepared = (BuildImage, RegisterRevision)
    builds = [step for step in every if isinstance(step, BuildImage)]
    revisions = [step for step in every if isinstance(step, RegisterRevision)]
    rollouts = [step for step in every if not isinstance(step, prepared)]
    return Plan(wanted.version, (*builds, *revisions, *rollouts))


def _steps(wanted: Wanted, name: str, seen: ServiceObservation) -> Iterator[Step]:
    image = wanted.image(name, seen.image_digest)
    if image.digest is None:
        yield BuildImage(name, wanted.version)
    content = content_hash(wanted.definition(name, image))
    if image.digest and seen.current.tags.get(CONTENT_TAG) == content and seen.current.active:
        if seen.rolling:
            yield WatchRollout(name)
        return
    reusable = bool(image.digest) and seen.newest.tags.get(CONTENT_TAG) == content
    if not reusable:
        yield RegisterRevision(name, image)
    # A release never touches the count that scaling owns; only a service that never ran needs its first tasks.
    desired = wanted.manifest.services[name].count.desired if seen.never_released or seen.desired == 0 else None
    # Terraform builds the target group and leaves the service's target alone: the port moves with its revision.
    wanted_port = wanted.manifest.services[name].port
    port = wanted_port if seen.port not in (0, wanted_port) else None
    yield UpdateService(name, seen.newest.arn if reusable else None, desired, port)
    yield WatchRollout(name)
