"""Sessions: opened by ExecuteCommand, met by the plugin's WebSocket."""

import asyncio
import contextlib
import json
import logging
import secrets
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from hmac import compare_digest
from typing import Any

from seatrial.core.asgi import Message, Receive, Send
from seatrial.core.engine import ENGINE_ERRORS
from seatrial.services.ecs.exec.channel import AgentChannel, Ended, Ready, Resized, Typed
from seatrial.services.ecs.exec.data_channel import BrokenMessage
from seatrial.services.ecs.exec.terminal import OpenTerminal, Terminal

PATH = "/v1/data-channel/"
"""AWS: ``wss://ssmmessages.REGION.amazonaws.com/v1/data-channel/SESSION``."""

OPENED_WITHIN = 60.0
"""Seconds in which a session must be met; its token is good once."""

_TICK = 0.1
_REFUSED = 1008  # RFC 6455 §7.4.1: policy violation
_log = logging.getLogger("seatrial")


@dataclass(frozen=True)
class Session:
    """A session that waits to be met.

    Args:
        id: ``ecs-execute-command-…``.
        url: the URL of its data channel.
        token: proves who opened it.
    """

    id: str
    url: str
    token: str


@dataclass(frozen=True)
class _Opened:
    token: str
    container: str
    command: tuple[str, ...]
    until: float


class Sessions:
    """The sessions of one embedded AWS; as an ASGI application, their data channels.

    Args:
        authority: ``127.0.0.1:PORT``.
        open_terminal: begins a command in a container.
        now: seconds.
    """

    def __init__(self, authority: str, open_terminal: OpenTerminal, now: Callable[[], float]) -> None:
        self._authority = authority
        self._open_terminal = open_terminal
        self._now = now
        self._waiting: dict[str, _Opened] = {}

    def open(self, container: str, command: Sequence[str]) -> Session:
        """A new session; the command begins when it is met.

        Args:
            container: Docker's id.
            command: its words.
        """
        self._waiting = {name: opened for name, opened in self._waiting.items() if opened.until > self._now()}
        identity = f"ecs-execute-command-{secrets.token_hex(9)[:17]}"
        token = secrets.token_urlsafe(48)
        self._waiting[identity] = _Opened(token, container, tuple(command), self._now() + OPENED_WITHIN)
        return Session(identity, f"ws://{self._authority}{PATH}{identity}?role=publish_subscribe", token)

    def serves(self, path: str) -> bool:
        """Whether a path is a data channel's."""
        return path.startswith(PATH)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI."""
        if scope["type"] != "websocket" or (await receive())["type"] != "websocket.connect":
            return
        await send({"type": "websocket.accept"})
        identity = scope["path"].removeprefix(PATH)
        opened = self._met(identity, await receive())
        if opened is None:
            await send({"type": "websocket.close", "code": _REFUSED})
            return
        channel = AgentChannel(identity, self._now)
        await _Conversation(channel, opened, self._open_terminal, receive, send).hold()

    def _met(self, identity: str, message: Message) -> _Opened | None:
        """The session that this first message opens; a session is met once."""
        opened = self._waiting.get(identity)
        if opened is None or opened.until < self._now() or message["type"] != "websocket.receive":
            return None
        try:
            token = json.loads(message.get("text") or "{}").get("TokenValue")
        except (ValueError, AttributeError):
            return None
        if not compare_digest(str(token).encode(), opened.token.encode()):
            return None
        return self._waiting.pop(identity)


class _Conversation:
    """One data channel, joined to one terminal."""

    def __init__(
        self,
        channel: AgentChannel,
        opened: _Opened,
        open_terminal: OpenTerminal,
        *sides: Any,  # noqa: ANN401
    ) -> None:
        self._channel = channel
        self._opened = opened
        self._open_terminal = open_terminal
        self._receive: Receive
        self._send: Send
        self._receive, self._send = sides
        self._terminal: Terminal | None = None
        self._early: list[Typed | Resized] = []  # what came before the command had begun
        self._heard = asyncio.Event()
        self._printing: asyncio.Task[None] | None = None

    async def hold(self) -> None:
        """Pass messages on until one of the two ends."""
        self._channel.open()
        ticking = asyncio.ensure_future(self._tick())
        try:
            await self._listen()
        except BrokenMessage as error:
            _log.warning("A session's data channel broke: %s", error)
        finally:
            ticking.cancel()
            if self._printing:
                self._printing.cancel()
            if self._terminal:
                await self._terminal.close()

    async def _listen(self) -> None:
        await self._flush()
        while (message := await self._receive())["type"] == "websocket.receive":
            for happening in self._channel.received(message.get("bytes") or b""):
                if isinstance(happening, Ended):
                    return
                await self._handle(happening)
            self._heard.set()
            await self._flush()

    async def _handle(self, happening: Ready | Typed | Resized) -> None:
        if isinstance(happening, Ready):
            self._printing = self._printing or asyncio.ensure_future(self._print())
        elif self._terminal is None:
            self._early.append(happening)
        else:
            await _pass_on(happening, self._terminal)

    async def _print(self) -> None:
        """Run the command; what it prints goes out; its end is the session's."""
        words = ""
        try:
            terminal = await self._open_terminal(self._opened.container, self._opened.command)
            for happening in self._early:
                await _pass_on(happening, terminal)
            self._terminal = terminal
            while data := await terminal.read():
                self._channel.output(data)
                await self._until(lambda: not self._channel.full)
        except ENGINE_ERRORS as error:
            words = str(getattr(error, "explanation", None) or error)
        await self._until(lambda: self._channel.delivered)
        self._channel.close(words)
        await self._flush()
        await self._send({"type": "websocket.close"})

    async def _until(self, holds: Callable[[], bool]) -> None:
        await self._flush()
        while not holds():
            self._heard.clear()
            await self._heard.wait()

    async def _tick(self) -> None:
        """Send again what is not acknowledged."""
        while True:
            await asyncio.sleep(_TICK)
            await self._flush()

    async def _flush(self) -> None:
        for data in self._channel.outgoing():
            await self._send({"type": "websocket.send", "bytes": data})


async def _pass_on(happening: Typed | Resized, terminal: Terminal) -> None:
    if isinstance(happening, Typed):
        await terminal.write(happening.data)
        return
    with contextlib.suppress(*ENGINE_ERRORS):  # it has just ended
        await terminal.resize(happening.rows, happening.columns)
