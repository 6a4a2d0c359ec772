"""Heads rewritten on their way through: hop-by-hop headers taken off, our own put on. Pure."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

Headers = Sequence[tuple[bytes, bytes]]

_HOP_BY_HOP = frozenset({b"connection", b"keep-alive", b"proxy-connection", b"te", b"transfer-encoding", b"upgrade"})
_OURS = frozenset({b"x-forwarded-proto", b"x-forwarded-port", b"x-amzn-trace-id"})
READ_IN_REQUESTS = _HOP_BY_HOP | {b"host", b"content-length", b"expect", b"x-forwarded-for"}
"""Headers of requests that never pass as they are."""

READ_BY_LOAD_BALANCERS = READ_IN_REQUESTS | _OURS
_READ_IN_RESPONSES = _HOP_BY_HOP | {b"content-length"}


@dataclass(slots=True)
class RequestHead:
    """A client's request line and headers, read once.

    Args:
        method: the method, as the client sent it.
        target: path and query, as sent.
        passing: the lines of the headers that pass unchanged.
        read: every other header's values, by its name in lower case.
        headers: all of them, as sent.
    """

    method: bytes
    target: bytes
    passing: bytes
    read: dict[bytes, list[bytes]]
    headers: Headers

    def value(self, name: bytes) -> bytes:
        """The value of one of the headers in ``read``; several are joined by commas."""
        values = self.read.get(name)
        return b", ".join(values) if values else b""

    def tokens(self, name: bytes) -> frozenset[bytes]:
        """The comma-separated words of one of the headers in ``read``, in lower case."""
        values = self.read.get(name)
        return frozenset(word.strip() for word in b",".join(values).lower().split(b",")) if values else frozenset()

    @property
    def sizes(self) -> list[int]:
        """Bytes of each header's line."""
        return [len(name) + len(value) + 4 for name, value in self.headers]

    @property
    def chunked(self) -> bool:
        """Whether the body comes in chunks."""
        return b"transfer-encoding" in self.read

    @property
    def has_body(self) -> bool:
        """Whether a body follows."""
        return self.chunked or self.value(b"content-length").strip(b"0") != b""

    def keeps_alive(self, version: str) -> bool:
        """Whether the client means to use its connection again."""
        if b"connection" not in self.read:
            return version == "1.1"
        if self.read[b"connection"] == [b"keep-alive"]:
            return True
        words = self.tokens(b"connection")
        return b"close" not in words and (version == "1.1" or b"keep-alive" in words)


@dataclass(slots=True)
class ResponseHead:
    """A target's status line and headers, read once; see ``RequestHead``.

    ``length`` is ``Content-Length``, where there is one.
    """

    status: int
    reason: bytes
    passing: bytes
    read: dict[bytes, list[bytes]]
    length: bytes | None

    @property
    def chunked(self) -> bool:
        """Whether the target sends its body in chunks."""
        return b"transfer-encoding" in self.read


@dataclass(frozen=True, slots=True)
class Via:
    """What the load balancer tells a target about the client.

    Args:
        address: the client's.
        protocol: ``http`` or ``https``.
        port: the one that the client connected to.
        forwarding: ``append``, ``preserve`` or ``remove`` (``routing.http.xff_header_processing.mode``).
    """

    address: bytes
    protocol: bytes
    port: bytes
    forwarding: str = "append"


def well_named(headers: Headers) -> list[tuple[bytes, bytes]]:
    """Those that pass where ``routing.http.drop_invalid_header_fields.enabled`` is true.

    AWS: header names that match ``[-A-Za-z0-9]+`` (API reference, ``LoadBalancerAttribute``).
    """
    return [header for header in headers if _WELL_NAMED(header[0])]


_WELL_NAMED = re.compile(rb"[-A-Za-z0-9]+").fullmatch


def read_request(
    method: bytes, target: bytes, headers: Headers, looked_at: frozenset[bytes] = READ_BY_LOAD_BALANCERS
) -> RequestHead:
    """Sort the headers into those that pass and those that are looked at."""
    passing, read = _sorted(headers, looked_at)
    return RequestHead(method, target, passing, read, headers)


def read_response(status: int, reason: bytes, headers: Headers) -> ResponseHead:
    """Sort the headers into those that pass and those that are looked at."""
    passing, read = _sorted(headers, _READ_IN_RESPONSES)
    length = read.get(b"content-length")
    return ResponseHead(status, reason, passing, read, length[0] if length else None)


