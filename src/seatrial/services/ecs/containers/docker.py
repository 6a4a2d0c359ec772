"""The door to Docker for tasks: every call in a thread, every error a sentence that ECS would say."""

import asyncio
import contextlib
from collections.abc import Awaitable, Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

import docker.errors
import docker.types
import requests
import urllib3.exceptions

from seatrial.core.engine import INSTANCE_LABEL, EngineClient
from seatrial.services.ecs.containers.images import digest_of
from seatrial.services.ecs.containers.log_frames import FrameReader, Message, Reader, Seen, TerminalReader
from seatrial.services.ecs.containers.networks import ZoneNetworks
from seatrial.services.ecs.containers.spec import NAME_LABEL, TASK_LABEL, Launch, Surroundings, create_arguments
from seatrial.services.ecs.containers.trust import Trust

T = TypeVar("T")
THREADS = 8
READ_BYTES = 1 << 16
_DOCKER_ERRORS = (docker.errors.DockerException, requests.RequestException)


# inside: the task runner, which stops the task with it as the reason
class EngineRefused(Exception):
    """Docker could not do it; the message is ECS's (``CannotPullContainerError: …``)."""


@dataclass(frozen=True)
class ContainerFacts:
    """A container as Docker sees it.

    Args:
        id: Docker's.
        task: the ARN on its label.
        name: the name of the container definition.
        status: ``created``, ``running``, ``exited``, ``dead``.
        exit_code: where it has ended.
        out_of_memory: the kernel ended it.
        health: ``HEALTHY``, ``UNHEALTHY`` or ``UNKNOWN``.
        address: the IP address in the network of its zone; empty where it shares another's.
        published: ports on 127.0.0.1, by container port.
        prefix: the length of the network's prefix; 0 where it shares another's.
        gateway: the address of the network's gateway.
    """

    id: str
    task: str
    name: str
    status: str
    exit_code: int | None = None
    out_of_memory: bool = False
    health: str = "UNKNOWN"
    address: str = ""
    published: tuple[tuple[int, int], ...] = ()
    prefix: int = 0
    gateway: str = ""

    @property
    def ended(self) -> bool:
        """Whether it has run and runs no more."""
        return self.status in {"exited", "dead"}


class Containers(Protocol):
    """What runs containers: Docker, or a fake."""

    async def prepare(self) -> None:
        """Make the instance's networks where they are not there yet."""
        ...

    async def pull(self, image: str, *, always: bool) -> str | None:
        """Pull (unless it is there and ``always`` is not set) and return the digest.

        Raises:
            EngineRefused: ``CannotPullContainerError: …``.
        """
        ...

    async def create(self, launch: Launch) -> str:
        """Make a container and return Docker's id; raises ``EngineRefused``."""
        ...

    async def start(self, container: str, *, paused: bool = False) -> ContainerFacts:
        """Start it, and pause it at once where that is asked for; raises ``EngineRefused``."""
        ...

    async def unpause(self, container: str) -> None:
        """Let a paused one go on; nothing happens where it is not paused."""
        ...

    async def inspect(self, container: str) -> ContainerFacts | None:
        """How it is; None where it is gone; raises ``EngineRefused`` where the engine does not say."""
        ...

    async def signal(self, container: str, name: str) -> None:
        """Send ``SIGTERM`` (the image's own stop signal where it has one) or ``SIGKILL``."""
        ...

    async def remove(self, container: str) -> None:
        """Remove it, running or not."""
        ...

    async def cut_off(self, container: str) -> None:
        """Take it out of every network; nothing happens where it is in none."""
        ...

    async def restore(self, container: str, address: str) -> None:
        """Take one that was cut off in again, at the address that it had; raises ``EngineRefused``."""
        ...

    async def all(self) -> list[ContainerFacts]:
        """Every container of this instance."""
        ...

    async def stats(self, container: str) -> dict[str, Any] | None:
        """What it has used, as one sample in Docker's form; None where it does not run."""
        ...

    async def written(self, task: str) -> int:
        """Bytes that the containers of a task have written to their own layers; raises ``EngineRefused``."""
        ...

    def lines(self, container: str, since: float) -> Iterator[list[Message]]:
        """What it prints, with timestamps, from this time until it ends. Blocks: for a thread of its own."""
        ...

    def happenings(self) -> Iterator[str]:
        """Docker's ids of containers to which something happened. Blocks: for a thread of its own."""
        ...


