"""A request as it came from the socket, before anybody has read its body."""

from dataclasses import dataclass, field
from functools import cached_property
from urllib.parse import quote, unquote

from seatrial.core.asgi import Message, headers_of

_SIGNED_S3 = frozenset({"s3", "s3-object-lambda", "s3-outposts"})


def name_of(header: str) -> str:
    """The name in a ``Host`` header: without port, in lower case."""
    host = header.strip().lower()
    name, colon, port = host.rpartition(":")
    return name if colon and (port.isdigit() or not port) else host


@dataclass(frozen=True)
class Incoming:
    """What is known of a request from its head.

    Args:
        scope: the ASGI scope.
    """

    scope: Message = field(repr=False)

    @cached_property
    def method(self) -> str:
        """``GET``, …; a WebSocket begins with GET."""
        return str(self.scope.get("method", "GET"))

    @cached_property
    def path(self) -> str:
        """Decoded."""
        return str(self.scope["path"])

    @cached_property
    def raw_path(self) -> str:
        """The path as it was sent, percent-encoded; without the query."""
        raw: bytes = self.scope.get("raw_path") or quote(self.path).encode()
        return raw.decode("latin-1").partition("?")[0]

    @cached_property
    def headers(self) -> dict[str, str]:
        """Names in lower case."""
        return headers_of(self.scope)

    @cached_property
    def pairs(self) -> list[tuple[str, str]]:
        """The pairs of the query, decoded as SigV4 decodes: a plus sign stays one."""
        text = self.scope.get("query_string", b"").decode("latin-1")
        split = (part.partition("=") for part in text.split("&") if part)
        return [(unquote(name), unquote(value)) for name, _, value in split]

    @cached_property
    def query(self) -> dict[str, str]:
        """The last value of each name."""
        return dict(self.pairs)

    @property
    def host(self) -> str:
        """The name that was asked for, without port, in lower case."""
        return name_of(self.headers.get("host", ""))

    @property
    def target(self) -> str:
        """``AmazonEC2ContainerServiceV20141113.RunTask``; empty where the call is none by JSON."""
        return self.headers.get("x-amz-target", "")

    @property
    def is_form(self) -> bool:
        """Whether its body is a form, as a call by AWS's query protocol has it."""
        return self.headers.get("content-type", "").startswith("application/x-www-form-urlencoded")


def signs_as_s3(service: str) -> bool:
    """Whether a service's requests are signed as S3's: the path as it is, the body's digest in a header."""
    return service in _SIGNED_S3
