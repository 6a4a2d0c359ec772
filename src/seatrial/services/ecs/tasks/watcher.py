"""Who waits for a container is told by one stream of Docker's events, and by a slow comparison besides."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine

from seatrial.services.ecs.containers.docker import ContainerFacts, Containers, EngineRefused

Noticed = Callable[[ContainerFacts], None]


class Watcher:
    """Follows the engine's events in one thread, and keeps the latest facts of each watched container.

    Args:
        containers: the engine.
        noticed: called on the event loop for each change of a container that has not ended.
        interval: seconds between two comparisons with the engine, for what the stream may have missed.
    """

    def __init__(self, containers: Containers, noticed: Noticed, interval: float) -> None:
        self._containers = containers
        self._noticed = noticed
        self._interval = interval
        self._watched: dict[str, asyncio.Future[ContainerFacts]] = {}
        self._healths: dict[str, asyncio.Event] = {}
        self.latest: dict[str, ContainerFacts] = {}
        self._background: set[asyncio.Task[None]] = set()
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin to follow."""
        loop = asyncio.get_running_loop()
        threading.Thread(target=self._follow, args=(loop,), name="docker-events", daemon=True).start()
        self._spawn(self._compare_for_ever())

    def stop(self) -> None:
        """Stop following; the thread ends with the next event or with the process."""
        self._stopped.set()
        for task in self._background:
            task.cancel()

    def watch(self, container: str) -> "asyncio.Future[ContainerFacts]":
        """A future that has the container's last facts when it has ended, or is gone."""
        if container not in self._watched:
            self._watched[container] = asyncio.get_running_loop().create_future()
            self._spawn(self.check(container))
        return self._watched[container]

    async def until_healthy(self, container: str) -> None:
        """Wait until its health check has passed."""
        event = self._healths.setdefault(container, asyncio.Event())
        self._spawn(self.check(container))
        await event.wait()

    def forget(self, container: str) -> None:
        """Nobody waits any more."""
        for table in (self._watched, self._healths, self.latest):
            table.pop(container, None)

    async def check(self, container: str) -> None:
        """Ask the engine about one container and tell who waits."""
        waiting = self._watched.get(container)
        try:
            facts = await self._containers.inspect(container)
        except EngineRefused:
            return  # The engine is away: nothing is known, so nothing has changed.
        if facts is None:
            before = self.latest.get(container)
            facts = ContainerFacts(container, before.task if before else "", before.name if before else "", "dead")
        if facts.health == "HEALTHY" and container in self._healths:
            self._healths[container].set()
        changed = self.latest.get(container) != facts
        if container in self._watched:
            self.latest[container] = facts
        if facts.ended and waiting and not waiting.done():
            waiting.set_result(facts)
        elif changed:
            self._noticed(facts)

    def _follow(self, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopped.is_set():
            for container in self._containers.happenings():
                if self._stopped.is_set():
                    return
                with contextlib.suppress(RuntimeError):
                    loop.call_soon_threadsafe(self._happened, container)
            # The stream broke: the engine restarts, or is gone. A comparison makes up for what was missed.
            self._stopped.wait(1.0)
            with contextlib.suppress(RuntimeError):
                loop.call_soon_threadsafe(self._missed)

    def _happened(self, container: str) -> None:
        if container in self._watched:
            self._spawn(self.check(container))

    def _missed(self) -> None:
        self._spawn(self._compare())

    async def _compare_for_ever(self) -> None:
        while True:
            await asyncio.sleep(self._interval)
            await self._compare()

    async def _compare(self) -> None:
        for container in [name for name, future in self._watched.items() if not future.done()]:
            await self.check(container)

    def _spawn(self, work: Coroutine[None, None, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._background.add(task)
        task.add_done_callback(self._background.discard)
