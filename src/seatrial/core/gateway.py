"""The one door of the embedded AWS: who answers a request.

Our own services first, in the order in which they were plugged in; everything else is MiniStack's, and every
service that watches such a request sees the answer before it goes out.
"""

import logging
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace

from seatrial.core.asgi import (
    AsgiApp,
    Disconnected,
    Message,
    Receive,
    Send,
    call_app,
    read_body,
    send_response,
    with_length,
)
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.core.settings import InstanceSettings
from seatrial.core.wire.parsing import describe, is_api_call

Page = Callable[[], Mapping[str, object]]

FREEING = ("BatchDelete", "Delete", "Deregister", "Purge", "Release", "Remove", "Stop", "Terminate")
"""What operations begin with that only take away."""

_log = logging.getLogger("seatrial")


NO_ROOM = "The request has failed due to a temporary failure of the server: no space is left on its disk."


class Gateway:
    """The ASGI application.

    Args:
        settings: this instance's.
        emulator: answers what is nobody else's.
        persist: told of each request that may have changed the emulator's state, and of its answer's status; the answer
            goes out once it returns, and is an ``InternalFailure`` where it raises.
        has_room: whether the disk takes so many bytes; asked before anything is changed.
    """

    def __init__(
        self,
        settings: InstanceSettings,
        emulator: AsgiApp,
        persist: Callable[[AwsRequest, int], Awaitable[None]],
        has_room: Callable[[int], bool] = lambda _: True,
    ) -> None:
        self._settings = settings
        self._emulator = emulator
        self._persist = persist
        self._has_room = has_room
        self._services: list[OwnService] = []
        self._mounts: list[tuple[Callable[[str], bool], AsgiApp]] = []
        self._pages: dict[str, Page] = {}

    def plug(self, *services: OwnService) -> None:
        """From now on these answer what is theirs."""
        self._services.extend(services)

    def mount(self, serves: Callable[[str], bool], app: AsgiApp) -> None:
        """Requests whose path an application serves go to it, unread."""
        self._mounts.append((serves, app))

    def page(self, path: str, content: Page) -> None:
        """A page of facts about this instance, in JSON."""
        self._pages[path] = content

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] == "lifespan":
            await _live(receive, send)
        elif mounted := next((app for serves, app in self._mounts if serves(scope["path"])), None):
            await mounted(scope, receive, send)
        elif scope["type"] != "http":
            await self._emulator(scope, receive, send)
        elif page := self._pages.get(scope["path"]):
            await send_response(send, AwsResponse.of_json(page()))
        else:
            await self._answer(scope, receive, send)

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        try:
            body = await read_body(receive) if is_api_call(scope) else None
            request = describe(scope, body or b"", self._settings)
            if needs_room(request) and not self._has_room(size_of(request)):
                await send_response(send, AwsResponse.error(request, "ServiceUnavailable", NO_ROOM, 503))
                return
            service = next((service for service in self._services if service.claims(request)), None)
            watching = [service for service in self._services if service.observes(request)]
            if service is None and not watching and body is None:
                await self._emulator(scope, receive, self._keeping(request, send))
            else:
                asked = replace(request, body=await read_body(receive) if body is None else body)
                answer = service.handle(asked) if service else self._watched(asked, scope, watching)
                response = await _translated(asked, answer)
                if service is None and asked.is_mutating:
                    response = await _translated(asked, self._kept(asked, response))
                await send_response(send, response)
        except Disconnected:
            return

    def _keeping(self, request: AwsRequest, send: Send) -> Send:
        """The same, but what a request has changed is kept before its answer begins."""
        lost = False

        async def kept(message: Message) -> None:
            nonlocal lost
            if message["type"] == "http.response.start":
                answer = AwsResponse(message["status"], {}, b"")
                instead = await _translated(request, self._kept(request, answer))
                if lost := instead is not answer:
                    await send_response(send, instead)
            if not lost:
                await send(message)

        return kept if request.is_mutating else send

    async def _kept(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """The same answer, once what it says is on disk."""
        await self._persist(request, response.status)
        return response

    async def _watched(self, request: AwsRequest, scope: Message, watching: list[OwnService]) -> AwsResponse:
        put = request
        for service in watching:
            put = service.rewrite_request(put)
        response = await call_app(self._emulator, with_length(scope, len(put.body)), put.body)
        for service in watching:
            response = await _noted(service, request, response)
        return response


def needs_room(request: AwsRequest) -> bool:
    """Whether a request adds something: what only takes away must go on, for it makes room."""
    deletes_objects = request.method == "POST" and "delete" in request.query  # S3's DeleteObjects
    frees = request.method == "DELETE" or request.operation.startswith(FREEING) or deletes_objects
    return request.is_mutating and not frees


def size_of(request: AwsRequest) -> int:
    """How many bytes a request brings; a body that says no length is not known before it is here."""
    said = request.headers.get("content-length", "")
    return max(len(request.body), int(said) if said.isdecimal() else 0)


async def _noted(service: OwnService, request: AwsRequest, response: AwsResponse) -> AwsResponse:
    """What a service makes of MiniStack's answer.

    Where it breaks, the answer to a change stays: the change is made, and an error would have it asked for again.
    """
    try:
        return await service.amend_response(request, response)
    except AwsCallError:
        raise
    except Exception:
        if not request.is_mutating or response.status >= 300:  # noqa: PLR2004 - HTTP
            raise
        _log.exception("%s could not follow %s", type(service).__name__, request.operation or request.path)
        return response


async def _translated(request: AwsRequest, answer: Awaitable[AwsResponse]) -> AwsResponse:
    """An answer, or AWS's words for what broke."""
    try:
        return await answer
    except AwsCallError as error:
        return AwsResponse.error(request, error.code, error.message, error.status)
    except Exception:  # noqa: BLE001 - as AWS does: what breaks inside is an InternalFailure, and the log has the trace
        _log.exception("%s %s failed", request.service or request.method, request.operation or request.path)
        return AwsResponse.error(request, "InternalFailure", "The request processing has failed.", 500)


async def _live(receive: Receive, send: Send) -> None:
    while (message := await receive())["type"] != "lifespan.shutdown":
        await send({"type": f"{message['type']}.complete"})
    await send({"type": "lifespan.shutdown.complete"})
