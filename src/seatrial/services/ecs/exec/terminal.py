"""A process in a container, at a terminal."""

import asyncio
import contextlib
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from seatrial.core.engine import ENGINE_ERRORS, EngineClient

CHUNK = 32 * 1024
_BEFORE_ANOTHER_TRY = 0.2
"""Seconds."""

_HANG_UP = b"\x03\x04"
"""Ctrl-C and Ctrl-D: Docker has no call that ends a process begun by exec, but the process's terminal has."""


class Terminal(Protocol):
    """A process at a terminal."""

    async def read(self) -> bytes:
        """What it prints next; nothing when it has ended."""
        ...

    async def write(self, data: bytes) -> None:
        """Type."""
        ...

    async def resize(self, rows: int, columns: int) -> None:
        """Give the terminal another size."""
        ...

    async def close(self) -> None:
        """Hang up."""
        ...


OpenTerminal = Callable[[str, Sequence[str]], Awaitable[Terminal]]
"""Begins a command in the container with this Docker id."""


@dataclass(frozen=True)
class DockerTerminal:
    """A process that Docker began in a container.

    Its socket may be a plain one, TLS or SSH, so it is read and written in threads.

    Args:
        engine: where it runs.
        identity: the identity of the exec.
        attached: the connection to it.
        reader: reads that connection; it has what came together with the answer's head.
    """

    engine: EngineClient
    identity: str
    attached: socket.socket
    reader: Any

    async def read(self) -> bytes:
        """See ``Terminal.read``."""
        try:
            return await asyncio.to_thread(self.reader.read1, CHUNK) or b""
        except (OSError, ValueError):
            return b""

    async def write(self, data: bytes) -> None:
        """See ``Terminal.write``."""
        with contextlib.suppress(OSError):  # it has ended; the reader finds out
            await asyncio.to_thread(self.attached.sendall, data)

    async def resize(self, rows: int, columns: int) -> None:
        """See ``Terminal.resize``.

        A process that has not begun yet has no terminal: Docker waits ten seconds for it, and then refuses.
        """
        while True:
            try:
                await asyncio.to_thread(self.engine.api.exec_resize, self.identity, height=rows, width=columns)
            except ENGINE_ERRORS:
                if await asyncio.to_thread(self._has_ended):
                    raise
                await asyncio.sleep(_BEFORE_ANOTHER_TRY)
            else:
                return

    def _has_ended(self) -> bool:
        return self.engine.api.exec_inspect(self.identity)["ExitCode"] is not None

    async def close(self) -> None:
        """See ``Terminal.close``."""
        await self.write(_HANG_UP)
        with contextlib.suppress(OSError):
            self.attached.shutdown(socket.SHUT_RDWR)
        self.attached.close()


async def open_terminal(engine: EngineClient, container: str, command: Sequence[str]) -> Terminal:
    """Begin a command in a container that runs.

    Raises:
        docker.errors.DockerException: the engine refuses.
    """
    return await asyncio.to_thread(_attach, engine, container, list(command))


def _attach(engine: EngineClient, container: str, command: list[str]) -> DockerTerminal:
    made = engine.api.exec_create(container, command, stdin=True, tty=True)
    stream: Any = engine.api.exec_start(made["Id"], tty=True, socket=True)
    # Whatever the process prints at once may have been read together with the answer's head: the response has it.
    reader = stream._response.raw._fp.fp  # noqa: SLF001 - docker-py hands out the socket alone
    attached = stream._sock if hasattr(stream, "_sock") else stream  # noqa: SLF001 - as above
    attached.settimeout(None)
    return DockerTerminal(engine, made["Id"], attached, reader)
