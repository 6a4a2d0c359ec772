"""What to do, decided from what is there. Pure: nothing here touches anything."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from graphlib import TopologicalSorter

from tagship.aws.ecs_shapes import Definition
from tagship.aws.scaling import Bounds
from tagship.infra.outputs import Infrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service
from tagship.release.health import may_rest
from tagship.release.planning.observe import Observation, ServiceObservation, SiteObservation
from tagship.release.planning.steps import (
    AwaitDrain,
    BuildImage,
    BuildSite,
    Migrate,
    Plan,
    PublishSite,
    RegisterRevision,
    SetMinCapacity,
    Stage,
    Step,
    UpdateService,
    Verify,
    WatchRollouts,
)
from tagship.release.planning.task_definition import (
    CONTENT_TAG,
    Image,
    Secrets,
    Stamp,
    changed_secrets,
    content_hash,
    render,
)
from tagship.secret.resolve import Resolution


@dataclass(frozen=True)
class Wanted:
    """What a release is to bring about: the manifest's services at one version, with the secrets as they are now."""

    manifest: EnvironmentManifest
    infrastructure: Infrastructure
    version: str
    commit: str
    secrets: Resolution = field(default_factory=Resolution)

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
        place = self.infrastructure.services[service]
        return render(self.manifest.services[service], place, image, stamp, own=self.own(service))

    def own(self, service: str) -> Secrets:
        """The service's own secrets."""
        return self.secrets.found.get(service, {})

    def content(self, service: str, image: Image) -> str:
        """The hash of the service's content with that image."""
        return content_hash(self.definition(service, image), self.own(service))


def plan_deploy(
    wanted: Wanted, observation: Observation, site: SiteObservation | None = None, *, drained: bool = True
) -> Plan:
    """The stages that bring everything to the version.

    Verify and builds, revisions, migrations, waves, the site, scaling's lower bounds, and at last the old tasks' end: a
    wave and the site wait until what they need serves, and nobody but the verdict waits for the drain.

    Args:
        wanted: what is to be.
        observation: what is.
        site: the front end as it is; None where there is none.
        drained: whether the release goes on until the old tasks are gone.
    """
    services = wanted.manifest.services
    steps = {name: tuple(_steps(wanted, name, observation[name])) for name in services}
    every = [step for name in services for step in steps[name]]
    builds: tuple[Step, ...] = tuple(step for step in every if isinstance(step, BuildImage))
    revisions = tuple(step for step in every if isinstance(step, RegisterRevision))
    migrations = [(step,) for step in every if isinstance(step, Migrate)]
    rollouts = [stage for wave in waves(services) for stage in _rollout_of(wave, steps)]
    kept = tuple((name, seen.image_digest) for name, seen in observation.items() if seen.image_digest)
    looks = (Verify(kept),) if any(isinstance(step, UpdateService) for step in every) else ()
    front = tuple(_site_steps(wanted, site))
    builds = (*builds, *(step for step in front if isinstance(step, BuildSite)))
    last = tuple(step for step in front if isinstance(step, PublishSite))
    bounds = tuple(step for name in services for step in _bound(wanted, name, observation[name], steps[name]))
    stages: list[Stage] = [(*looks, *builds), revisions, *migrations, *rollouts, last, bounds]
    stages += drain_stage(rollouts, drained)
    return Plan(wanted.version, tuple(stage for stage in stages if stage))


@dataclass(frozen=True)
class LiveService:
    """A service that a release has brought live.

    Args:
        name: the name in the manifest.
        previous: the revision before.
        port: the port that the load balancer sent to before, where the release has moved it.
        never_released: whether the revision before is Terraform's own, which serves nobody.
    """

    name: str
    previous: str
    port: int | None = None
    never_released: bool = False


@dataclass(frozen=True)
class Undo:
    """How a release is undone: the plan, empty where nothing goes back; and the services that stay as they are."""

    plan: Plan
    left_alone: tuple[str, ...] = ()


def plan_undo(version: str, live: Iterable[LiveService], *, contracted: bool, drained: bool) -> Undo:
    """Put back what the release has brought live, all at the same time.

    A first release has nothing to go back to, and after a migration that contracts the version before would not work.

    Args:
        version: the version of the release.
        live: what it has brought live, and ECS has not put back.
        contracted: whether such a migration has run.
        drained: whether the undo goes on until the old tasks are gone.
    """
    live = tuple(live)
    possible = () if contracted else tuple(each for each in live if not each.never_released)
    if not possible:
        return Undo(Plan(version, ()), tuple(each.name for each in live))
    updates = tuple(UpdateService(each.name, each.previous, port=each.port) for each in possible)
    stages: tuple[Stage, ...] = (updates, (WatchRollouts(tuple(each.name for each in possible)),))
    return Undo(Plan(version, (*stages, *drain_stage(stages, drained))))


