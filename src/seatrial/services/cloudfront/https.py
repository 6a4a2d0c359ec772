"""The port that stands for 443 of every name: whose a request is, is told by the name that it asks for.

As on AWS, one address serves many names. A user pool's are answered by the control plane, a distribution's here; any
other name gets 421, so that no page comes in by a name that was made to resolve to this machine.
"""

from collections.abc import Iterable, MutableMapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from seatrial.core.incoming import name_of
from seatrial.http.client import Answers, Client, ClientInfo
from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.error_pages import error_page
from seatrial.http.head import RequestHead, ResponseHead, for_client, lines, read_request
from seatrial.http.passing import Passing
from seatrial.http.route import Passage, Route
from seatrial.services.cloudfront.exchange import Exchange
from seatrial.services.cloudfront.heads import LOOKED_AT, for_user_pool, framed
from seatrial.services.cloudfront.limits import refusal
from seatrial.services.cloudfront.location import VIEWER_SECONDS, Location, Origins, ViewerCounters
from seatrial.services.cloudfront.model import Https

MISDIRECTED: Final = 421
"""RFC 9110 §15.5.20: not for this name."""


class SharedPort:
    """Every name at work; a ``Endpoint``.

    Args:
        clock: the data plane's coarse clock.
        control_plane: the connections to it.
    """

    idle_timeout = VIEWER_SECONDS
    name = "HTTPS"

    def __init__(self, clock: CoarseClock, control_plane: Origins) -> None:
        self.clock = clock
        self.control_plane = control_plane
        self.port = 0
        self.counters = ViewerCounters()
        self.server_names: MutableMapping[Any, str] = WeakKeyDictionary()
        self._https, self._locations = Https(""), tuple[Location, ...]()

    @property
    def certificate(self) -> str:
        """See ``Endpoint.certificate``."""
        return self._https.certificate

    def serve(self, https: Https, locations: Iterable[Location]) -> None:
        """From now on these names."""
        self._https, self._locations = https, tuple(locations)

    def is_user_pools(self, name: str) -> bool:
        """Whether a name is a user pool's."""
        return name in self._https.user_pools

    def location(self, name: str) -> Location | None:
        """Where the requests to a name go; None where it is no distribution's."""
        return next((each for each in self._locations if each.distribution.is_called(name)), None)


class UserPoolExchange(Route):
    """The way of one request to a user pool: the control plane answers.

    Args:
        port: where it came to.
        head: the head of the request.
    """

    def __init__(self, port: SharedPort, head: RequestHead) -> None:
        self.clock = port.clock
        self._port, self._head = port, head

    @property
    def patience(self) -> float:
        """See ``Route.patience``."""
        return self._port.idle_timeout

    def decide(self, passage: Passage) -> None:
        """See ``Route.decide``."""
        name = asked_name(self._head)
        if not self._port.is_user_pools(name):
            passage.error(MISDIRECTED)
            return
        passage.ask(self._port.control_plane, framed(for_user_pool(self._head, name), self._head, upgrade=False))

    def head_for_client(self, head: ResponseHead, *, chunked: bool, keep_alive: bool) -> bytes:
        """See ``Route.head_for_client``."""
        return for_client(head, chunked=chunked, keep_alive=keep_alive)

    def error(self, status: int, *, keep_alive: bool) -> tuple[bytes, bytes]:
        """See ``Route.error``."""
        page = error_page(status)
        headers = (
            (b"Date", self.clock.date),
            (b"Content-Type", b"text/html"),
            (b"Content-Length", b"%d" % len(page)),
            (b"Connection", b"keep-alive" if keep_alive else b"close"),
        )
        return b"HTTP/1.1 %d \r\n%b\r\n" % (status, lines(headers)), page


def asked_name(head: RequestHead) -> str:
    """The name in a request's ``Host``."""
    return name_of(head.value(b"host").decode("latin-1"))


def answers_by_name(port: SharedPort) -> Answers:
    """Gives the exchange of each request, whatever name it asks for."""

    def answer_of(client: Client, method: bytes, target: bytes, client_info: ClientInfo) -> Passing:
        head = read_request(method, target, client_info.headers, LOOKED_AT)
        client_info.refused = client_info.refused or refusal(head, client_info.version, upgrade=client_info.upgrade)
        location = port.location(asked_name(head))
        route = Exchange(client, location, head, client_info) if location else UserPoolExchange(port, head)
        return Passing(client, head, client_info, route)

    return answer_of
