"""The person's end of a terminal in a container: ECS Exec without the Session Manager plugin."""

import contextlib
import json
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import uuid4

from websockets.exceptions import ConnectionClosed, ConnectionClosedOK, WebSocketException
from websockets.sync.client import ClientConnection, connect

from tagship.base.clock import Clock
from tagship.base.data_channel import (
    ACKNOWLEDGE,
    CHANNEL_CLOSED,
    INPUT,
    OUTPUT,
    BrokenMessage,
    ChannelMessage,
    Payload,
    acknowledgement,
)
from tagship.base.errors import AwsError, AwsUnreachable

_SIZE_EVERY = 0.5
"""Seconds between two looks at the window's size."""

_CHUNK = 1024

RESEND_AFTER = 500
"""Milliseconds without an acknowledgement until a message is sent again; AWS's plugin waits 200 to 1000, by the line
(``aws/session-manager-plugin``, ``src/config/config.go``)."""


@dataclass(frozen=True)
class Grant:
    """A session that ECS has opened; the token is good once, and is no matter for logs."""

    session_id: str
    url: str
    token: str

    def __repr__(self) -> str:
        """Without the token."""
        return f"Grant({self.session_id!r})"


class Window(Protocol):
    """Where the person sits."""

    def typed(self) -> Iterator[bytes]:
        """What the person types, until there is no more."""
        ...

    def show(self, data: bytes) -> None:
        """Print."""
        ...

    def size(self) -> tuple[int, int]:
        """Rows and columns; zeros where there is no terminal."""
        ...


class PersonChannel:
    """The person's half of a data channel. Pure.

    Args:
        milliseconds: since 1970.
    """

    def __init__(self, milliseconds: Callable[[], int]) -> None:
        self._milliseconds = milliseconds
        self._next_in = self._next_out = 0
        self._waiting: dict[int, ChannelMessage] = {}
        self._under_way: dict[int, tuple[int, bytes]] = {}
        self.ready = self.closed = False
        self.words = ""

    def opening(self, token: str) -> str:
        """The first message."""
        return json.dumps(
            {"MessageSchemaVersion": "1.0", "RequestId": str(uuid4()), "TokenValue": token, "ClientId": str(uuid4())}
        )

    def typed(self, data: bytes) -> Iterator[bytes]:
        """Messages for what was typed."""
        for start in range(0, len(data), _CHUNK):
            yield self._message(Payload.OUTPUT, data[start : start + _CHUNK])

    def sized(self, rows: int, columns: int) -> bytes:
        """The message for a size."""
        return self._message(Payload.SIZE, json.dumps({"cols": columns, "rows": rows}).encode())

    def overdue(self) -> list[bytes]:
        """Messages that were not acknowledged in time, in their order: to be sent again."""
        now = self._milliseconds()
        late = [number for number, (sent, _) in sorted(self._under_way.items()) if now - sent >= RESEND_AFTER]
        again = [self._under_way[number][1] for number in late]
        self._under_way.update({number: (now, message) for number, message in zip(late, again, strict=True)})
        return again

    def received(self, data: bytes) -> tuple[list[bytes], bytes]:
        """Take what came; returns what to send, and what to print.

        Raises:
            BrokenMessage: it makes no sense.
        """
        message = ChannelMessage.unpacked(data)
        if message.type == CHANNEL_CLOSED:
            self.closed, self.words = True, str(message.json().get("Output") or "")
            return [], b""
        if message.type == ACKNOWLEDGE:
            number = message.json().get("AcknowledgedMessageSequenceNumber")
            self._under_way.pop(number if isinstance(number, int) else -1, None)
        if message.type != OUTPUT:
            return [], b""
        answers = [acknowledgement(message, self._milliseconds()).packed()]
        if message.sequence >= self._next_in:
            self._waiting[message.sequence] = message
        printed = b""
        while (following := self._waiting.pop(self._next_in, None)) is not None:
            self._next_in += 1
            more, text = self._taken(following)
            answers += more
            printed += text
        return answers, printed

    def _taken(self, message: ChannelMessage) -> tuple[list[bytes], bytes]:
        if message.kind == Payload.HANDSHAKE_REQUEST:
            actions = [
                {"ActionType": action.get("ActionType"), "ActionStatus": 1, "ActionResult": None, "Error": ""}
                for action in message.json().get("RequestedClientActions", ())
            ]
            answer = {"ClientVersion": "1.2.0.0", "ProcessedClientActions": actions, "Errors": []}
            return [self._message(Payload.HANDSHAKE_RESPONSE, json.dumps(answer).encode())], b""
        if message.kind == Payload.HANDSHAKE_COMPLETE:
            self.ready = True
            return [], b""
        return [], message.payload if message.kind in (Payload.OUTPUT, Payload.ERROR) else b""

    def _message(self, kind: Payload, payload: bytes) -> bytes:
        now = self._milliseconds()
        packed = ChannelMessage(INPUT, self._next_out, payload, kind=kind, created=now).packed()
        self._under_way[self._next_out] = now, packed
        self._next_out += 1
        return packed