def drain_stage(rollouts: Iterable[Stage], drained: bool) -> Iterator[Stage]:  # noqa: FBT001 - what its callers are told
    """The last stage: the old tasks of whatever rolls come to their end, where that is waited for."""
    moving = [name for stage in rollouts for step in stage if isinstance(step, WatchRollouts) for name in step.services]
    if moving and drained:
        yield (AwaitDrain(tuple(moving)),)


def waves(services: Mapping[str, Service]) -> Iterator[tuple[str, ...]]:
    """Services that are updated at the same time, wave after wave.

    The first that waits for none is the gatekeeper: it goes alone, and whoever names nobody waits for it.
    """
    gatekeeper = next(name for name, service in services.items() if not service.after)
    graph = {name: service.after or (() if name == gatekeeper else (gatekeeper,)) for name, service in services.items()}
    order = TopologicalSorter(graph)
    order.prepare()
    while order.is_active():
        ready = set(order.get_ready())
        yield tuple(name for name in services if name in ready)
        order.done(*ready)


def _rollout_of(wave: tuple[str, ...], steps: Mapping[str, tuple[Step, ...]]) -> Iterator[Stage]:
    yield tuple(step for name in wave for step in steps[name] if isinstance(step, UpdateService))
    moving = tuple(name for name in wave if any(isinstance(step, WatchRollouts) for step in steps[name]))
    if moving:
        yield (WatchRollouts(moving),)


def _site_steps(wanted: Wanted, seen: SiteObservation | None) -> Iterator[Step]:
    if wanted.manifest.site is None or seen is None:
        return
    if seen.build is None:
        yield BuildSite(wanted.version)
    if seen.build is None or seen.build != seen.live:
        yield PublishSite(seen.build)


def lacks_lower_bound(service: Service, bounds: Bounds | None, *, starting: bool) -> bool:
    """Whether scaling is to get the lower bound of the manifest.

    Bounds are Terraform's, but for this: it sets the lower one to 0 where a service has no tasks, because AWS would
    start some at once. Whoever starts the first task sets it. Found on a service that runs, 0 was left behind by a run
    that was cut off, unless a schedule means it.

    Args:
        service: the service as the manifest has it.
        bounds: the bounds as they are; None where nothing scales it.
        starting: whether it is only getting its tasks now.
    """
    if not service.scales or bounds is None or not bounds.least < service.count.min <= bounds.most:
        return False
    scheduled = service.scaling.schedule if service.scaling else ()
    return starting or (bounds.least == 0 and all(each.min for each in scheduled))


def lost(seen: ServiceObservation, service: Service | None) -> bool:
    """Whether a service that has the version already does not serve it, and will not by itself."""
    asleep = seen.desired == 0 and service is not None and not seen.never_released and not may_rest(service)
    return seen.stuck or asleep


def started_again(name: str, seen: ServiceObservation, service: Service | None) -> UpdateService:
    """New tasks of the revision that the service has; where it has none, as many as the manifest says."""
    desired = service.count.desired if service and seen.desired == 0 else None
    return UpdateService(name, seen.revision, desired, content=seen.content, again=True)


def moved_port(seen: ServiceObservation, port: int) -> int | None:
    """The port that the load balancer's target gets with the revision; None where it stays.

    Terraform builds the target group and leaves the service's target alone: the port moves with the revision, and ECS
    refuses one that the revision's container does not name.

    Args:
        seen: the service.
        port: the port of its container in the revision that it gets; 0 where it names none.
    """
    return port if port and seen.port not in (0, port) else None


def _bound(wanted: Wanted, name: str, seen: ServiceObservation, steps: Iterable[Step]) -> Iterator[Step]:
    service = wanted.manifest.services[name]
    starting = any(isinstance(step, UpdateService) and step.desired for step in steps)
    if (starting or seen.desired) and lacks_lower_bound(service, seen.bounds, starting=starting):
        yield SetMinCapacity(name, service.count.min)


def _steps(wanted: Wanted, name: str, seen: ServiceObservation) -> Iterator[Step]:
    image = wanted.image(name, seen.image_digest)
    if image.digest is None:
        yield BuildImage(name, wanted.version)
    content = wanted.content(name, image)
    if image.digest and seen.content == content:
        if seen.rolling:
            yield WatchRollouts((name,))
        elif lost(seen, wanted.manifest.services[name]):
            yield started_again(name, seen, wanted.manifest.services[name])
            yield WatchRollouts((name,))
        return
    reusable = bool(image.digest) and seen.newest is not None and seen.newest.tags.get(CONTENT_TAG) == content
    revision = seen.newest.arn if reusable and seen.newest else None
    if not reusable:
        yield RegisterRevision(name, image, changed_secrets(seen.content, content, wanted.own(name)))
    if migrate := wanted.manifest.services[name].migrate:
        yield Migrate(name, revision, migrate.command, migrate.kind, migrate.timeout)
    # A release never touches the count that scaling owns; only a service that never ran needs its first tasks.
    desired = wanted.manifest.services[name].count.desired if seen.never_released or seen.desired == 0 else None
    port = moved_port(seen, wanted.manifest.services[name].port)
    yield UpdateService(name, revision, desired, port, content if revision else None)
    yield WatchRollouts((name,))
