"""A proven request as the gateway gets it: signed in its header, unpacked, without what only proved it."""

from urllib.parse import unquote

from seatrial.access.keys import TOKEN_HEADER
from seatrial.access.signature import ALGORITHM, Claim
from seatrial.core.asgi import Message, with_length
from seatrial.core.incoming import Incoming
from seatrial.core.wire.bodies import limit_of, unpacked

BODY = "seatrial.body"
"""Where the scope has a body that is another than the one that came."""

_OF_SIGNATURE = {
    "x-amz-algorithm",
    "x-amz-content-sha256",
    "x-amz-credential",
    "x-amz-date",
    "x-amz-expires",
    "x-amz-security-token",
    "x-amz-signature",
    "x-amz-signedheaders",
}


def handed_on(request: Incoming, claim: Claim | None, body: bytes | None = None) -> Message:
    """The ASGI scope.

    Args:
        request: the request as it came.
        claim: its signature, which is proven; None where none was needed.
        body: where it was read.

    Raises:
        TooLarge: the body, unpacked, is larger than it may be.
    """
    scope: Message = {**request.scope, "headers": _without(request, TOKEN_HEADER)}
    if claim is not None and claim.expires is not None:
        scope = _as_if_by_header(request, claim, scope)
    if body is None:
        return scope
    if "gzip" in request.headers.get("content-encoding", "").lower():  # S3's, where it says what an object is, streams
        body = unpacked(body, limit_of(claim.service if claim else ""))
        others = [pair for pair in scope["headers"] if pair[0].lower() != b"content-encoding"]
        scope = {**scope, "headers": others, BODY: body}
    return with_length(scope, len(body))


def _as_if_by_header(request: Incoming, claim: Claim, scope: Message) -> Message:
    """A presigned request as one that is signed in its header; what SDKs moved into the query goes back.

    MiniStack would check it once more, against credentials of its own.
    """
    kept, moved = [], []
    for part in scope.get("query_string", b"").split(b"&"):
        name = unquote(part.partition(b"=")[0].decode("latin-1")).lower()
        if name.startswith("x-amz-"):
            moved.append(name)
        else:
            kept.append(part)
    query = {name.lower(): value for name, value in request.pairs}
    back = [name for name in moved if name not in _OF_SIGNATURE and name not in request.headers]
    signed = f"{ALGORITHM} Credential={claim.access_key}/{claim.scope}, SignedHeaders=host, Signature={claim.signature}"
    headers = [*scope["headers"], (b"authorization", signed.encode()), (b"x-amz-date", claim.time.encode())]
    headers += [(name.encode(), query[name].encode()) for name in back]
    return {**scope, "query_string": b"&".join(kept), "headers": headers}


def _without(request: Incoming, name: str) -> list[tuple[bytes, bytes]]:
    return [pair for pair in request.scope["headers"] if pair[0].lower() != name.encode()]
