"""Asks an origin that speaks HTTP, and passes its answer on as it comes."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from typing import Final

import httpx

from tagship.local.asgi import Message, Receive, Send
from tagship.local.cloudfront.answers import error_answer
from tagship.local.cloudfront.model import CustomOrigin

_HOP_BY_HOP: Final = frozenset(
    {
        "connection",
        "keep-alive",
        "proxy-authenticate",
        "proxy-authorization",
        "proxy-connection",
        "te",
        "trailer",
        "transfer-encoding",
        "upgrade",
    }
)
"""RFC 9110 §7.6.1."""

_NOT_THE_VIEWERS: Final = frozenset({"host", "x-forwarded-for", "via", "x-amz-cf-id", *_HOP_BY_HOP})
_SAFE: Final = frozenset({"GET", "HEAD", "OPTIONS"})
_CONNECT_SECONDS: Final = 10
"""CloudFront's connection timeout."""

_CONNECT_TRIES: Final = 3
"""CloudFront's connection attempts."""


@dataclass(frozen=True)
class Reached:
    """An origin, and the URL at which it is reached on this machine, without a path."""

    origin: CustomOrigin
    url: str


class Forwarder:
    """Connections of one distribution to its origins."""

    def __init__(self) -> None:
        # verify=False: the load balancers' certificates are of our own making.
        limits = httpx.Limits(max_connections=None, max_keepalive_connections=50, keepalive_expiry=4)
        transport = httpx.AsyncHTTPTransport(verify=False, retries=_CONNECT_TRIES - 1, limits=limits)
        self._client = httpx.AsyncClient(transport=transport, follow_redirects=False, trust_env=False)

    async def close(self) -> None:
        """Close every connection."""
        await self._client.aclose()

    async def forward(
        self, scope: Message, receive: Receive, send: Send, *, reached: "Reached", trail: "Trail"
    ) -> None:
        """Ask, and answer.

        Args:
            scope: of the viewer's request.
            receive: gives its body.
            send: takes the answer.
            reached: who is asked, and where.
            trail: what CloudFront adds on both ways.
        """
        began = False

        async def telling(message: Message) -> None:
            nonlocal began
            began = True
            await send(message)

        tries = 2 if scope["method"] in _SAFE else 1
        for left in reversed(range(tries)):
            try:
                await self._once(self._request(scope, receive, reached, trail), telling, trail)
            except httpx.TimeoutException:
                await _failed(send, 504, began=began)
            except httpx.TransportError:
                # A connection that was kept open may have been closed at this very moment.
                if left and not began:
                    continue
                await _failed(send, 502, began=began)
            return

    async def _once(self, request: httpx.Request, send: Send, trail: "Trail") -> None:
        answer = await self._client.send(request, stream=True)
        try:
            headers = [pair for pair in answer.headers.raw if pair[0].decode("latin-1").lower() not in _HOP_BY_HOP]
            headers += [(name.encode(), value.encode()) for name, value in trail.on_the_way_back("Miss")]
            await send({"type": "http.response.start", "status": answer.status_code, "headers": headers})
            async for part in answer.aiter_raw():
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b""})
        finally:
            await answer.aclose()

    def _request(self, scope: Message, receive: Receive, reached: "Reached", trail: "Trail") -> httpx.Request:
        origin = reached.origin
        query = scope.get("query_string", b"")
        target = origin.path.encode() + scope["raw_path"] + (b"?" + query if query else b"")
        viewer = [(name.decode("latin-1").lower(), value.decode("latin-1")) for name, value in scope["headers"]]
        headers = [
            ("host", origin.domain),
            *((name, value) for name, value in viewer if name not in _NOT_THE_VIEWERS),
            *trail.on_the_way_there(viewer, (scope.get("client") or ("127.0.0.1", 0))[0]),
            *((name.lower(), value) for name, value in origin.headers),
        ]
        has_body = any(name in ("content-length", "transfer-encoding") for name, _ in viewer)
        return httpx.Request(
            scope["method"],
            httpx.URL(reached.url).copy_with(raw_path=target),
            headers=headers,
            content=_body(receive) if has_body else None,
            extensions={"timeout": {"connect": _CONNECT_SECONDS, "read": origin.timeout, "write": 30, "pool": 30}},
        )


class Trail:
    """What CloudFront adds: its name, and an id for each request."""

    def __init__(self, domain: str, request_id: str) -> None:
        self._domain, self._id = domain, request_id

    def on_the_way_there(self, viewer: Iterable[tuple[str, str]], address: str) -> list[tuple[str, str]]:
        """Headers for the origin (developer guide, "HTTP request headers and CloudFront behavior")."""
        chain = [value for name, value in viewer if name == "x-forwarded-for"]
        return [
            ("x-forwarded-for", ", ".join([*chain, address])),
            ("via", f"1.1 {self._domain} (CloudFront)"),
            ("x-amz-cf-id", self._id),
        ]

    def on_the_way_back(self, cache: str) -> list[tuple[str, str]]:
        """Headers for the viewer; ``cache`` is ``Hit``, ``Miss`` or ``Error``."""
        return [
            ("x-cache", f"{cache} from cloudfront"),
            ("via", f"1.1 {self._domain} (CloudFront)"),
            ("x-amz-cf-id", self._id),
        ]


async def _body(receive: Receive) -> AsyncIterator[bytes]:
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            return
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


async def _failed(send: Send, status: int, *, began: bool) -> None:
    if not began:
        await error_answer(send, status)
    # Once the answer has begun, its end is missing: the server closes the connection, and the viewer sees it.
