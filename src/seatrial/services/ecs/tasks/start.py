"""From PROVISIONING to containers that run: secrets, log streams, images, dependencies."""

import asyncio
from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass, field
from typing import Any, TypeVar

from seatrial.core.context import AnyRole, NoCredentials, RoleAws, RoleCredentials, RoleTaker, TakenRole, Unbound
from seatrial.core.faults.denial import Denied
from seatrial.core.faults.model import TaskFaults
from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.containers.docker import ContainerFacts, Containers, EngineRefused, cannot_pull
from seatrial.services.ecs.containers.images import is_local, pinned, reference, repository_of
from seatrial.services.ecs.containers.spec import Launch, container_ports
from seatrial.services.ecs.logs.driver import LogShipper, LogStream, refused_stream, stream_of
from seatrial.services.ecs.records import Container, Json, Revision, Task
from seatrial.services.ecs.startup import network_owner, start_order
from seatrial.services.ecs.tasks import secrets as task_secrets
from seatrial.services.ecs.tasks.roles import cannot_assume, require_pull
from seatrial.services.ecs.tasks.watcher import Watcher

T = TypeVar("T")


@dataclass(frozen=True)
class Tools:
    """What a task is started with."""

    containers: Containers
    watcher: Watcher
    shipper: LogShipper
    aws: Aws
    registry: str
    now: Callable[[], float]
    credentials: RoleCredentials = field(default_factory=NoCredentials)
    roles: RoleTaker = field(default_factory=AnyRole)


