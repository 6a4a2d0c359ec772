"""One request and its answer, passed between a client and whoever is asked: sent again where that is safe.

What is asked, and what both sides get to read, is for those that derive from it: a load balancer's ``Exchange``, and
CloudFront's.
"""

import asyncio

from seatrial.http.client import Client, ClientInfo
from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.head import LAST_CHUNK, RequestHead, ResponseHead, chunk
from seatrial.http.pool import Pool
from seatrial.http.upstream import TargetConnection

MAX_WAITING = 64 * 1024
"""Bytes of a request that are kept while it waits for a connection, or so that it can be sent again."""

REPEATABLE = frozenset({b"GET", b"HEAD", b"OPTIONS", b"PUT", b"DELETE", b"PROPFIND"})
"""Methods that may be sent twice (RFC 9110, 9.2.2)."""

_SWITCHING_PROTOCOLS = 101
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Passing:
    """One request and its answer; a ``Receiver`` of what the target sends.

    Args:
        client: whose request it is.
        clock: the data plane's coarse clock.
        head: the head of the request.
        client_info: who asks.
    """

    # Until they change, these cost nothing: one is made for each request.
    started = False
    _pool: Pool | None = None
    _connection: TargetConnection | None = None
    _connecting: asyncio.Task[None] | None = None
    _sent_bytes = 0
    _sent_at = 0.0
    _asked_all = False  # the request is complete
    _begun = False  # the target's answer has begun
    _answered = False  # the answer is complete
    _over = False  # nothing is left to do
    _retried = False
    _tunnel = False
    _chunked = False

    def __init__(self, client: Client, clock: CoarseClock, head: RequestHead, client_info: ClientInfo) -> None:
        self.head_only = head.method == b"HEAD"
        self.keep_alive = head.keeps_alive(client_info.version)
        self.touched = clock.now
        self._client, self._clock, self._head, self._client_info = client, clock, head, client_info
        self._loop = asyncio.get_running_loop()
        self._to_target: list[bytes] = []
        self._to_client: list[bytes] = []
        self._sent: list[bytes] | None = []  # for sending it again; None once that is out of the question

    # For those that derive.

    @property
    def patience(self) -> float:
        """Seconds without a byte after which it is too late."""
        raise NotImplementedError

    def _decide(self) -> None:
        """Find out what becomes of the request, and do it: ``_ask`` somebody, or ``_respond``."""
        raise NotImplementedError

    def _head_for_client(self, head: ResponseHead) -> bytes:
        """The head that the client gets of a target's answer."""
        raise NotImplementedError

    def _error(self, status: int) -> None:
        """Answer with an error page, unless the request is answered already."""
        raise NotImplementedError

    def _noted(self, head: ResponseHead) -> None:
        """The target's answer has begun."""

    def _received(self, count: int) -> None:
        """So many bytes have come from the client, after the head."""

    def _connected(self) -> None:
        """There is a new connection."""

    def _failed_to_connect(self, status: int) -> None:
        """There is none, and it is to be answered with this."""
        self._error(status)

    def _asked_again(self) -> Pool | None:
        """The request is to be sent again; to whom."""
        return self._pool

    def _end(self) -> None:
        """Nothing is left to do; called once or more."""
        self._over = True
        if self._connection is not None:
            self._release_target(reusable=False)

    # What the client's connection tells.

    def begin(self) -> None:
        """Decide what becomes of the request, and do it."""
        self.started = True
        if self._client_info.refused:
            self.refuse(self._client_info.refused)
            return
        if not self._asked_all and b"expect" in self._head.read:
            # AWS says so at once, and takes the header off ("How Elastic Load Balancing works").
            self._client.write(_CONTINUE)
        self._decide()

    def refuse(self, status: int) -> None:
        """Answer with an error, once it is this request's turn, and close the connection after it."""
        self.keep_alive = False
        if not self.started:
            self._client_info.refused = status
        elif self._begun:
            self._break_off()
        else:
            self._error(status)

    def request_body(self, data: bytes) -> None:
        """Some of the request's body."""
        self.touched = self._clock.now
        self._received(len(data))
        if self._answered:
            return
        self._to_target.append(chunk(data) if self._head.chunked else data)
        if self._connection is None and sum(map(len, self._to_target)) > MAX_WAITING:
            self._client.hold_back(reading=False)

    def request_end(self) -> None:
        """The request is complete."""
        self._asked_all = True
        if self._answered:
            self._done()
        elif self._head.chunked:
            self._to_target.append(LAST_CHUNK)

    def flush(self) -> None:
        """Send what has come from the client, as far as there is a connection to send it on."""
        if self._connection is None or not self._to_target:
            return
        data = self._to_target[0] if len(self._to_target) == 1 else b"".join(self._to_target)
        self._to_target.clear()
        self._remember(data)
        self._sent_at = self._loop.time()
        self._connection.write(data)

    def raw(self, data: bytes) -> None:
        """The client's bytes after a switch of protocols."""
        self.touched = self._clock.now
        self._received(len(data))
        if self._connection is not None:
            self._connection.write(data)

    def client_writable(self, *, writable: bool) -> None:
        """The client takes no more for now, or takes more again."""
        if self._connection is not None:
            if writable:
                self._connection.resume()
            else:
                self._connection.pause()

    def client_gone(self) -> None:
        """The client has closed its connection."""
        if not self._over:
            self._end()

    def too_late(self) -> None:
        """Nothing has moved for as long as is waited."""
        if self._asked_all and not self._begun:
            self._error(504)
        else:
            self.refuse(408)

    # What the target's connection tells: see ``Receiver``.

    def answer_began(self, head: ResponseHead) -> None:
        """The status line and the headers are here."""
        if head.status == _SWITCHING_PROTOCOLS and not self._client_info.upgrade:
            self._error(502)
            return
        self._begun, self._sent = True, None
        self._noted(head)
        endless = not self.head_only and head.length is None and head.status not in {101, 204, 304}
        self._chunked = endless and self._client_info.version == "1.1"
        self.keep_alive = self.keep_alive and (self._chunked or not endless)
        self._to_client.append(self._head_for_client(head))

    def answer_body(self, data: bytes) -> None:
        """Some of the body."""
        self._to_client.append(chunk(data) if self._chunked else data)

    def answer_read(self) -> None:
        """All that had arrived has been told."""
        self.touched = self._clock.now
        if self._to_client:
            data = b"".join(self._to_client)
            self._to_client.clear()
            self._client.write(data)

    def answer_complete(self, *, reusable: bool) -> None:
        """The answer is complete."""
        if self._chunked:
            self._to_client.append(LAST_CHUNK)
        self._answered = True
        self._release_target(reusable=reusable and self._asked_all)
        self.answer_read()
        self._done()

    def switched(self, rest: bytes) -> None:
        """The target speaks another protocol from now on."""
        self._tunnel = True
        self._to_client.append(rest)
        self._client.tunnel()
        self.answer_read()

    def tunnelled(self, data: bytes) -> None:
        """Bytes of that protocol."""
        self.touched = self._clock.now
        self._client.write(data)

    def target_lost(self) -> None:
        """The target has closed before its answer was complete."""
        again = self._connection is not None and self._connection.used and self._may_repeat
        self._release_target(reusable=False)
        if self._begun:
            self._break_off()
        elif again:
            self._repeat()
        else:
            self._error(502)

    def target_writable(self, *, writable: bool) -> None:
        """The target takes no more for now, or takes more again."""
        self._client.hold_back(reading=writable)

    # How it is done.

    def _ask(self, pool: Pool, head: bytes) -> None:
        """Send the request, with this head, on one of these connections."""
        self._to_target.insert(0, head)
        self._reach(pool, fresh=False)

    def _respond(self, head: bytes, body: bytes) -> None:
        """Answer in the target's place."""
        self._answered = True
        self._release_target(reusable=False)
        self._client.write(head if self.head_only else head + body)
        self._done()

    def _reach(self, pool: Pool, *, fresh: bool) -> None:
        self._pool = pool
        connection = None if fresh else pool.take(repeatable=self._head.method in REPEATABLE)
        if connection is not None:
            self._attach(pool, connection)
        else:
            self._connecting = self._loop.create_task(self._connect(pool))

    async def _connect(self, pool: Pool) -> None:
        try:
            connection = await pool.connect()
        except TimeoutError:
            self._failed_to_connect(504)
        except OSError:
            self._failed_to_connect(502)
        else:
            self._connected()
            if self._answered or self._over:
                pool.release(connection, reusable=True)
            else:
                self._attach(pool, connection)

    def _attach(self, pool: Pool, connection: TargetConnection) -> None:
        self._connection = connection
        connection.begin(self)
        pool.occupy(connection, self._abandoned)
        self._client.hold_back(reading=True)
        if not self._client.writable:
            connection.pause()
        self.flush()

    def _remember(self, data: bytes) -> None:
        self._sent_bytes += len(data)
        if self._sent_bytes > MAX_WAITING:
            self._sent = None
        elif self._sent is not None:
            self._sent.append(data)

    @property
    def _may_repeat(self) -> bool:
        """Nothing of an answer was seen, and the request may be sent twice (RFC 9110, 9.2.2)."""
        return not (self._begun or self._retried) and self._sent is not None and self._head.method in REPEATABLE

    def _repeat(self) -> None:
        self._retried = True
        self._to_target[:0] = self._sent or ()
        self._sent, self._sent_bytes = [], 0
        pool = self._asked_again()
        if pool is not None:
            self._reach(pool, fresh=True)

    def _abandoned(self) -> None:
        """Its time is over: 502, or the end of an answer that had begun, as from an ALB."""
        self._retried = True
        self.target_lost()

    def _break_off(self) -> None:
        """The answer has begun and cannot be completed: only closing tells the client so."""
        self.answer_read()
        self._end()
        self._client.close()

    def _release_target(self, *, reusable: bool) -> None:
        connection, self._connection = self._connection, None
        if connection is not None and self._pool is not None:
            self._pool.release(connection, reusable=reusable)

    def _done(self) -> None:
        """Tell the client's connection, once both the request and the answer are complete."""
        if self._over or (self.keep_alive and not self._asked_all):
            return
        self._end()
        self._client.exchange_done(keep_alive=self.keep_alive)
