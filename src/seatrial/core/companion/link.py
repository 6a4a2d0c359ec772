"""One process beside ours, seen from here: started, asked, and known to have ended."""

import asyncio
import socket
from itertools import count
from typing import Any

from seatrial.core.companion.channel import frame, receive
from seatrial.ground.process import Command, Companion, SystemProcesses

_PATIENCE = 5.0
"""Seconds that the process may take to close its connections and end."""


# inside: Keeper, which asks the next process
class LinkLost(Exception):
    """The process ended before it answered."""


class Link:
    """A running process.

    Args:
        process: the process.
        reader: what it says.
        writer: what it is told.
    """

    def __init__(self, process: Companion, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.process = process
        self._reader = reader
        self._writer = writer
        self._numbers = count()
        self._waiting: dict[int, asyncio.Future[Any]] = {}
        self._reading = asyncio.get_running_loop().create_task(self._read())

    @classmethod
    async def start(cls, module: str) -> "Link":
        """Start a process.

        Args:
            module: what it runs; its ``main`` is ``worker.serve``.

        Raises:
            OSError: no process can be started.
        """
        ours, theirs = socket.socketpair()
        with theirs:
            process = SystemProcesses().start_beside(Command.module(module), channel=theirs.fileno())
        return cls(process, *await asyncio.open_unix_connection(sock=ours))

    async def ask(self, method: str, *args: object) -> Any:  # noqa: ANN401 - what that method returns
        """Have the process call a method of what it serves.

        Raises:
            LinkLost: the process has ended.
            SeatrialError: the method's own.
        """
        if self._reading.done():
            raise LinkLost
        number = next(self._numbers)
        answered = self._waiting[number] = asyncio.get_running_loop().create_future()
        self._writer.write(frame((number, method, args)))
        try:
            return await answered
        finally:
            self._waiting.pop(number, None)

    async def ended(self) -> int | None:
        """Wait until the process is gone; its exit code."""
        await asyncio.wait([self._reading])
        return await asyncio.to_thread(self.process.wait, _PATIENCE)

    async def end(self) -> None:
        """Tell the process to close everything and end; kill it where it does not."""
        self._writer.close()
        if await asyncio.to_thread(self.process.wait, _PATIENCE) is None:
            self.process.kill()
            await asyncio.to_thread(self.process.wait, _PATIENCE)
        await asyncio.wait([self._reading])

    async def _read(self) -> None:
        while (message := await receive(self._reader)) is not None:
            number, answer, error = message
            answered = self._waiting.get(number)
            if answered is None or answered.done():
                continue
            if error is None:
                answered.set_result(answer)
            else:
                answered.set_exception(error)
        self._writer.close()
        for answered in self._waiting.values():
            if not answered.done():
                answered.set_exception(LinkLost())
