"""What a client's connection, the place that it came to and the requests on it know of each other."""

from collections.abc import Callable, MutableMapping
from dataclasses import dataclass
from typing import Any, Protocol

from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.head import RequestHead
from seatrial.http.types import Peer, RoutingInput


class Client(Protocol):
    """The client's connection, as far as an exchange needs it."""

    writable: bool
    sent: int
    """Bytes written to the client so far, on this connection."""

    @property
    def peer(self) -> Peer:
        """The client's end of the connection."""
        ...

    def write(self, data: bytes) -> None:
        """Send to the client."""

    def hold_back(self, *, reading: bool) -> None:
        """Read no more from the client, or go on."""

    def exchange_done(self, *, keep_alive: bool) -> None:
        """The answer is complete, and the request too."""

    def tunnel(self) -> None:
        """From now on, the client's bytes pass as they are."""

    def close(self) -> None:
        """Close the client's connection; what was written still goes out."""


@dataclass(slots=True)
class ClientInfo:
    """Who asks, and how.

    Args:
        address: the address of the client.
        version: the HTTP version: ``1.1`` or ``1.0``.
        headers: the headers, as the client sent them.
        upgrade: whether the client asks for WebSocket.
        refused: the status with which the request is answered at once; 0 where it is let through.
    """

    address: str
    version: str
    headers: list[tuple[bytes, bytes]]
    upgrade: bool = False
    refused: int = 0


class Traffic(Protocol):
    """What connections of clients count."""

    new_connections: int
    received_bytes: int
    sent_bytes: int
    tls_errors: int


class Answering(Protocol):
    """What a client's connection needs of the request that it carries, and of its answer; see ``Passing``."""

    keep_alive: bool
    started: bool
    touched: float

    @property
    def patience(self) -> float:
        """Seconds without a byte after which it is too late."""
        ...

    def begin(self) -> None:
        """It is this request's turn."""

    def refuse(self, status: int) -> None:
        """Answer with an error, and close the connection after it."""

    def request_body(self, data: bytes) -> None:
        """Some of the request's body."""

    def request_end(self) -> None:
        """The request is complete."""

    def flush(self) -> None:
        """Send what has come."""

    def raw(self, data: bytes) -> None:
        """The client's bytes after a switch of protocols."""

    def client_writable(self, *, writable: bool) -> None:
        """The client takes no more for now, or takes more again."""

    def client_gone(self) -> None:
        """The client has closed its connection."""

    def too_late(self) -> None:
        """Nothing has moved for as long as is waited."""


class Endpoint(Protocol):
    """Where clients connect to: a load balancer's listener, or a distribution."""

    port: int
    """The loopback port; set by its door."""

    @property
    def clock(self) -> CoarseClock:
        """The data plane's clock."""
        ...

    @property
    def counters(self) -> Traffic:
        """Where connections are counted."""
        ...

    @property
    def name(self) -> str:
        """Its name in messages."""
        ...

    @property
    def certificate(self) -> str:
        """The file with the private key and the certificate; empty without TLS."""
        ...

    @property
    def idle_timeout(self) -> float:
        """Seconds after which a connection without a request is closed."""
        ...

    @property
    def server_names(self) -> MutableMapping[Any, str]:
        """What clients asked for in their TLS handshakes, by the connection's TLS object."""
        ...


Answers = Callable[[Client, bytes, bytes, "ClientInfo"], Answering]
"""Gives whoever answers a request, from its method and its target."""


def routing_input(head: RequestHead, client_info: ClientInfo) -> RoutingInput:
    """What rules look at."""
    path, _, query = head.target.decode("latin-1").partition("?")
    method, host = head.method.decode("latin-1"), head.value(b"host").decode("latin-1")
    return RoutingInput(method, path, query, host, client_info.headers, client_info.address)
