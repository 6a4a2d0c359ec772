"""The port that stands for 443 of every name: whose a request is, is told by the name that it asks for.

As at AWS, one address serves many names. A user pool's are answered by the control plane, a distribution's here; any
other name gets 421, so that no page comes in by a name that was made to resolve to this machine.
"""

from collections.abc import Iterable, MutableMapping
from typing import Any, Final
from weakref import WeakKeyDictionary

from seatrial.core.incoming import name_of
from seatrial.http.client import Answers, Asker, Client
from seatrial.http.coarse_clock import Moment
from seatrial.http.error_pages import error_page
from seatrial.http.head import RequestHead, ResponseHead, for_client, lines, read_request
from seatrial.http.passing import Passing
from seatrial.services.cloudfront.exchange import Exchange
from seatrial.services.cloudfront.heads import LOOKED_AT, for_user_pool, framed
from seatrial.services.cloudfront.limits import refusal
from seatrial.services.cloudfront.location import VIEWER_SECONDS, Location, Origins, Tally
from seatrial.services.cloudfront.model import Https

MISDIRECTED: Final = 421
"""RFC 9110 §15.5.20: not for this name."""


class SharedPort:
    """Every name at work; a ``Reception``.

    Args:
        moment: the data plane's clock.
        control_plane: the connections to it.
    """

    idle_timeout = VIEWER_SECONDS
    name = "HTTPS"

    def __init__(self, moment: Moment, control_plane: Origins) -> None:
        self.moment = moment
        self.control_plane = control_plane
        self.port = 0
        self.counters = Tally()
        self.server_names: MutableMapping[Any, str] = WeakKeyDictionary()
        self._https, self._locations = Https(""), tuple[Location, ...]()

    @property
    def certificate(self) -> str:
        """See ``Reception.certificate``."""
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


class UserPoolExchange(Passing):
    """One request to a user pool, and the control plane's answer.

    Args:
        client: whose request it is.
        port: where it came to.
        head: of the request.
        asker: who asks.
    """

    def __init__(self, client: Client, port: SharedPort, head: RequestHead, asker: Asker) -> None:
        super().__init__(client, port.moment, head, asker)
        self._port = port

    @property
    def patience(self) -> float:
        """See ``Passing.patience``."""
        return self._port.idle_timeout

    def _decide(self) -> None:
        name = asked_name(self._head)
        if not self._port.is_user_pools(name):
            self._error(MISDIRECTED)
            return
        self._ask(self._port.control_plane, framed(for_user_pool(self._head, name), self._head, upgrade=False))

    def _head_for_client(self, head: ResponseHead) -> bytes:
        return for_client(head, chunked=self._chunked, keep_alive=self.keep_alive)

    def _error(self, status: int) -> None:
        if self._answered or self._over:
            return
        page = error_page(status)
        headers = (
            (b"Date", self._moment.date),
            (b"Content-Type", b"text/html"),
            (b"Content-Length", b"%d" % len(page)),
            (b"Connection", b"keep-alive" if self.keep_alive else b"close"),
        )
        self._respond(b"HTTP/1.1 %d \r\n%b\r\n" % (status, lines(headers)), page)


def asked_name(head: RequestHead) -> str:
    """The name in a request's ``Host``."""
    return name_of(head.value(b"host").decode("latin-1"))


def answers_by_name(port: SharedPort) -> Answers:
    """Gives the exchange of each request, whatever name it asks for."""

    def answer_of(client: Client, method: bytes, target: bytes, asker: Asker) -> Exchange | UserPoolExchange:
        head = read_request(method, target, asker.headers, LOOKED_AT)
        asker.refused = asker.refused or refusal(head, asker.version, upgrade=asker.upgrade)
        location = port.location(asked_name(head))
        return Exchange(client, location, head, asker) if location else UserPoolExchange(client, port, head, asker)

    return answer_of
