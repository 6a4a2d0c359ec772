"""A request on its way to a target: on a kept connection or a new one, and once more where that is safe."""

import asyncio
from typing import Protocol

from seatrial.http.client import Client
from seatrial.http.pool import Pool
from seatrial.http.route import Route
from seatrial.http.upstream import Receiver, TargetConnection

MAX_WAITING = 64 * 1024
"""Bytes of a request that are kept while it waits for a connection, or so that it can be sent again."""

REPEATABLE = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"PROPFIND"})
"""Methods that may be sent twice (RFC 9110, 9.2.2)."""


class Sender(Receiver, Protocol):
    """Whose request is sent, and who waits for the answer."""

    @property
    def unanswered(self) -> bool:
        """Whether an answer can still be given."""
        ...

    def error(self, status: int) -> None:
        """There is no connection."""

    def abandoned(self) -> None:
        """The time of the target is over."""


class Sending:
    """One request and its connection.

    Args:
        client: whose request it is; held back while too much waits.
        route: says whom to ask again, and takes note of connections.
        method: the method of the request.
    """

    sent_at = 0.0
    """When the last of it was sent, by the loop's clock; 0 where nothing was."""

    # Until they change, these cost nothing: one is made for each request.
    _pool: Pool | None = None
    _connection: TargetConnection | None = None
    _connecting: asyncio.Task[None] | None = None
    _sent_bytes = 0

    def __init__(self, client: Client, route: Route, method: bytes) -> None:
        self._client, self._route, self._method = client, route, method
        self._loop = asyncio.get_running_loop()
        self._waiting: list[bytes] = []
        self._sent: list[bytes] | None = []  # for sending it again; None once that is out of the question

    def add(self, data: bytes) -> None:
        """Some more of the request, which waits for ``flush``."""
        self._waiting.append(data)
        if self._connection is None and sum(map(len, self._waiting)) > MAX_WAITING:
            self._client.hold_back(reading=False)

    def begin(self, sender: Sender, pool: Pool, head: bytes) -> None:
        """Send it, with this head, on one of these connections."""
        self._waiting.insert(0, head)
        self._pool = pool
        connection = pool.take(repeatable=self._method in REPEATABLE)
        if connection is not None:
            self._attach(sender, pool, connection)
        else:
            self._connecting = self._loop.create_task(self._connect(sender, pool))

    def flush(self) -> None:
        """Send what waits, as far as there is a connection."""
        if self._connection is None or not self._waiting:
            return
        data = self._waiting[0] if len(self._waiting) == 1 else b"".join(self._waiting)
        self._waiting.clear()
        self._sent_bytes += len(data)
        if self._sent_bytes > MAX_WAITING:
            self._sent = None
        elif self._sent is not None:
            self._sent.append(data)
        self.sent_at = self._loop.time()
        self._connection.write(data)

    def raw(self, data: bytes) -> None:
        """Bytes after a switch of protocols."""
        if self._connection is not None:
            self._connection.write(data)

    def client_writable(self, *, writable: bool) -> None:
        """The client takes no more of the answer for now, or takes more again."""
        if self._connection is not None:
            if writable:
                self._connection.resume()
            else:
                self._connection.pause()

    @property
    def may_repeat(self) -> bool:
        """Whether a target that closes now may have closed before it read any of it, and it may be sent twice."""
        used = self._connection is not None and self._connection.used
        return used and self._sent is not None and self._method in REPEATABLE

    def repeat(self, sender: Sender) -> None:
        """Send it again on a new connection, for the last time."""
        self._waiting[:0] = self._sent or ()
        self.settle()
        if self._pool is not None:
            self._pool = self._route.again(self._pool)
            self._connecting = self._loop.create_task(self._connect(sender, self._pool))

    def settle(self) -> None:
        """From now on it is not sent again."""
        self._sent = None

    def release(self, *, reusable: bool) -> None:
        """It has no connection any more; whether another request may have it."""
        connection, self._connection = self._connection, None
        if connection is not None and self._pool is not None:
            self._pool.release(connection, reusable=reusable)

    async def _connect(self, sender: Sender, pool: Pool) -> None:
        try:
            connection = await pool.connect()
        except OSError as error:
            self._route.not_connected()
            sender.error(504 if isinstance(error, TimeoutError) else 502)
            return
        self._route.connected()
        if sender.unanswered:
            self._attach(sender, pool, connection)
        else:
            pool.release(connection, reusable=True)

    def _attach(self, sender: Sender, pool: Pool, connection: TargetConnection) -> None:
        self._connection = connection
        connection.begin(sender)
        pool.occupy(connection, sender.abandoned)
        self._client.hold_back(reading=True)
        if not self._client.writable:
            connection.pause()
        self.flush()
