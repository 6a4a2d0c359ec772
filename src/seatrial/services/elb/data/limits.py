"""What a request may be, by AWS's quotas and error codes: each refusal is a status code. Pure."""

from seatrial.http.head import RequestHead
from seatrial.http.types import MAX_HEAD

MAX_LINE = 16 * 1024
"""Bytes of the request line, and of one header ("Quotas for your Application Load Balancers")."""

MAX_FORWARDED_FOR = 30
"""Addresses in ``X-Forwarded-For`` ("HTTP 463", "Troubleshoot your Application Load Balancers")."""


def refusal(head: RequestHead, version: str, *, upgrade: bool) -> int:
    """The status code with which a request is refused; 0 where it is let through.

    Args:
        head: the head of the request.
        version: the HTTP version: ``1.1`` or ``1.0``.
        upgrade: whether the client asks for WebSocket.
    """
    hosts = head.read.get(b"host", [])
    if version == "1.1" and len(hosts) == 1 and not upgrade and _is_plain(head):
        return 0
    problems = {
        505: version not in {"1.0", "1.1"},
        414: len(head.target) > MAX_LINE,
        405: head.method == b"TRACE",
        463: len(head.tokens(b"x-forwarded-for")) > MAX_FORWARDED_FOR,
        501: head.chunked and head.tokens(b"transfer-encoding") != {b"chunked"},
        400: (
            max(head.sizes, default=0) > MAX_LINE
            or sum(head.sizes) > MAX_HEAD
            or head.method == b"CONNECT"
            or len(hosts) > 1
            or (version == "1.1" and not hosts)
            or (upgrade and head.has_body)
        ),
    }
    return next((status for status, found in problems.items() if found), 0)


def _is_plain(head: RequestHead) -> bool:
    """Nothing about this head needs a closer look; so it is with nearly every request, and quick to see."""
    small = len(head.passing) <= _SMALL and len(head.target) <= MAX_LINE
    return small and head.read.keys().isdisjoint(_LOOKED_AT) and head.method not in _REFUSED


_LOOKED_AT = {b"transfer-encoding", b"x-forwarded-for", b"x-amzn-trace-id", b"te", b"expect"}
_SMALL = 8 * 1024
_REFUSED = {b"TRACE", b"CONNECT"}
