"""Who asks: the client's connection as an exchange sees it, and what is known of the request's sender."""

from dataclasses import dataclass
from typing import Protocol

from tagship.local.elb.entry import Peer
from tagship.local.elb.head import RequestHead
from tagship.local.elb.routing import Asked


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
class Asker:
    """Who asks, and how.

    Args:
        address: of the client.
        version: of HTTP: ``1.1`` or ``1.0``.
        headers: as sent.
        upgrade: whether the client asks for WebSocket.
        refused: the status with which the request is answered at once; 0 where it is let through.
    """

    address: str
    version: str
    headers: list[tuple[bytes, bytes]]
    upgrade: bool = False
    refused: int = 0


def asked_by(head: RequestHead, asker: Asker) -> Asked:
    """What rules look at."""
    path, _, query = head.target.decode("latin-1").partition("?")
    method, host = head.method.decode("latin-1"), head.value(b"host").decode("latin-1")
    return Asked(method, path, query, host, asker.headers, asker.address)