class DockerContainers:
    """Containers of a Docker engine.

    Args:
        client: the engine.
        around: what all containers share.
        login: gives what the account's registry asks for, as the Docker SDK's ``auth_config``.
        trust: gives whom the containers of an image trust besides; blocks.
    """

    def __init__(
        self,
        client: EngineClient,
        around: Surroundings,
        login: Callable[[], Awaitable[dict[str, str]]],
        trust: Callable[[str], Trust | None] = lambda _: None,
    ) -> None:
        self._client, self._trust = client, trust
        self._login = login
        self._around = around
        self._networks = ZoneNetworks(client, around.instance)
        self._threads = ThreadPoolExecutor(THREADS, thread_name_prefix="docker")

    async def prepare(self) -> None:
        """See ``Containers.prepare``."""
        await self._in_thread(lambda: _refusing("ResourceInitializationError", self._networks.ensure))

    async def pull(self, image: str, *, always: bool) -> str | None:
        """See ``Containers.pull``."""
        login = await self._login() if always else None
        return await self._in_thread(lambda: self._pull(image, login))

    async def create(self, launch: Launch) -> str:
        """See ``Containers.create``."""
        trust = await self._in_thread(lambda: self._trusted(launch.image))
        around = replace(self._around, networks=self._networks.names)
        arguments = create_arguments(launch, around, trust)
        arguments["ulimits"] = [docker.types.Ulimit(**item) for item in arguments.pop("ulimits", ())]
        return await self._in_thread(lambda: self._create(arguments))

    async def start(self, container: str, *, paused: bool = False) -> ContainerFacts:
        """See ``Containers.start``."""
        start = self._start_paused if paused else self._client.api.start
        await self._in_thread(lambda: _refusing("CannotStartContainerError", lambda: start(container)))
        facts = await self.inspect(container)
        if facts is None:
            raise EngineRefused("CannotInspectContainerError: the container is gone.")
        return facts

    async def unpause(self, container: str) -> None:
        """See ``Containers.unpause``."""
        await self._in_thread(lambda: self._unpause(container))

    async def inspect(self, container: str) -> ContainerFacts | None:
        """See ``Containers.inspect``."""
        return await self._in_thread(lambda: _refusing("CannotInspectContainerError", lambda: self._inspect(container)))

    async def signal(self, container: str, name: str) -> None:
        """See ``Containers.signal``."""
        await self._in_thread(lambda: self._signal(container, name))

    async def remove(self, container: str) -> None:
        """See ``Containers.remove``."""
        await self._in_thread(lambda: self._remove(container))

    async def cut_off(self, container: str) -> None:
        """See ``Containers.cut_off``."""
        await self._in_thread(lambda: self._networks.cut_off(container))

    async def restore(self, container: str, address: str) -> None:
        """See ``Containers.restore``."""
        restore = self._networks.restore
        await self._in_thread(lambda: _refusing("ServerException", lambda: restore(container, address)))

    async def all(self) -> list[ContainerFacts]:
        """See ``Containers.all``."""
        return await self._in_thread(lambda: _refusing("ServerException", self._all))

    async def stats(self, container: str) -> dict[str, Any] | None:
        """See ``Containers.stats``."""
        return await self._in_thread(lambda: self._stats(container))

    async def written(self, task: str) -> int:
        """See ``Containers.written``."""
        return await self._in_thread(lambda: _refusing("ServerException", lambda: self._written(task)))

    def lines(self, container: str, since: float) -> Iterator[list[Message]]:
        """See ``Containers.lines``."""
        with contextlib.suppress(*_DOCKER_ERRORS, urllib3.exceptions.HTTPError):
            terminal = self._client.api.inspect_container(container)["Config"]["Tty"]
            made = TerminalReader if terminal else FrameReader
            seen, reader, beginning = Seen(), made(), f"{since:.3f}"
            for part in self._output(container, beginning, follow=True):
                if messages := seen.note(list(reader.feed(part))):
                    yield messages
            # A stream that follows may end before the last words of a container that has ended are written.
            again = self._output(container, seen.since or beginning, follow=False)
            yield list(seen.missed(self._read(made(), again)))

    @staticmethod
    def _read(reader: Reader, output: Iterator[bytes]) -> Iterator[Message]:
        for part in output:
            yield from reader.feed(part)
        yield from reader.end()

    def _output(self, container: str, since: str, *, follow: bool) -> Iterator[bytes]:
        """Docker's stream as it comes: docker-py's own ``logs`` forgets which output a message is of."""
        api = self._client.api
        asked = {"stdout": "1", "stderr": "1", "timestamps": "1", "follow": str(int(follow)), "since": since}
        url = f"{api.base_url}/v{api.api_version}/containers/{container}/logs"
        with api.get(url, params=asked, stream=True, timeout=None) as answer:
            answer.raise_for_status()
            yield from answer.raw.stream(READ_BYTES, decode_content=False)

    def happenings(self) -> Iterator[str]:
        """See ``Containers.happenings``."""
        # Not by label: events of networks have none.
        try:
            for event in self._client.api.events(decode=True, filters={"type": ["container", "network"]}):
                if container := _changed_container(event, self._around):
                    yield container
        except _DOCKER_ERRORS:
            return

    def close(self) -> None:
        """Let go of the threads; the client is its maker's."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[[], T]) -> T:
        return await asyncio.get_running_loop().run_in_executor(self._threads, work)

    def _pull(self, image: str, login: dict[str, str] | None) -> str | None:
        if login is None and (there := self._digest(image)) is not None:
            return there or None
        try:
            for step in self._client.api.pull(image, stream=True, decode=True, auth_config=login):
                if "error" in step:
                    raise cannot_pull(image, str(step["error"]))
        except _DOCKER_ERRORS as error:
            raise cannot_pull(image, _words(error)) from error
        return self._digest(image) or None

    def _digest(self, image: str) -> str | None:
        """The digest of an image, an empty text where it has none; None where the image is not there."""
        try:
            found = self._client.images.get(image)
        except docker.errors.ImageNotFound:
            return None
        return digest_of(image, found.attrs.get("RepoDigests") or []) or ""

    def _trusted(self, image: str) -> Trust | None:
        return _refusing("CannotCreateContainerError", lambda: self._trust(image))

    def _create(self, arguments: dict[str, Any]) -> str:
        created = _refusing("CannotCreateContainerError", lambda: self._client.containers.create(**arguments))
        if home := arguments.get("network"):
            self._connect(str(created.id), home)
        return str(created.id)

    def _connect(self, container: str, home: str) -> None:
        try:
            _refusing("CannotCreateContainerError", lambda: self._networks.connect(container, home))
        except EngineRefused:
            self._remove(container)
            raise

    def _start_paused(self, container: str) -> None:
        self._client.api.start(container)
        self._client.api.pause(container)

    def _unpause(self, container: str) -> None:
        with contextlib.suppress(*_DOCKER_ERRORS):  # not paused, or gone
            self._client.api.unpause(container)

    def _inspect(self, container: str) -> ContainerFacts | None:
        try:
            return _facts(self._client.api.inspect_container(container))
        except docker.errors.NotFound:
            return None

    def _signal(self, container: str, name: str) -> None:
        with contextlib.suppress(*_DOCKER_ERRORS):  # it has ended in between, or the engine has
            if name == "SIGTERM":
                config = self._client.api.inspect_container(container)["Config"]
                name = config.get("StopSignal") or name
            self._client.api.kill(container, name)

    def _remove(self, container: str) -> None:
        with contextlib.suppress(*_DOCKER_ERRORS):  # gone, or on its way out
            self._client.api.remove_container(container, force=True, v=True)

    def _stats(self, container: str) -> dict[str, Any] | None:
        try:
            sample: dict[str, Any] = self._client.api.stats(container, stream=False, one_shot=True)
        except _DOCKER_ERRORS:  # gone, or the engine is
            return None
        return sample if sample.get("cpu_stats", {}).get("system_cpu_usage") else None

    def _written(self, task: str) -> int:
        filters = {"label": f"{TASK_LABEL}={task}"}
        found = self._client.api.containers(all=True, size=True, filters=filters)
        return sum(item.get("SizeRw") or 0 for item in found)

    def _all(self) -> list[ContainerFacts]:
        filters = {"label": [f"{INSTANCE_LABEL}={self._around.instance}", TASK_LABEL]}
        listed = self._client.api.containers(all=True, filters=filters)
        found = (self._inspect(item["Id"]) for item in listed)
        return [facts for facts in found if facts]


def _changed_container(event: dict[str, Any], around: Surroundings) -> str | None:
    """The container of this instance that an event is about; None where it is nobody's, or changes nothing."""
    actor, action = event.get("Actor") or {}, str(event.get("Action", ""))
    known = actor.get("Attributes") or {}
    if event.get("Type") == "network":
        return known.get("container") if action == "disconnect" and known.get("name") in around.networks else None
    ours = known.get(INSTANCE_LABEL) == around.instance
    return actor.get("ID") if ours and action.startswith(("die", "oom", "health_status", "destroy")) else None


