"""Heads on their way through CloudFront: to an origin, and back to the viewer. Pure.

Source: developer guide, "How CloudFront processes and forwards requests" and "Request and response behavior for custom
origins".
"""

from collections.abc import Iterator
from typing import Final

from seatrial.access.keys import TOKEN_HEADER
from seatrial.http.head import READ_IN_REQUESTS, RequestHead, ResponseHead, for_client, lines
from seatrial.http.types import Peer
from seatrial.services.cloudfront.model import Origin
from seatrial.services.cloudfront.policies import Forwarded, ResponsePolicy

_OWN: Final = ("CloudFront-Forwarded-Proto", "CloudFront-Viewer-Address", "CloudFront-Viewer-Http-Version")
"""The headers that can be made here: what visitors use and where they are is known to CloudFront alone."""

LOOKED_AT: Final = (
    READ_IN_REQUESTS | {b"cookie", b"user-agent", b"via", b"x-amz-cf-id"} | {name.lower().encode() for name in _OWN}
)
"""Headers of viewers that do not pass as they are."""

_ALWAYS: Final = frozenset(
    {
        b"content-type",
        b"content-encoding",
        b"range",
        b"if-match",
        b"if-modified-since",
        b"if-none-match",
        b"if-range",
        b"if-unmodified-since",
    }
)
"""What every origin gets, whatever the policies say."""

_NOT_FOR_CONTROL_PLANE: Final = READ_IN_REQUESTS | {TOKEN_HEADER.encode()}
_ERROR: Final = 400


class Trail:
    """What CloudFront adds to one request and to its answer: its name, and an id.

    Args:
        domain: the domain of the distribution.
        request_id: the id of the request.
    """

    __slots__ = ("_id", "_via")

    def __init__(self, domain: str, request_id: str) -> None:
        self._via, self._id = f"1.1 {domain} (CloudFront)".encode(), request_id.encode()

    @property
    def there(self) -> tuple[tuple[bytes, bytes], ...]:
        """Headers for the origin."""
        return (b"Via", self._via), (b"X-Amz-Cf-Id", self._id)

    def back(self, cache: str) -> tuple[tuple[bytes, bytes], ...]:
        """Headers for the viewer; ``cache`` is ``Hit``, ``Miss`` or ``Error``."""
        return (b"X-Cache", f"{cache} from cloudfront".encode()), (b"Via", self._via), (b"X-Amz-Cf-Id", self._id)


def for_origin(head: RequestHead, origin: Origin, forwarded: Forwarded, *, peer: Peer, trail: Trail) -> list[bytes]:
    """The request line and the headers that an origin gets, without those that frame the body.

    Args:
        head: the viewer's.
        origin: who is asked.
        forwarded: what it gets of the viewer's.
        peer: the viewer's end of the connection.
        trail: what CloudFront adds.
    """
    address = peer.address
    host = head.value(b"host") if forwarded.host else b""
    agent = head.value(b"user-agent") if forwarded.header("user-agent") else b"Amazon CloudFront"
    chain = head.value(b"x-forwarded-for")
    added = [
        (b"Host", host or origin.domain.encode()),
        *((b"User-Agent", agent) for _ in agent[:1]),
        *((b"Cookie", cookies) for cookies in _cookies(head, forwarded)),
        (b"X-Forwarded-For", chain + b", " + address.encode() if chain else address.encode()),
        *trail.there,
        *_own(peer, forwarded),
        *((name.encode(), value.encode()) for name, value in origin.headers),
    ]
    line = b"%b %b HTTP/1.1\r\n" % (head.method, origin.path.encode() + _target(head.target, forwarded))
    passing = head.passing if forwarded.every_header else lines(_selected(head, forwarded))
    return [line, lines(added), passing]


def for_control_plane(head: RequestHead, prefix: str, domain: str) -> list[bytes]:
    """The request line and the headers of a request that the control plane answers.

    Args:
        head: the viewer's.
        prefix: the prefix of the path, which names the distribution.
        domain: the domain of the distribution.
    """
    kept = [header for header in head.headers if header[0].lower() not in _NOT_FOR_CONTROL_PLANE]
    line = b"%b %b%b HTTP/1.1\r\nHost: %b\r\n" % (head.method, prefix.encode(), head.target, domain.encode())
    return [line, lines(kept)]


