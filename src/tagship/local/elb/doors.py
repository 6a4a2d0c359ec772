"""A loopback port per listener, and the connections that came in by it."""

import asyncio
import contextlib
from collections.abc import Iterator

from tagship.base.errors import LocalAwsUnavailable
from tagship.local.elb.front import ClientConnection
from tagship.local.elb.site import Site

LOOPBACK = "127.0.0.1"
_HIGHEST_PORT = 65535
_TRIES = 1000
_BACKLOG = 1024


class Door:
    """Where a listener is reached on this machine.

    Args:
        site: the listener.
    """

    def __init__(self, site: Site) -> None:
        self.site = site
        self._connections: set[ClientConnection] = set()
        self._server: asyncio.Server | None = None

    async def open(self, wanted: int | None, first: int, taken: set[int]) -> None:
        """Listen on the wanted port, else on the first one from ``first`` that is free.

        Args:
            wanted: the port it had before.
            first: the first port to try.
            taken: ports that are kept for other listeners.

        Raises:
            LocalAwsUnavailable: no port is free.
        """
        loop = asyncio.get_running_loop()
        for port in candidates(wanted, first, taken):
            with contextlib.suppress(OSError):
                self._server = await loop.create_server(self._accept, LOOPBACK, port, backlog=_BACKLOG)
                self.site.port = self._server.sockets[0].getsockname()[1]
                return
        raise LocalAwsUnavailable(
            f"No loopback port from {first} is free for `{self.site.listener.load_balancer}`.",
            hint="Set `TAGSHIP_FRONT_DOOR_PORT` to a port that is free.",
        )

    @property
    def connections(self) -> int:
        """How many clients are connected now."""
        return len(self._connections)

    def sweep(self) -> None:
        """Close what is idle."""
        for connection in list(self._connections):
            connection.sweep()

    async def close(self, *, at_once: bool = False) -> None:
        """Listen no more; what is under way may end, unless ``at_once``."""
        if self._server is not None:
            self._server.close()
        for connection in list(self._connections):
            if at_once:
                connection.abort()
            else:
                connection.finish()

    def _accept(self) -> ClientConnection:
        connection = ClientConnection(self.site, self._connections.discard)
        self._connections.add(connection)
        return connection


def candidates(wanted: int | None, first: int, taken: set[int]) -> Iterator[int]:
    """The ports to try, in order; 0 as ``first`` leaves the choice to the system."""
    if wanted is not None:
        yield wanted
    if first == 0:
        yield 0
    for port in range(first or _HIGHEST_PORT, min(first + _TRIES, _HIGHEST_PORT) if first else 0):
        if port not in taken:
            yield port