def for_target(head: RequestHead, via: Via, trace: bytes, *, upgrade: bool = False) -> bytes:
    """The head that a target gets: HTTP/1.1, ``X-Forwarded-*`` and ``X-Amzn-Trace-Id`` set as an ALB sets them.

    Args:
        head: the client's.
        via: about the client.
        trace: a new trace id, ``1-67891233-abcdef012345678912345678``.
        upgrade: whether ``Upgrade`` passes (WebSocket).
    """
    parts = [head.method, b" ", head.target, b" HTTP/1.1\r\n"]
    read = head.read
    if b"host" in read:
        parts += (b"Host: ", read[b"host"][0], b"\r\n")
    parts.append(head.passing)
    if b"transfer-encoding" in read:
        parts.append(b"Transfer-Encoding: chunked\r\n")
    elif b"content-length" in read:
        parts += (b"Content-Length: ", read[b"content-length"][0], b"\r\n")
    if forwarded := forwarded_for(head.value(b"x-forwarded-for"), via):
        parts += (b"X-Forwarded-For: ", forwarded, b"\r\n")
    parts += (b"X-Forwarded-Proto: ", via.protocol, b"\r\nX-Forwarded-Port: ", via.port)
    parts += (b"\r\nX-Amzn-Trace-Id: ", traced(head.value(b"x-amzn-trace-id"), trace), b"\r\n")
    if upgrade:
        parts += (b"Connection: Upgrade\r\nUpgrade: ", head.value(b"upgrade"), b"\r\n")
    parts.append(b"\r\n")
    return b"".join(parts)


def for_client(head: ResponseHead, *, chunked: bool, keep_alive: bool, added: bytes = b"") -> bytes:
    """The head that a client gets.

    Args:
        head: the target's.
        chunked: whether the body goes on in chunks.
        keep_alive: whether the client may use its connection again.
        added: lines of our own.
    """
    parts = [b"HTTP/1.1 %d " % head.status, head.reason, b"\r\n", head.passing]
    if chunked:
        parts.append(b"Transfer-Encoding: chunked\r\n")
    elif head.length is not None:
        parts += (b"Content-Length: ", head.length, b"\r\n")
    parts.append(added)
    if head.status == 101:  # noqa: PLR2004 - Switching Protocols
        parts += (b"Connection: Upgrade\r\nUpgrade: ", b", ".join(head.read.get(b"upgrade", ())), b"\r\n\r\n")
    else:
        parts.append(b"Connection: keep-alive\r\n\r\n" if keep_alive else b"Connection: close\r\n\r\n")
    return b"".join(parts)


def lines(headers: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Headers as they are written."""
    return b"".join(b"%b: %b\r\n" % header for header in headers)


def forwarded_for(sent: bytes, via: Via) -> bytes:
    """``X-Forwarded-For``: the client's address after those that were sent, unless the load balancer is told else."""
    if via.forwarding != "append":
        return sent if via.forwarding == "preserve" else b""
    return sent + b", " + via.address if sent else via.address


def traced(sent: bytes, trace: bytes) -> bytes:
    """``X-Amzn-Trace-Id``: a ``Root`` where there is none, else a new ``Self`` before it; other fields stay.

    Source: "Request tracing for your Application Load Balancer".
    """
    if not sent:
        return b"Root=" + trace
    fields = [field for field in sent.split(b";") if not field.strip().lower().startswith(b"self=")]
    if any(field.strip().lower().startswith(b"root=") for field in fields):
        return b";".join((b"Self=" + trace, *fields))
    return b";".join((b"Root=" + trace, *fields))


def chunk(data: bytes) -> bytes:
    """One chunk of a body in chunks."""
    return b"%x\r\n%b\r\n" % (len(data), data)


LAST_CHUNK = b"0\r\n\r\n"


def _sorted(headers: Headers, looked_at: frozenset[bytes]) -> tuple[bytes, dict[bytes, list[bytes]]]:
    """The lines of the headers that pass, and the values of those that are looked at."""
    parts: list[bytes] = []
    read: dict[bytes, list[bytes]] = {}
    for name, value in headers:
        key = name.lower()
        if key not in looked_at:
            parts += (name, b": ", value, b"\r\n")
        elif key in read:
            read[key].append(value)
        else:
            read[key] = [value]
    if b"connection" in read and (nominated := _nominated(read[b"connection"])):
        # What `Connection` names besides the usual words belongs to this hop (RFC 9110, 7.6.1).
        kept = [header for header in headers if header[0].lower() not in nominated]
        return _sorted(kept, looked_at)[0], read
    return b"".join(parts), read


def _nominated(connection: list[bytes]) -> set[bytes]:
    """The names of headers in ``Connection``, which itself never passes."""
    if len(connection) == 1 and connection[0].lower() in _USUAL:
        return set()
    return {word.strip() for word in b",".join(connection).lower().split(b",")} | {b"connection"}


_USUAL = frozenset({b"keep-alive", b"close", b"upgrade"})
