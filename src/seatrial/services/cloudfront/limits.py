"""What a viewer's request may be, by CloudFront's quotas and error codes: each refusal is a status code. Pure."""

from typing import Final

from seatrial.http.head import RequestHead

MAX_URL: Final = 8192
"""Bytes ("Quotas", "Maximum length of a URL")."""

MAX_REQUEST: Final = 32_768
"""Bytes of a request without its body (the same)."""


def refusal(head: RequestHead, version: str, *, upgrade: bool) -> int:
    """The status code with which a request is refused; 0 where it is let through.

    Source: developer guide, "Request and response behavior for custom origins": a URL or a request that is too long is
    413, GET with a body 403.

    Args:
        head: the head of the request.
        version: the HTTP version: ``1.1`` or ``1.0``.
        upgrade: whether the viewer asks for WebSocket.
    """
    hosts = head.read.get(b"host", [])
    length = len(head.method) + len(head.target) + len(head.passing)
    if length > MAX_REQUEST or len(head.target) > MAX_URL or sum(head.sizes) > MAX_REQUEST:
        return 413
    if head.has_body and head.method == b"GET":
        return 400 if upgrade else 403
    odd = head.method == b"CONNECT" or len(hosts) > 1 or (version == "1.1" and not hosts)
    if odd or (head.chunked and head.tokens(b"transfer-encoding") != {b"chunked"}):
        return 400
    return 0 if version in {"1.0", "1.1"} else 505
