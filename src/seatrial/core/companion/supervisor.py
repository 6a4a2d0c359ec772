"""A process that is always there: another one follows whenever it ends, and answers what it did not."""

import asyncio
import contextlib
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from seatrial.core.companion.link import Link, LinkLost
from seatrial.ground.errors import EmbeddedAwsUnavailable

PATIENCE = 30.0
"""Seconds in which the process must answer, a start of it included."""

RESTART_DELAY = 1.0
"""Seconds between two starts where the process ends at once."""

_log = logging.getLogger("seatrial")

Restore = Callable[[Link], Awaitable[None]]


class Supervisor:
    """Keeps one process running.

    Args:
        module: what it runs.
        name: its name in messages: ``The load balancers' process``.
        restore: gives a new process what the one before had.
        patience: see ``PATIENCE``.
    """

    def __init__(self, module: str, name: str, restore: Restore, patience: float = PATIENCE) -> None:
        self._module, self._name, self._restore, self._patience = module, name, restore, patience
        self._link: Link | None = None
        self._up = asyncio.Event()
        self._supervising: asyncio.Task[None] | None = None
        self.run = 0
        """Which of the processes runs: 1 for the first."""

    @property
    def pid(self) -> int:
        """The process id; 0 while there is none."""
        return self._link.process.pid if self._link else 0

    @property
    def started(self) -> bool:
        """Whether ``start`` was called."""
        return self._supervising is not None

    def start(self) -> None:
        """Start the process; what is asked meanwhile waits for it."""
        self._supervising = asyncio.get_running_loop().create_task(self._supervise())

    async def stop(self) -> None:
        """Have the process close every connection and end."""
        if self._supervising is not None:
            self._supervising.cancel()
            await asyncio.wait([self._supervising])

    async def ask(self, method: str, *args: object) -> Any:  # noqa: ANN401 - what that method returns
        """Have the process call a method of what it serves.

        Raises:
            EmbeddedAwsUnavailable: it does not answer; the one that follows it will.
        """
        try:
            async with asyncio.timeout(self._patience):
                while True:
                    await self._up.wait()
                    if self._link is not None:
                        with contextlib.suppress(LinkLost):
                            return await self._link.ask(method, *args)
                    self._up.clear()
        except TimeoutError as error:
            if self._link is not None:  # It hangs; the one that follows it will answer.
                self._link.process.kill()
            raise EmbeddedAwsUnavailable(
                f"{self._name} does not respond after {self._patience:.0f} seconds.",
                hint="`seatrial down`, then `seatrial up`.",
            ) from error

    async def _supervise(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                link = await Link.start(self._module)
            except OSError:
                _log.exception("%s cannot be started", self._name)
                await asyncio.sleep(RESTART_DELAY)
                continue
            try:
                await self._take_over(link)
                code = await link.ended()
            finally:
                self._up.clear()
                self._link = None
                await link.end()
            _log.error("%s has ended with exit code %s; another one follows.", self._name, code)
            await asyncio.sleep(max(0.0, began + RESTART_DELAY - loop.time()))

    async def _take_over(self, link: Link) -> None:
        """Give a new process what the one before had, and let it be asked."""
        self.run += 1
        try:
            await self._restore(link)
        except LinkLost:
            pass  # It has ended already; the next one gets the same.
        except Exception:  # noqa: BLE001 - it must be asked all the same, and keeps what it could do
            _log.exception("%s could not take over everything", self._name)
        self._link = link
        self._up.set()