def for_user_pool(head: RequestHead, name: str) -> list[bytes]:
    """The request line and the headers of a request that the control plane answers for a user pool.

    Args:
        head: the viewer's.
        name: the name of the user pool's domain, or of its issuer.
    """
    gone = _NOT_FOR_CONTROL_PLANE | {b"x-forwarded-proto"}
    kept = [header for header in head.headers if header[0].lower() not in gone]
    line = b"%b %b HTTP/1.1\r\nHost: %b\r\nX-Forwarded-Proto: https\r\n" % (head.method, head.target, name.encode())
    return [line, lines(kept)]


def framed(parts: list[bytes], head: RequestHead, *, upgrade: bool) -> bytes:
    """A head for an origin, complete: how the body comes, or that another protocol is to follow."""
    if head.chunked:
        parts.append(b"Transfer-Encoding: chunked\r\n")
    elif b"content-length" in head.read:
        parts.append(b"Content-Length: %b\r\n" % head.read[b"content-length"][0])
    if upgrade:
        parts.append(b"Connection: Upgrade\r\nUpgrade: %b\r\n" % head.value(b"upgrade"))
    parts.append(b"\r\n")
    return b"".join(parts)


def for_viewer(
    head: ResponseHead, policy: ResponsePolicy | None, trail: Trail, *, chunked: bool, keep_alive: bool
) -> bytes:
    """The head that the viewer gets of an origin's answer.

    Args:
        head: the origin's.
        policy: the behavior's, if it has one.
        trail: what CloudFront adds.
        chunked: whether the body goes on in chunks.
        keep_alive: whether the viewer may use its connection again.
    """
    added = lines(trail.back("Error" if head.status >= _ERROR else "Miss"))
    if policy is not None:
        head.passing = with_policy(head.passing, policy)
    return for_client(head, chunked=chunked, keep_alive=keep_alive, added=added)


def with_policy(passing: bytes, policy: ResponsePolicy) -> bytes:
    """The lines of an answer's headers, and what a response headers policy makes of them."""
    there = [(line.partition(b":")[0].strip().lower().decode("latin-1"), line) for line in passing.splitlines()]
    names = {name for name, _ in there}
    added = [each for each in policy.added if each.override or each.name.lower() not in names]
    gone = policy.removed | {each.name.lower() for each in added}
    kept = [line + b"\r\n" for name, line in there if name not in gone]
    return b"".join(kept) + lines((each.name.encode(), each.value.encode()) for each in added)


def _own(peer: Peer, forwarded: Forwarded) -> Iterator[tuple[bytes, bytes]]:
    """What CloudFront tells of the viewer, whatever the viewer says ("Add CloudFront request headers")."""
    if not forwarded.added:
        return
    values = ("https" if peer.tls else "http", f"{peer.address}:{peer.port}", "1.1")
    for name, value in zip(_OWN, values, strict=True):
        if name.lower() in forwarded.added:
            yield name.encode(), value.encode()


def _selected(head: RequestHead, forwarded: Forwarded) -> Iterator[tuple[bytes, bytes]]:
    for name, value in head.headers:
        key = name.lower()
        if key not in LOOKED_AT and (key in _ALWAYS or forwarded.header(key.decode("latin-1"))):
            yield name, value


def _cookies(head: RequestHead, forwarded: Forwarded) -> list[bytes]:
    """The values of ``Cookie``: all as sent, or those that are forwarded in one."""
    sent = head.read.get(b"cookie", [])
    if forwarded.every_cookie or not sent:
        return sent
    pairs = [pair.strip() for pair in b";".join(sent).split(b";")]
    taken = [pair for pair in pairs if forwarded.cookie(pair.partition(b"=")[0].decode("latin-1"))]
    return [b"; ".join(taken)] if taken else []


def _target(target: bytes, forwarded: Forwarded) -> bytes:
    path, mark, query = target.partition(b"?")
    if forwarded.every_query or not mark:
        return target
    taken = [pair for pair in query.split(b"&") if forwarded.query(pair.partition(b"=")[0].decode("latin-1"))]
    return path + b"?" + b"&".join(taken) if taken else path