class TaskStart:
    """The start of one task.

    Args:
        task: its record; filled in as the start goes.
        definitions: its container definitions.
        revision: the service revision it belongs to; its digests are used, and set by the first task.
        tools: the engine and the rest.
        save: writes the record through.
        role: the ARN of the execution role; empty where it has none.
        task_role: the ARN of the task role; empty where it has none.
    """

    def __init__(  # noqa: PLR0913 - each is another fact of the task
        self,
        task: Task,
        definitions: list[Json],
        tools: Tools,
        *,
        revision: Revision | None,
        save: Callable[[], None],
        role: str = "",
        task_role: str = "",
    ) -> None:
        self._task = task
        self._definitions = definitions
        self._tools = tools
        self._revision = revision
        self._save = save
        self._role = role
        self._task_role = task_role
        self._credentials: Mapping[str, str] = {}
        self._owner = network_owner(definitions)
        self._faults = task.faults or TaskFaults()
        self._region = Scope.of(task.arn).region

    async def prepare(self) -> dict[str, Mapping[str, str]]:
        """Read secrets, open log streams, pull images; returns each container's secrets.

        Raises:
            EngineRefused: ``ResourceInitializationError: …`` or ``CannotPullContainerError: …``.
        """
        role = self._taken(self._role)
        self._taken(self._task_role)
        aws = self._denied() if self._faults.secret_denied else role
        secrets = {item["name"]: await task_secrets.read_all(aws, item, self._region) for item in self._definitions}
        for definition in self._definitions:
            if stream := self._stream(definition):
                await self._open(stream, role)
        self._task.pull_started_at = self._tools.now()
        await asyncio.sleep(self._faults.pull_delay)
        for definition in self._definitions:
            await self._pull(definition, role)
        self._task.pull_stopped_at = self._tools.now()
        self._save()
        return dict(secrets)

    async def run(self, secrets: Mapping[str, Mapping[str, str]]) -> list[ContainerFacts]:
        """Make and start each container, after those it depends on; returns how they are.

        Raises:
            EngineRefused: ``CannotCreateContainerError: …``, ``CannotStartContainerError: …``, or a dependency failed.
        """
        started: dict[str, ContainerFacts] = {}
        self._credentials = self._tools.credentials.issue(self._task_role, self._task.id, purpose=self._task.arn)
        for definition in start_order(self._definitions):
            for dependency in definition.get("dependsOn", ()):
                await self._await_dependency(dependency)
            name = definition["name"]
            container, secret = self._record(name), secrets.get(name, {})
            # Cut off in the middle, a container would be left that no record names.
            started[name] = await uninterrupted(
                self._start_one(container, definition, secret, owned=self._owner in started)
            )
        return list(started.values())

    def image(self, container: Container) -> str:
        """A container's image as Docker must be asked for it."""
        digest = self._revision.digests.get(container.name) if self._revision else None
        return pinned(reference(container.image, self._tools.registry), digest)

    def _taken(self, arn: str) -> RoleAws:
        """AWS as a role of the task calls it; as the account itself does where there is none."""
        if not arn:
            return Unbound(self._tools.aws)
        role = TakenRole(arn, self._task.id, "ecs-tasks.amazonaws.com", self._task.arn)
        try:
            return self._tools.roles.take(self._tools.aws, role)
        except AwsCallError as error:
            raise cannot_assume(arn) from error

    async def _open(self, stream: LogStream, role: RoleAws) -> None:
        if self._faults.log_denied:
            resource = f"arn:aws:logs:{stream.region}:{Scope.of(self._task.arn).account_id}:log-group:{stream.group}"
            raise refused_stream(self._denied().error("logs:CreateLogStream", f"{resource}:log-stream:{stream.stream}"))
        await self._tools.shipper.open(stream, role)

    def _denied(self) -> Denied:
        return Denied(Scope.of(self._task.arn).account_id, self._role.rpartition("/")[2], self._task.id)

    async def _pull(self, definition: Json, role: RoleAws) -> None:
        container = self._record(definition["name"])
        if self._faults.image_missing:
            raise cannot_pull(container.image, f"{container.image}: not found")
        image = self.image(container)
        if is_local(image, self._tools.registry):
            await require_pull(role, container.image, repository_of(image, self._tools.registry), self._region)
        container.digest = await self._tools.containers.pull(image, always=is_local(image, self._tools.registry))
        if self._revision and container.digest and definition.get("versionConsistency") != "disabled":
            self._revision.digests.setdefault(container.name, container.digest)

    async def _start_one(
        self, container: Container, definition: Mapping[str, Any], secrets: Mapping[str, str], *, owned: bool
    ) -> ContainerFacts:
        owns = container.name == self._owner
        owner = self._record(self._owner).runtime_id if owned else None
        launch = Launch(
            task=self._task,
            definition=definition,
            image=self.image(container),
            secrets=secrets,
            credentials=self._credentials,
            namespace=None if owns else owner,
            ports=container_ports(self._definitions) if owns else (),
        )
        container.runtime_id = await self._tools.containers.create(launch)
        container.created_at = self._tools.now()
        self._save()
        paused = owns and bool(self._faults.paused_for)
        facts = await self._tools.containers.start(container.runtime_id, paused=paused)
        container.last_status, container.started_at = "RUNNING", self._tools.now()
        self._attach(definition, facts)
        self._save()
        return facts

    def _attach(self, definition: Mapping[str, Any], facts: ContainerFacts) -> None:
        if facts.address and (definition["name"] == self._owner or not self._task.address):
            self._task.address = facts.address
            if interface := self._task.attachment:
                interface.prefix, interface.gateway = facts.prefix, facts.gateway
        if stream := self._stream(definition):
            self._tools.shipper.follow(facts.id, stream, aws=self._taken(self._role))
        self._tools.watcher.watch(facts.id)

    async def follow_again(self, container: Container, facts: ContainerFacts) -> None:
        """Take over a container that was started before."""
        definition = next(item for item in self._definitions if item["name"] == container.name)
        if facts.address and container.name == self._owner:
            self._task.address = facts.address
        if stream := self._stream(definition):
            since = await self._tools.shipper.resume_after(stream)
            self._tools.shipper.follow(facts.id, stream, since, aws=self._taken(self._role))
        self._tools.watcher.watch(facts.id)

    async def _await_dependency(self, dependency: Json) -> None:
        name, condition = dependency["containerName"], dependency["condition"]
        identity = self._record(name).runtime_id or ""
        ended = self._tools.watcher.watch(identity)
        if condition == "HEALTHY":
            await self._until_healthy(name, identity, ended)
        if condition in {"COMPLETE", "SUCCESS"}:
            facts = await asyncio.shield(ended)
            if condition == "SUCCESS" and facts.exit_code:
                raise EngineRefused(f"Dependency container {name} did not succeed: exit code {facts.exit_code}.")

    async def _until_healthy(self, name: str, identity: str, ended: "asyncio.Future[ContainerFacts]") -> None:
        healthy = asyncio.ensure_future(self._tools.watcher.until_healthy(identity))
        both: set[asyncio.Future[Any]] = {healthy, ended}
        await asyncio.wait(both, return_when=asyncio.FIRST_COMPLETED)
        if not healthy.done():
            healthy.cancel()
            raise EngineRefused(f"Dependency container {name} stopped before it was healthy.")

    def _record(self, name: str) -> Container:
        return next(container for container in self._task.containers if container.name == name)

    def _stream(self, definition: Mapping[str, Any]) -> LogStream | None:
        return stream_of(definition, self._task.id, self._region)


async def uninterrupted(work: Coroutine[Any, Any, T]) -> T:
    """Run to the end even where the caller is cancelled meanwhile; the caller is cancelled after it."""
    running = asyncio.ensure_future(work)
    try:
        return await asyncio.shield(running)
    except asyncio.CancelledError:
        await asyncio.wait({running})
        raise
