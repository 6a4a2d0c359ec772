"""The buckets behind the distributions, as an ASGI application: the cache, and MiniStack behind it."""

import asyncio
from typing import Final

from seatrial.core.asgi import (
    AsgiApp,
    Disconnected,
    Message,
    Receive,
    Send,
    call_app,
    headers_of,
    read_body,
    send_response,
)
from seatrial.core.service import AwsResponse, request_id
from seatrial.services.cloudfront.cache import Cache, CachedResponse, lifetime
from seatrial.services.cloudfront.heads import Trail
from seatrial.services.cloudfront.missing import Corrected
from seatrial.services.cloudfront.model import Behavior, Distribution

_NOT_KEPT: Final = frozenset({"x-cache", "age", "content-length", "via", "x-amz-cf-id", "transfer-encoding"})
_READS: Final = frozenset({"GET", "HEAD"})
_OK: Final = 200
_NOT_MODIFIED: Final = 304
_ERROR: Final = 400


class Front:
    """Answers for the buckets of one distribution.

    Args:
        distribution: the distribution as it is configured.
        emulator: MiniStack's distributions, which have the buckets, functions and headers policies.
        corrected: MiniStack's answers as AWS gives them.
    """

    def __init__(self, distribution: Distribution, emulator: AsgiApp, corrected: Corrected) -> None:
        self.distribution = distribution
        self.cache = Cache()
        self._emulator, self._corrected = emulator, corrected

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        try:
            await send_response(send, await self._answer(scope, receive))
        except Disconnected:
            return

    async def _answer(self, scope: Message, receive: Receive) -> AwsResponse:
        if scope["method"] in _READS and "range" not in headers_of(scope):
            return await self._kept_or_asked(scope, self.distribution.behavior(scope["path"]))
        return await call_app(self._emulator, self._renamed(scope), await read_body(receive))

    async def _kept_or_asked(self, scope: Message, behavior: Behavior) -> AwsResponse:
        """The answer to GET or HEAD, from the cache where it may still be used."""
        query = scope.get("query_string", b"").decode("latin-1")
        key = f"{scope['path']}?{query}" if query and behavior.policy.with_query else scope["path"]
        kept, cache = self.cache.get(key, _now()), "Hit"
        if kept is None:
            kept, cache = await self._asked(scope, behavior, key), "Miss"
        return _for_viewer(scope, kept, self._trail("Error" if kept.status >= _ERROR else cache))

    async def _asked(self, scope: Message, behavior: Behavior, key: str) -> CachedResponse:
        """The answer of MiniStack to the whole file: viewers' own conditions are answered from what is kept."""
        generation, since = self.cache.generation, _now()
        plain = [pair for pair in scope["headers"] if not pair[0].lower().startswith(b"if-")]
        answer = await call_app(self._emulator, self._renamed({**scope, "method": "GET", "headers": plain}), b"")
        answer = await self._corrected(answer)
        headers = {name: value for name, value in answer.headers.items() if name.lower() not in _NOT_KEPT}
        until = since + lifetime(answer.status, answer.headers, behavior.policy)
        kept = CachedResponse(answer.status, tuple(headers.items()), answer.body, since, until)
        self.cache.put(key, kept, generation)
        return kept

    def _renamed(self, scope: Message) -> Message:
        """The request as MiniStack knows a distribution: by its name; HTTPS, for which our port stands."""
        replaced = {b"host", b"x-forwarded-proto"}
        headers = [(name, value) for name, value in scope["headers"] if name.lower() not in replaced]
        mine = [(b"host", self.distribution.domain.encode()), (b"x-forwarded-proto", b"https")]
        return {**scope, "headers": [*headers, *mine]}

    def _trail(self, cache: str) -> dict[str, str]:
        trail = Trail(self.distribution.domain, request_id())
        return {name.decode().lower(): value.decode() for name, value in trail.back(cache)}


def _for_viewer(scope: Message, kept: CachedResponse, trail: dict[str, str]) -> AwsResponse:
    """What is kept as an answer: without its body where the viewer has it already, or asked for the head only."""
    headers = {**dict(kept.headers), **trail}
    if trail["x-cache"].startswith("Hit"):
        headers["age"] = str(int(_now() - kept.since))
    wanted = headers_of(scope).get("if-none-match", "")
    etag = headers.get("etag")
    if kept.status == _OK and etag and etag in [each.strip().removeprefix("W/") for each in wanted.split(",")]:
        return AwsResponse(_NOT_MODIFIED, headers, b"")
    return AwsResponse(kept.status, headers, kept.body)


def _now() -> float:
    return asyncio.get_running_loop().time()
