"""A loopback port for each distribution."""

import asyncio
import contextlib
import socket
from typing import Final

from hypercorn.asyncio import serve
from hypercorn.config import Config

from tagship.base.errors import LocalAwsUnavailable
from tagship.local.cloudfront.front import Front

LOOPBACK: Final = "127.0.0.1"
_TRIES: Final = 1000
_HIGHEST_PORT: Final = 65535
_BACKLOG: Final = 1024
_GRACE: Final = 1.0
"""Seconds for answers under way when the door is closed."""


class Door:
    """Where a distribution is reached on this machine."""

    def __init__(self, front: Front) -> None:
        self.front = front
        self.port = 0
        self._closing = asyncio.Event()
        self._serving: asyncio.Task[None] | None = None

    def open(self, wanted: int | None, first: int) -> None:
        """Listen on the port that it had before, else on the first that is free.

        Raises:
            LocalAwsUnavailable: no port is free.
        """
        listening = _listen(wanted, first, self.front.distribution.domain)
        self.port = listening.getsockname()[1]
        self._serving = asyncio.get_running_loop().create_task(self._serve(listening))

    async def close(self) -> None:
        """Listen no more; what is under way may end."""
        self._closing.set()
        if self._serving is not None:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._serving, _GRACE * 3)
        await self.front.close()

    async def _serve(self, listening: socket.socket) -> None:
        config = Config()
        config.bind = [f"fd://{listening.detach()}"]
        config.keep_alive_timeout = 60
        config.graceful_timeout = _GRACE
        config.errorlog = "-"
        config.loglevel = "WARNING"
        config.include_server_header = False
        await serve(self.front, config, shutdown_trigger=self._closing.wait)  # type: ignore[arg-type]


def _listen(wanted: int | None, first: int, name: str) -> socket.socket:
    choices = range(first, min(first + _TRIES, _HIGHEST_PORT)) if first else (0,)
    for port in (*((wanted,) if wanted else ()), *choices):
        listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        # A process before us may have ended with connections open; another that listens is still found out.
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        try:
            listening.bind((LOOPBACK, port))
            listening.listen(_BACKLOG)
        except OSError:
            listening.close()
            continue
        return listening
    raise LocalAwsUnavailable(
        f"No loopback port from {first} is free for `{name}`.",
        hint="Set `TAGSHIP_FRONT_DOOR_PORT` to a port that is free.",
    )
