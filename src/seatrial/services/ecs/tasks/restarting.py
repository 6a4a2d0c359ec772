"""A Docker engine that restarts when a fault says so.

What a restart of Docker looks like: every container is killed at once, the stream of events breaks, and calls are
refused until the engine is back. The real engine, which others use too, runs on.
"""

import asyncio
from collections.abc import Iterator
from typing import Any

from seatrial.core.faults.faults import Faults
from seatrial.core.faults.model import Fault
from seatrial.services.ecs.containers.docker import ContainerFacts, Containers, EngineRefused
from seatrial.services.ecs.containers.log_frames import Message
from seatrial.services.ecs.containers.spec import Launch

LOOK = 0.1
"""Seconds between two looks at whether the engine is back."""

AWAY = "Cannot connect to the Docker daemon. Is the docker daemon running?"
"""Docker's own words."""


class RestartingContainers:
    """Containers of an engine, while it is there; shaped as ``Containers``.

    Args:
        real: the engine.
        faults: say when it is away.
    """

    def __init__(self, real: Containers, faults: Faults) -> None:
        self._real = real
        self._faults = faults
        self._killing: set[asyncio.Task[None]] = set()
        faults.listen(self._on_fault)

    async def prepare(self) -> None:
        """See ``Containers.prepare``."""
        self._present("ResourceInitializationError")
        await self._real.prepare()

    async def pull(self, image: str, *, always: bool) -> str | None:
        """See ``Containers.pull``."""
        self._present("CannotPullContainerError")
        return await self._real.pull(image, always=always)

    async def create(self, launch: Launch) -> str:
        """See ``Containers.create``."""
        self._present("CannotCreateContainerError")
        return await self._real.create(launch)

    async def start(self, container: str, *, paused: bool = False) -> ContainerFacts:
        """See ``Containers.start``."""
        self._present("CannotStartContainerError")
        return await self._real.start(container, paused=paused)

    async def unpause(self, container: str) -> None:
        """See ``Containers.unpause``."""
        await self._back()
        await self._real.unpause(container)

    async def inspect(self, container: str) -> ContainerFacts | None:
        """See ``Containers.inspect``."""
        self._present("CannotInspectContainerError")
        return await self._real.inspect(container)

    async def signal(self, container: str, name: str) -> None:
        """See ``Containers.signal``; waits until the engine is back, for what it is told in between would be lost."""
        await self._back()
        await self._real.signal(container, name)

    async def remove(self, container: str) -> None:
        """See ``Containers.remove``; waits as ``signal`` does."""
        await self._back()
        await self._real.remove(container)

    async def cut_off(self, container: str) -> None:
        """See ``Containers.cut_off``; waits as ``signal`` does."""
        await self._back()
        await self._real.cut_off(container)

    async def restore(self, container: str, address: str) -> None:
        """See ``Containers.restore``; waits as ``signal`` does."""
        await self._back()
        await self._real.restore(container, address)

    async def all(self) -> list[ContainerFacts]:
        """See ``Containers.all``."""
        await self._back()
        return await self._real.all()

    async def stats(self, container: str) -> dict[str, Any] | None:
        """See ``Containers.stats``."""
        return None if self._faults.engine_away() else await self._real.stats(container)

    async def written(self, task: str) -> int:
        """See ``Containers.written``."""
        self._present("ServerException")
        return await self._real.written(task)

    def lines(self, container: str, since: float) -> Iterator[list[Message]]:
        """See ``Containers.lines``."""
        return self._real.lines(container, since)

    def happenings(self) -> Iterator[str]:
        """See ``Containers.happenings``."""
        if self._faults.engine_away():
            return
        for container in self._real.happenings():
            if self._faults.engine_away():
                return
            yield container

    def _on_fault(self, fault: Fault) -> None:
        if fault.kind == "engine-restart":
            task = asyncio.get_running_loop().create_task(self._kill_all(), name="engine-restart")
            self._killing.add(task)
            task.add_done_callback(self._killing.discard)

    async def _kill_all(self) -> None:
        running = [facts.id for facts in await self._real.all() if not facts.ended]
        await asyncio.gather(*(self._real.signal(container, "SIGKILL") for container in running))

    def _present(self, what: str) -> None:
        if self._faults.engine_away():
            raise EngineRefused(f"{what}: {AWAY}")

    async def _back(self) -> None:
        while self._faults.engine_away():  # noqa: ASYNC110 - it comes back by the clock, which tells nobody
            await asyncio.sleep(LOOK)
