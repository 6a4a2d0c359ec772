"""How the faults that a task has caught take their course, from the start of its containers on."""

import asyncio
from collections.abc import Callable, Coroutine
from dataclasses import dataclass
from typing import Any, Protocol

from seatrial.core.faults.model import TaskFaults


class Engine(Protocol):
    """What a container is disturbed with."""

    async def signal(self, container: str, name: str) -> None:
        """Send ``SIGKILL``."""
        ...

    async def unpause(self, container: str) -> None:
        """Let a paused container go on; nothing happens where it is not paused."""
        ...


@dataclass(frozen=True)
class FaultTimeline:
    """The faults of one task.

    Args:
        faults: the faults of the task; changed as they strike.
        container: the engine's id of its main container.
        engine: what runs the container.
        now: the wall clock.
        save: writes the task's record through; called before a fault strikes, so that a restart knows of it.
        become_unhealthy: called to let the task's health checks fail.
    """

    faults: TaskFaults
    container: str
    engine: Engine
    now: Callable[[], float]
    save: Callable[[], None]
    become_unhealthy: Callable[[], None]

    async def run(self) -> None:
        """Apply the faults, each at its time; what was due while the process was down is applied at once."""
        works: list[Coroutine[Any, Any, None]] = []
        if self.faults.paused_for:
            works.append(self._wake())
        if self.faults.ends_after is not None and not self.faults.ended:
            works.append(self._end(self.faults.ends_after))
        if self.faults.unhealthy_after is not None:
            works.append(self._turn_unhealthy(self.faults.unhealthy_after))
        await asyncio.gather(*works)

    async def _wake(self) -> None:
        await self._until(self.faults.paused_for)
        await self.engine.unpause(self.container)

    async def _end(self, after: float) -> None:
        await self._until(after)
        self.faults.ended = True
        self.save()
        await self.engine.signal(self.container, "SIGKILL")

    async def _turn_unhealthy(self, after: float) -> None:
        await self._until(after)
        self.faults.unhealthy = True
        self.save()
        self.become_unhealthy()

    async def _until(self, seconds: float) -> None:
        began = self.now() if self.faults.began_at is None else self.faults.began_at
        await asyncio.sleep(max(0.0, began + seconds - self.now()))