def converse(grant: Grant, window: Window, clock: Clock) -> str:
    """Join the window to the session until one of them ends; returns the session's last words, mostly none.

    Raises:
        AwsUnreachable: the channel cannot be reached, or was lost.
        AwsError: the grant was refused, or what came over the channel makes no sense.
    """
    channel = PersonChannel(lambda: int(clock.now().timestamp() * 1000))
    try:
        with connect(grant.url, max_size=None, compression=None) as connection:
            connection.send(channel.opening(grant.token))
            _listen(channel, connection, window)
    except ConnectionClosed as error:
        if not channel.ready:
            hint = "A session token is valid once and for one minute. Try again"
            raise AwsError("The session's data channel was refused before it opened.", hint=hint) from error
        if not (channel.closed or isinstance(error, ConnectionClosedOK)):
            raise AwsUnreachable("The connection to the session's data channel was lost.", hint="Try again") from error
    except (WebSocketException, OSError) as error:
        raise AwsUnreachable(f"Cannot connect to the session's data channel: {error}", hint="Try again") from error
    except BrokenMessage as error:
        raise AwsError(f"The session's data channel failed: {error}") from error
    return channel.words


def _listen(channel: PersonChannel, connection: ClientConnection, window: Window) -> None:
    speaking: threading.Thread | None = None
    # Messages are numbered, and one that comes before its turn is never read: who numbers also sends, undisturbed.
    turn = threading.Lock()
    sizes = _Sizes(channel, connection, window)
    while not channel.closed:
        with contextlib.suppress(TimeoutError):
            answers, printed = channel.received(connection.recv(timeout=_SIZE_EVERY, decode=False))
            for answer in answers:
                connection.send(answer)
            if printed:
                window.show(printed)
        with turn:
            for message in channel.overdue():
                connection.send(message)
        if channel.ready:
            with turn:
                sizes.send_size()
            if speaking is None:
                speaking = threading.Thread(target=_speak, args=(channel, connection, window, turn), daemon=True)
                speaking.start()


def _speak(channel: PersonChannel, connection: ClientConnection, window: Window, turn: threading.Lock) -> None:
    with contextlib.suppress(ConnectionClosed):
        for keys in window.typed():
            with turn:
                for message in channel.typed(keys):
                    connection.send(message)


class _Sizes:
    """Sends the window's size when it has changed."""

    def __init__(self, channel: PersonChannel, connection: ClientConnection, window: Window) -> None:
        self._channel, self._connection, self._window = channel, connection, window
        self._told = (0, 0)

    def send_size(self) -> None:
        size = self._window.size()
        if size != self._told and all(size):
            self._told = size
            self._connection.send(self._channel.sized(*size))
