"""ASGI in plain words: read a body, call an application, send an answer."""

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from seatrial.core.service import AwsResponse

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
AsgiApp = Callable[[Message, Receive, Send], Awaitable[None]]


IN_PROCESS = "seatrial.in_process"
"""The ASGI extension that marks a request of the embedded AWS to itself; no client can set an extension."""


# inside: the gateway, which stops answering a client that is gone
class Disconnected(Exception):
    """The client went away before it had sent all of its request."""


def headers_of(scope: Message) -> dict[str, str]:
    """The headers, names in lower case; one that is repeated is joined by commas (RFC 9110 §5.2)."""
    found: dict[str, str] = {}
    for raw_name, raw_value in scope["headers"]:
        name, value = raw_name.decode("latin-1").lower(), raw_value.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def is_in_process(scope: Message) -> bool:
    """Whether the embedded AWS asks itself."""
    return IN_PROCESS in (scope.get("extensions") or {})


async def read_body(receive: Receive) -> bytes:
    """All of a request's body.

    Raises:
        Disconnected: the client went away.
    """
    parts = []
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        parts.append(message.get("body", b""))
        if not message.get("more_body"):
            return b"".join(parts)


def with_length(scope: Message, length: int) -> Message:
    """The same request with a body of another length."""
    others = [(name, value) for name, value in scope["headers"] if name.lower() != b"content-length"]
    return {**scope, "headers": [*others, (b"content-length", str(length).encode())]}


async def call_app(app: AsgiApp, scope: Message, body: bytes) -> AwsResponse:
    """Call an application with a body that is in hand; its answer in full."""
    status, headers, parts = 500, {}, []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], headers_of(message)
        elif message["type"] == "http.response.body":
            parts.append(message.get("body", b""))

    await app(scope, receive, send)
    return AwsResponse(status, headers, b"".join(parts))


async def send_response(send: Send, response: AwsResponse) -> None:
    """Send an answer in full; its length is counted again, for its body may have been replaced."""
    headers = {**response.headers, "content-length": str(len(response.body))}
    encoded = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    await send({"type": "http.response.start", "status": response.status, "headers": encoded})
    await send({"type": "http.response.body", "body": response.body})
