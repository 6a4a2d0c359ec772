"""The connections to one address: those that carry a request, and those that are kept for the next one."""

import asyncio
import ssl
from collections.abc import Callable

from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.types import Address
from seatrial.http.upstream import TargetConnection

CONNECT_TIMEOUT = 10.0
"""Seconds an ALB waits for a connection to a target ("HTTP 504: Gateway timeout"); CloudFront waits as long."""

FRESH = 1.0
"""Seconds for which a kept connection is taken to be open without asking."""

Abandon = Callable[[], None]


class Pool:
    """Connections to whoever is asked; to be derived from.

    Args:
        clock: the data plane's coarse clock.
    """

    tls: ssl.SSLContext | None = None
    """The TLS context with which it is connected to; None for plain HTTP."""

    def __init__(self, clock: CoarseClock) -> None:
        self.clock = clock
        self._kept: list[TargetConnection] = []
        self._busy: dict[TargetConnection, Abandon] = {}

    @property
    def where(self) -> Address:
        """Where a new connection goes to."""
        raise NotImplementedError

    @property
    def keeps_connections(self) -> bool:
        """Whether connections are kept for the next request."""
        return True

    @property
    def connections(self) -> int:
        """How many connections there are now."""
        return len(self._kept) + len(self._busy)

    def take(self, *, repeatable: bool) -> TargetConnection | None:
        """A kept connection, the one used last first; None where a new one is needed.

        A request that must not be sent twice gets no connection that has waited long: the other end may be about to
        close it, and nobody could tell then whether it had begun to act.
        """
        while self._kept:
            connection = self._kept[-1]
            if not repeatable and connection.alive and self.clock.now - connection.idle_since > FRESH:
                return None
            self._kept.pop()
            if connection.alive:
                return connection
        return None

    async def connect(self) -> TargetConnection:
        """A new connection.

        Raises:
            OSError: refused or unreachable.
            TimeoutError: no answer within ``CONNECT_TIMEOUT``.
        """
        host, port = self.where
        loop = asyncio.get_running_loop()
        async with asyncio.timeout(CONNECT_TIMEOUT):
            _, connection = await loop.create_connection(lambda: TargetConnection(self._gone), host, port, ssl=self.tls)
        return connection

    def occupy(self, connection: TargetConnection, abandon: Abandon) -> None:
        """A request is under way on this connection; ``abandon`` ends it when its time is over."""
        self._busy[connection] = abandon

    def release(self, connection: TargetConnection, *, reusable: bool) -> None:
        """The request is over: keep the connection for another one, or close it."""
        self._busy.pop(connection, None)
        if reusable and self.keeps_connections and connection.alive:
            connection.idle_since = self.clock.now
            connection.used = True
            connection.resume()
            self._kept.append(connection)
        else:
            connection.close()

    def close_idle(self, longer_than: float) -> None:
        """Close the kept connections that have waited for so many seconds."""
        late = [kept for kept in self._kept if self.clock.now - kept.idle_since >= longer_than]
        self._kept = [kept for kept in self._kept if kept not in late]
        for connection in late:
            connection.close()

    def abandon(self) -> None:
        """End what is still under way."""
        for abandon in list(self._busy.values()):
            abandon()
        self.close_idle(0.0)

    def _gone(self, connection: TargetConnection) -> None:
        self._busy.pop(connection, None)
        if connection in self._kept:
            self._kept.remove(connection)
