"""What a release can do, as values. ``plan.py`` decides which; ``execute.py`` does them; a person reads ``says``."""

import shlex
from dataclasses import dataclass

from tagship.release.planning.task_definition import Image


@dataclass(frozen=True)
class Verify:
    """Look whether everything that the release names is there and may be used; ``digests`` of images not built."""

    digests: tuple[tuple[str, str], ...]

    @property
    def says(self) -> str:
        """The step as a sentence."""
        return "verify roles, registry, log groups, target groups and outbound routes"


@dataclass(frozen=True)
class BuildImage:
    """Build the service's image from the tag and push it."""

    service: str
    version: str

    @property
    def says(self) -> str:
        """The step as a sentence."""
        return f"build the image of `{self.service}` and push it as `{self.version}`"


@dataclass(frozen=True)
class RegisterRevision:
    """Register a revision with the service's content; ``image`` is completed by the build where there is one.

    ``changed`` are the variables whose secret has a new value, where that is all that is new.
    """

    service: str
    image: Image
    changed: tuple[str, ...] = ()

    @property
    def says(self) -> str:
        """The step as a sentence."""
        image = self.image.digest or "the image just built"
        names = ", ".join(f"`{name}`" for name in self.changed)
        why = f", because the secret of {names} has changed" if names else ""
        return f"register a revision of `{self.service}` with {image}{why}"


@dataclass(frozen=True)
class Migrate:
    """Run the service's migration once, in the image that is released; ``revision`` as in ``UpdateService``."""

    service: str
    revision: str | None
    command: tuple[str, ...]
    kind: str
    timeout: int

    @property
    def says(self) -> str:
        """The step as a sentence."""
        return f"migrate with `{shlex.join(self.command)}` in the image of `{self.service}` ({self.kind})"


@dataclass(frozen=True)
class UpdateService:
    """Point the service at a revision.

    ``revision`` is None for the one that this release registers; ``desired`` is None to leave the count alone;
    ``port`` is None to leave the load balancer's target as it is; ``content`` is the hash of the revision's content,
    None where registering it tells; ``again`` starts new tasks although the service has that revision already.
    """

    service: str
    revision: str | None
    desired: int | None = None
    port: int | None = None
    content: str | None = None
    again: bool = False

    @property
    def says(self) -> str:
        """The step as a sentence."""
        revision = f"`{self.revision.rpartition('/')[2]}`" if self.revision else "the new revision"
        count = f", {self.desired} tasks" if self.desired is not None else ""
        port = f", port {self.port}" if self.port is not None else ""
        again = ", with new tasks (force new deployment)" if self.again else ""
        return f"update the service `{self.service}` to {revision}{count}{port}{again}"


@dataclass(frozen=True)
class SetHealthPath:
    """Have the load balancer ask the service's tasks for another path than ``before``."""

    service: str
    path: str
    before: str

    @property
    def says(self) -> str:
        """The step as a sentence."""
        return f"set the health check path of `{self.service}` from `{self.before}` to `{self.path}`"


@dataclass(frozen=True)
class WatchRollouts:
    """Follow the deployments of these services until each serves, or comes to another end."""

    services: tuple[str, ...]

    @property
    def says(self) -> str:
        """The step as a sentence."""
        which = ", ".join(f"`{service}`" for service in self.services)
        return f"watch the rollout of {which}"


@dataclass(frozen=True)
class SetMinCapacity:
    """Give scaling its lower bound: with the first task, for Terraform sets none where a service has no tasks."""

    service: str
    tasks: int

    @property
    def says(self) -> str:
        """The step as a sentence."""
        return (
            f"set the minimum of auto scaling to {self.tasks} {'task' if self.tasks == 1 else 'tasks'} of "
            f"`{self.service}`"
        )


@dataclass(frozen=True)
class AwaitDrain:
    """Follow them on, until the old tasks are gone and each is decided."""

    services: tuple[str, ...]

    @property
    def says(self) -> str:
        """The step as a sentence."""
        which = ", ".join(f"`{service}`" for service in self.services)
        return f"wait until the old tasks of {which} have stopped"


@dataclass(frozen=True)
class BuildSite:
    """Build the front end from the tag, and keep the build under the version."""

    version: str

    @property
    def says(self) -> str:
        """The step as a sentence."""
        return f"build the site and store it as `{self.version}`"


@dataclass(frozen=True)
class PublishSite:
    """Give visitors a build of the front end; None is the one that this release builds."""

    build: str | None

    @property
    def says(self) -> str:
        """The step as a sentence."""
        return f"publish {f'the build `{self.build}` of the site' if self.build else 'the site'}, its pages last"


Step = (
    Verify
    | BuildImage
    | BuildSite
    | RegisterRevision
    | Migrate
    | SetHealthPath
    | UpdateService
    | WatchRollouts
    | PublishSite
    | SetMinCapacity
    | AwaitDrain
)

Stage = tuple[Step, ...]
"""Steps that do not need each other, and go on at the same time."""


@dataclass(frozen=True)
class Plan:
    """The stages in their order; none is a good answer."""

    version: str
    stages: tuple[Stage, ...]

    @property
    def steps(self) -> tuple[Step, ...]:
        """Every step, in order."""
        return tuple(step for stage in self.stages for step in stage)

    @property
    def empty(self) -> bool:
        """Whether there is nothing to do."""
        return not self.stages
