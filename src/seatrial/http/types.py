"""What a connection, a request and an address are to whoever serves HTTP here. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

Address = tuple[str, int]
Headers = Sequence[tuple[bytes, bytes]]

MAX_HEAD = 64 * 1024
"""Bytes of all headers of a request ("Quotas for your Application Load Balancers")."""


@dataclass(frozen=True)
class Peer:
    """The client's end of a connection.

    Args:
        address: the address of the client.
        port: the port of the client.
        trace: ``TID_…``, the same for all requests on a connection.
        cipher: the cipher as OpenSSL calls it; empty without TLS.
        tls: ``TLSv1.2`` or ``TLSv1.3``; empty without TLS.
        server_name: the server name that the client asked for in its TLS handshake.
    """

    address: str
    port: int
    trace: str = ""
    cipher: str = ""
    tls: str = ""
    server_name: str = ""


@dataclass(frozen=True)
class RoutingInput:
    """What rules look at.

    Args:
        method: the method, as the client sent it.
        path: the path as sent, still percent-encoded, without the query.
        query: what follows the ``?``.
        host: the value of the ``Host`` header, with its port where it has one.
        headers: names as sent.
        source: the client's address.
    """

    method: str
    path: str
    query: str
    host: str
    headers: Headers
    source: str


def origin_form(target: bytes) -> bytes:
    """The path and the query of a request target, which may be a whole URL (RFC 9112, 3.2.2)."""
    if target.startswith(b"/") or b"://" not in target:
        return target
    _, slash, path = target.partition(b"://")[2].partition(b"/")
    return slash + path or b"/"
