"""One request and its answer, passed between a client and whoever is asked: sent again where that is safe.

What is asked, and what both sides get to read, its ``Route`` says: a load balancer's, or CloudFront's.
"""

from seatrial.http.client import Client, ClientInfo
from seatrial.http.head import LAST_CHUNK, RequestHead, ResponseHead, chunk
from seatrial.http.pool import Pool
from seatrial.http.route import Route
from seatrial.http.sending import Sending

_SWITCHING_PROTOCOLS = 101
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Passing:
    """One request and its answer; a ``Receiver`` of what the target sends.

    Args:
        client: whose request it is.
        head: the head of the request.
        client_info: who asks.
        route: what becomes of it.
    """

    # Until they change, these cost nothing: one is made for each request.
    started = False
    _written_before = 0  # bytes to the client, for earlier requests
    _asked_all = False  # the request is complete
    _begun = False  # the target's answer has begun
    _answered = False  # the answer is complete
    _over = False  # nothing is left to do
    _tunnel = False
    _chunked = False

    def __init__(self, client: Client, head: RequestHead, client_info: ClientInfo, route: Route) -> None:
        self.head_only = head.method == b"HEAD"
        self.keep_alive = head.keeps_alive(client_info.version)
        self.touched = route.clock.now
        self._client, self._head, self._client_info, self._route = client, head, client_info, route
        self._clock = route.clock
        self._sending = Sending(client, route, head.method)
        self._to_client: list[bytes] = []

    # What the client's connection tells.

    @property
    def patience(self) -> float:
        """Seconds without a byte after which it is too late."""
        return self._route.patience

    def begin(self) -> None:
        """Decide what becomes of the request, and do it."""
        self.started = True
        self._written_before = self._client.sent
        if self._client_info.refused:
            self.refuse(self._client_info.refused)
            return
        if not self._asked_all and b"expect" in self._head.read:
            # AWS says so at once, and takes the header off ("How Elastic Load Balancing works").
            self._client.write(_CONTINUE)
        self._route.decide(self)

    def refuse(self, status: int) -> None:
        """Answer with an error, once it is this request's turn, and close the connection after it."""
        self.keep_alive = False
        if not self.started:
            self._client_info.refused = status
        elif self._begun:
            self._break_off()
        else:
            self.error(status)

    def request_body(self, data: bytes) -> None:
        """Some of the request's body."""
        self.touched = self._clock.now
        self._route.received(len(data))
        if self._answered:
            return
        self._sending.add(chunk(data) if self._head.chunked else data)

    def request_end(self) -> None:
        """The request is complete."""
        self._asked_all = True
        if self._answered:
            self._done()
        elif self._head.chunked:
            self._sending.add(LAST_CHUNK)

    def flush(self) -> None:
        """Send what has come from the client, as far as there is a connection to send it on."""
        self._sending.flush()

    def raw(self, data: bytes) -> None:
        """The client's bytes after a switch of protocols."""
        self.touched = self._clock.now
        self._route.received(len(data))
        self._sending.raw(data)

    def client_writable(self, *, writable: bool) -> None:
        """The client takes no more for now, or takes more again."""
        self._sending.client_writable(writable=writable)

    def client_gone(self) -> None:
        """The client has closed its connection."""
        if not (self._over or self._answered or self._tunnel):
            self._route.client_left()
        self._end()

    def too_late(self) -> None:
        """Nothing has moved for as long as is waited."""
        if self._asked_all and not self._begun:
            self.error(504)
        else:
            self.refuse(408)

    # What the target's connection tells: see ``Receiver``.

    def answer_began(self, head: ResponseHead) -> None:
        """The status line and the headers are here."""
        if head.status == _SWITCHING_PROTOCOLS and not self._client_info.upgrade:
            self.error(502)
            return
        self._begun = True
        self._route.noted(head, self._sending.sent_at)
        endless = not self.head_only and head.length is None and head.status not in {101, 204, 304}
        self._chunked = endless and self._client_info.version == "1.1"
        self.keep_alive = self.keep_alive and (self._chunked or not endless)
        self._to_client.append(self._route.head_for_client(head, chunked=self._chunked, keep_alive=self.keep_alive))

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
        self._sending.release(reusable=reusable and self._asked_all)
        self.answer_read()
        self._done()

    def switched(self, rest: bytes) -> None:
        """The target speaks another protocol from now on."""
        self._tunnel = True
        self._route.upgraded()
        self._to_client.append(rest)
        self._client.tunnel()
        self.answer_read()

    def tunnelled(self, data: bytes) -> None:
        """Bytes of that protocol."""
        self.touched = self._clock.now
        self._client.write(data)

    def target_lost(self) -> None:
        """The target has closed before its answer was complete."""
        again = not self._begun and self._sending.may_repeat
        self._sending.release(reusable=False)
        if self._begun:
            self._break_off()
        elif again:
            self._sending.repeat(self)
        else:
            self.error(502)

    def target_writable(self, *, writable: bool) -> None:
        """The target takes no more for now, or takes more again."""
        self._client.hold_back(reading=writable)

    def abandoned(self) -> None:
        """The time of the target is over: 502, or the end of an answer that had begun, as from an ALB."""
        self._sending.settle()
        self.target_lost()

    # What the route does.

    @property
    def unanswered(self) -> bool:
        """Whether an answer can still be given."""
        return not (self._answered or self._over)

    def ask(self, pool: Pool, head: bytes) -> None:
        """Send the request, with this head, on one of these connections."""
        self._sending.begin(self, pool, head)

    def respond(self, head: bytes, body: bytes) -> None:
        """Answer in the target's place."""
        self._answered = True
        self._sending.release(reusable=False)
        self._client.write(head if self.head_only else head + body)
        self._done()

    def error(self, status: int) -> None:
        """Answer with an error page, unless the request is answered already."""
        if self.unanswered:
            self.respond(*self._route.error(status, keep_alive=self.keep_alive))

    # How it is done.

    def _break_off(self) -> None:
        """The answer has begun and cannot be completed: only closing tells the client so."""
        self.answer_read()
        self._end()
        self._client.close()

    def _done(self) -> None:
        """Tell the client's connection, once both the request and the answer are complete."""
        if self._over or (self.keep_alive and not self._asked_all):
            return
        self._end()
        self._client.exchange_done(keep_alive=self.keep_alive)

    def _end(self) -> None:
        """Nothing is left to do; may be called again."""
        if self._over:
            return
        self._over = True
        if not self._answered:
            self._sending.release(reusable=False)
        self._route.ended(sent=self._client.sent - self._written_before, sent_at=self._sending.sent_at)
