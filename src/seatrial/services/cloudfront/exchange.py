"""One request to a distribution, and its answer: matched to a behavior, and passed between the viewer and an origin."""

from secrets import token_urlsafe
from typing import Final

from seatrial.access.keys import TOKEN_HEADER
from seatrial.core.pages import DISTRIBUTIONS_PATH
from seatrial.http.client import Answers, Client, ClientInfo
from seatrial.http.head import RequestHead, ResponseHead, for_client, read_request
from seatrial.http.passing import Passing
from seatrial.http.route import Passage, Route
from seatrial.services.cloudfront.answers import METHOD_NOT_ALLOWED, UNKNOWN_HOST, error_head, error_page
from seatrial.services.cloudfront.heads import LOOKED_AT, Trail, for_control_plane, for_origin, for_viewer, framed
from seatrial.services.cloudfront.limits import refusal
from seatrial.services.cloudfront.location import Location
from seatrial.services.cloudfront.model import Behavior

TUNNEL_SECONDS: Final = 600
"""Seconds without a byte after which a WebSocket is closed ("Quotas on WebSockets")."""


class Exchange(Route):
    """The way of one request.

    Args:
        client: whose request it is.
        location: where it came to.
        head: the head of the request.
        client_info: who asks.
    """

    _behavior: Behavior | None = None
    _timeout: float = 0.0
    _handed_over = False
    _tunnel = False

    def __init__(self, client: Client, location: Location, head: RequestHead, client_info: ClientInfo) -> None:
        self.clock = location.clock
        self._client, self._location, self._head, self._client_info = client, location, head, client_info
        self._trail = Trail(location.distribution.domain, token_urlsafe(40))

    @property
    def patience(self) -> float:
        """See ``Route.patience``."""
        return TUNNEL_SECONDS if self._tunnel else self._timeout or self._location.idle_timeout

    def decide(self, passage: Passage) -> None:
        """See ``Route.decide``."""
        distribution = self._location.distribution
        if not distribution.answers_to(self._head.value(b"host").decode("latin-1")):
            self._refuse(passage, UNKNOWN_HOST)
            return
        behavior = self._behavior = distribution.behavior(self._head.target.partition(b"?")[0].decode("latin-1"))
        if self._head.method.decode("latin-1") not in behavior.methods:
            self._refuse(passage, METHOD_NOT_ALLOWED)
            return
        origin = distribution.origins.get(behavior.origin)
        if origin is None:
            self._hand_over(passage)
            return
        self._timeout = origin.timeout
        parts = for_origin(self._head, origin, behavior.forwarded, peer=self._client.peer, trail=self._trail)
        passage.ask(self._location.pool(origin), framed(parts, self._head, upgrade=self._client_info.upgrade))

    def head_for_client(self, head: ResponseHead, *, chunked: bool, keep_alive: bool) -> bytes:
        """See ``Route.head_for_client``."""
        if self._handed_over or self._behavior is None:
            return for_client(head, chunked=chunked, keep_alive=keep_alive)
        return for_viewer(head, self._behavior.response, self._trail, chunked=chunked, keep_alive=keep_alive)

    def error(self, status: int, *, keep_alive: bool) -> tuple[bytes, bytes]:
        """See ``Route.error``."""
        return self._page(status, "", keep_alive=keep_alive)

    def upgraded(self) -> None:
        """See ``Route.upgraded``."""
        self._tunnel = True

    def _hand_over(self, passage: Passage) -> None:
        """A bucket's: the control plane answers, with its cache and its functions."""
        self._handed_over = True
        distribution = self._location.distribution
        parts = for_control_plane(self._head, f"{DISTRIBUTIONS_PATH}/{distribution.id}", distribution.domain)
        parts.append(b"%b: %b\r\n" % (TOKEN_HEADER.encode(), self._location.token().encode()))
        passage.ask(self._location.control_plane, framed(parts, self._head, upgrade=False))

    def _refuse(self, passage: Passage, why: str) -> None:
        passage.respond(*self._page(403, why, keep_alive=passage.keep_alive))

    def _page(self, status: int, why: str, *, keep_alive: bool) -> tuple[bytes, bytes]:
        page = error_page(status, why)
        return error_head(status, len(page), self._trail, date=self.clock.date, keep_alive=keep_alive), page


def answers_of(location: Location) -> Answers:
    """Passes each request to a distribution on its way."""

    def answer_of(client: Client, method: bytes, target: bytes, client_info: ClientInfo) -> Passing:
        head = read_request(method, target, client_info.headers, LOOKED_AT)
        client_info.refused = client_info.refused or refusal(head, client_info.version, upgrade=client_info.upgrade)
        return Passing(client, head, client_info, Exchange(client, location, head, client_info))

    return answer_of
