"""One request to a distribution, and its answer: matched to a behavior, and passed between the viewer and an origin."""

from secrets import token_urlsafe
from typing import Final

from seatrial.access.keys import TOKEN_HEADER
from seatrial.core.pages import DISTRIBUTIONS_PATH
from seatrial.http.client import Answers, Client, ClientInfo
from seatrial.http.head import RequestHead, ResponseHead, for_client, read_request
from seatrial.http.passing import Passing
from seatrial.services.cloudfront.answers import METHOD_NOT_ALLOWED, UNKNOWN_HOST, error_head, error_page
from seatrial.services.cloudfront.heads import LOOKED_AT, Trail, for_control_plane, for_origin, for_viewer, framed
from seatrial.services.cloudfront.limits import refusal
from seatrial.services.cloudfront.location import Location
from seatrial.services.cloudfront.model import Behavior

TUNNEL_SECONDS: Final = 600
"""Seconds without a byte after which a WebSocket is closed ("Quotas on WebSockets")."""


class Exchange(Passing):
    """One request and its answer.

    Args:
        client: whose request it is.
        location: where it came to.
        head: the head of the request.
        client_info: who asks.
    """

    _behavior: Behavior | None = None
    _timeout: float = 0.0
    _handed_over = False

    def __init__(self, client: Client, location: Location, head: RequestHead, client_info: ClientInfo) -> None:
        super().__init__(client, location.clock, head, client_info)
        self._location = location
        self._trail = Trail(location.distribution.domain, token_urlsafe(40))

    @property
    def patience(self) -> float:
        """See ``Passing.patience``."""
        return TUNNEL_SECONDS if self._tunnel else self._timeout or self._location.idle_timeout

    def _decide(self) -> None:
        distribution = self._location.distribution
        if not distribution.answers_to(self._head.value(b"host").decode("latin-1")):
            self._fail(403, UNKNOWN_HOST)
            return
        behavior = self._behavior = distribution.behavior(self._head.target.partition(b"?")[0].decode("latin-1"))
        if self._head.method.decode("latin-1") not in behavior.methods:
            self._fail(403, METHOD_NOT_ALLOWED)
            return
        origin = distribution.origins.get(behavior.origin)
        if origin is None:
            self._hand_over()
            return
        self._timeout = origin.timeout
        parts = for_origin(self._head, origin, behavior.forwarded, peer=self._client.peer, trail=self._trail)
        self._ask(self._location.pool(origin), framed(parts, self._head, upgrade=self._client_info.upgrade))

    def _hand_over(self) -> None:
        """A bucket's: the control plane answers, with its cache and its functions."""
        self._handed_over = True
        distribution = self._location.distribution
        parts = for_control_plane(self._head, f"{DISTRIBUTIONS_PATH}/{distribution.id}", distribution.domain)
        parts.append(b"%b: %b\r\n" % (TOKEN_HEADER.encode(), self._location.token().encode()))
        self._ask(self._location.control_plane, framed(parts, self._head, upgrade=False))

    def _head_for_client(self, head: ResponseHead) -> bytes:
        if self._handed_over or self._behavior is None:
            return for_client(head, chunked=self._chunked, keep_alive=self.keep_alive)
        policy = self._behavior.response
        return for_viewer(head, policy, self._trail, chunked=self._chunked, keep_alive=self.keep_alive)

    def _error(self, status: int) -> None:
        self._fail(status)

    def _fail(self, status: int, why: str = "") -> None:
        if self._answered or self._over:
            return
        page = error_page(status, why)
        head = error_head(status, len(page), self._trail, date=self._clock.date, keep_alive=self.keep_alive)
        self._respond(head, page)


def answers_of(location: Location) -> Answers:
    """Gives the exchange of each request to a distribution."""

    def answer_of(client: Client, method: bytes, target: bytes, client_info: ClientInfo) -> Exchange:
        head = read_request(method, target, client_info.headers, LOOKED_AT)
        client_info.refused = client_info.refused or refusal(head, client_info.version, upgrade=client_info.upgrade)
        return Exchange(client, location, head, client_info)

    return answer_of
