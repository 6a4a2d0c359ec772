"""What becomes of one request, and what both sides get to read: for a load balancer, and for CloudFront, to say."""

from typing import Protocol

from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.head import ResponseHead
from seatrial.http.pool import Pool


class Passage(Protocol):
    """What a route does with its request; see ``Passing``."""

    keep_alive: bool

    @property
    def unanswered(self) -> bool:
        """Whether an answer can still be given."""
        ...

    def ask(self, pool: Pool, head: bytes) -> None:
        """Send the request, with this head, on one of these connections."""

    def respond(self, head: bytes, body: bytes) -> None:
        """Answer in the target's place."""

    def error(self, status: int) -> None:
        """Answer with an error page, unless the request is answered already."""


class Route:
    """The way of one request. Derive, decide, and take note of what you want to know.

    It keeps no reference to its ``Passage``, so that neither waits for the garbage collector.
    """

    clock: CoarseClock
    """The data plane's clock."""

    @property
    def patience(self) -> float:
        """Seconds without a byte after which it is too late."""
        raise NotImplementedError

    def decide(self, passage: Passage) -> None:
        """Find out what becomes of the request, and do it: ``ask`` somebody, or ``respond``."""
        raise NotImplementedError

    def head_for_client(self, head: ResponseHead, *, chunked: bool, keep_alive: bool) -> bytes:
        """The head that the client gets of a target's answer.

        Args:
            head: the target's.
            chunked: whether the body goes on in chunks.
            keep_alive: whether the client may use its connection again.
        """
        raise NotImplementedError

    def error(self, status: int, *, keep_alive: bool) -> tuple[bytes, bytes]:
        """The head and the body of an error page, which is sent."""
        raise NotImplementedError

    def again(self, pool: Pool) -> Pool:
        """The request is sent again; to whom, where ``pool`` was asked before."""
        return pool

    def received(self, count: int) -> None:
        """So many bytes have come from the client, after the head."""

    def connected(self) -> None:
        """There is a new connection to the target."""

    def not_connected(self) -> None:
        """There is none; an error page follows."""

    def noted(self, head: ResponseHead, sent_at: float) -> None:
        """The target's answer has begun; the last of the request was sent to it at this time of the loop."""

    def upgraded(self) -> None:
        """Both sides speak another protocol from now on."""

    def client_left(self) -> None:
        """The client has gone before its answer was complete."""

    def ended(self, *, sent: int, sent_at: float) -> None:
        """Nothing is left to do; called once.

        Args:
            sent: bytes that the client got.
            sent_at: the sent at as in ``noted``; 0 where no target was asked.
        """