def _facts(seen: dict[str, Any]) -> ContainerFacts:
    state, labels = seen["State"], seen["Config"].get("Labels") or {}
    settings = seen.get("NetworkSettings") or {}
    joined = (settings.get("Networks") or {}).get(seen["HostConfig"]["NetworkMode"]) or {}
    bound = {port: where for port, where in (settings.get("Ports") or {}).items() if where}
    health = (state.get("Health") or {}).get("Status", "")
    return ContainerFacts(
        id=seen["Id"],
        task=labels.get(TASK_LABEL, ""),
        name=labels.get(NAME_LABEL, ""),
        status=state["Status"],
        exit_code=state["ExitCode"] if state["Status"] in {"exited", "dead"} else None,
        out_of_memory=bool(state.get("OOMKilled")),
        health=health.upper() if health in {"healthy", "unhealthy"} else "UNKNOWN",
        address=joined.get("IPAddress") or "",
        published=tuple((int(port.partition("/")[0]), int(where[0]["HostPort"])) for port, where in bound.items()),
        prefix=joined.get("IPPrefixLen") or 0,
        gateway=joined.get("Gateway") or "",
    )


def _refusing(what: str, work: Callable[[], T]) -> T:
    try:
        return work()
    except _DOCKER_ERRORS as error:
        raise EngineRefused(f"{what}: {_words(error)}") from error


def cannot_pull(image: str, why: str) -> EngineRefused:
    """An image that cannot be pulled, in ECS's words."""
    tried = "CannotPullContainerError: pull image manifest has been retried 1 time(s)"
    return EngineRefused(f"{tried}: failed to resolve ref {image}: {why}")


def _words(error: Exception) -> str:
    explanation = getattr(error, "explanation", None)
    return str(explanation or error)
