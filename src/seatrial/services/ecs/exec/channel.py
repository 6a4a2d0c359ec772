"""The agent's half of a data channel: what to answer to what comes. Pure."""

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeGuard

from seatrial.services.ecs.exec.data_channel import (
    ACKNOWLEDGE,
    CHANNEL_CLOSED,
    INPUT,
    OUTPUT,
    SYN_AND_FIN,
    ChannelMessage,
    Payload,
    acknowledgement,
)

CHUNK = 1024
"""The most bytes of output in one message, as AWS's agent sends it."""

WINDOW = 256
"""The most messages under way: beyond it the process in the container waits for its reader."""

RESEND_AFTER = 0.5
"""Seconds without an acknowledgement. The plugin drops what comes before it has opened its terminal."""

TERMINATE = 2
"""The flag by which the plugin asks for the end."""


@dataclass(frozen=True)
class Ready:
    """The handshake is done: the command can begin."""


@dataclass(frozen=True)
class Typed:
    """A person has typed."""

    data: bytes


@dataclass(frozen=True)
class Resized:
    """The terminal has another size."""

    rows: int
    columns: int


@dataclass(frozen=True)
class Ended:
    """The person wants no more."""


Happening = Ready | Typed | Resized | Ended


class AgentChannel:
    """One channel.

    Args:
        session_id: the id of the session.
        now: seconds, of any steady clock that is also the wall clock's.
    """

    def __init__(self, session_id: str, now: Callable[[], float]) -> None:
        self._session_id = session_id
        self._now = now
        self._next_out = self._next_in = 0
        self._under_way: dict[int, tuple[float, ChannelMessage]] = {}
        self._outgoing: list[ChannelMessage] = []

    @property
    def full(self) -> bool:
        """Whether output must wait for acknowledgements."""
        return len(self._under_way) >= WINDOW

    @property
    def delivered(self) -> bool:
        """Whether all output was acknowledged."""
        return not self._under_way

    def open(self) -> None:
        """Ask for the session type that ECS Exec uses."""
        action = {"ActionType": "SessionType", "ActionParameters": {"SessionType": "InteractiveCommands"}}
        self._send(Payload.HANDSHAKE_REQUEST, {"AgentVersion": "3.3.0.0", "RequestedClientActions": [action]})

    def output(self, data: bytes) -> None:
        """The process has printed."""
        for start in range(0, len(data), CHUNK):
            self._send(Payload.OUTPUT, data[start : start + CHUNK])

    def close(self, words: str = "") -> None:
        """The session ends; ``words`` say why where it ends otherwise than by the process's end."""
        content = {
            "MessageType": CHANNEL_CLOSED,
            "SessionId": self._session_id,
            "SchemaVersion": 1,
            "Output": words,
            "CreatedDate": str(self._milliseconds()),
        }
        payload = json.dumps(content).encode()
        self._outgoing.append(
            ChannelMessage(CHANNEL_CLOSED, 0, payload, created=self._milliseconds(), flags=SYN_AND_FIN)
        )

    def outgoing(self) -> list[bytes]:
        """What is to be sent now, in order; each is handed out once, or again when it is overdue."""
        now = self._now()
        due = [number for number, (sent, _) in self._under_way.items() if now - sent >= RESEND_AFTER]
        again = [self._under_way[number][1] for number in due]
        self._under_way.update({number: (now, self._under_way[number][1]) for number in due})
        fresh, self._outgoing = self._outgoing, []
        return [message.packed() for message in (*again, *fresh)]

    def received(self, data: bytes) -> Iterator[Happening]:
        """Take what the other end sent.

        Raises:
            BrokenMessage: it makes no sense.
        """
        message = ChannelMessage.unpacked(data)
        if message.type == ACKNOWLEDGE:
            number = message.json().get("AcknowledgedMessageSequenceNumber")
            self._under_way.pop(number if isinstance(number, int) else -1, None)
        elif message.type == INPUT and message.sequence <= self._next_in:
            self._outgoing.append(acknowledgement(message, self._milliseconds()))
            if message.sequence == self._next_in:
                self._next_in += 1
                yield from self._understood(message)

    def _understood(self, message: ChannelMessage) -> Iterator[Happening]:
        if message.kind == Payload.HANDSHAKE_RESPONSE:
            self._send(Payload.HANDSHAKE_COMPLETE, {"HandshakeTimeToComplete": 0, "CustomerMessage": ""})
            yield Ready()
        elif message.kind == Payload.OUTPUT:
            yield Typed(message.payload)
        elif message.kind == Payload.SIZE:
            size = message.json()
            rows, columns = size.get("rows"), size.get("cols")
            if _is_length(rows) and _is_length(columns):
                yield Resized(rows, columns)
        elif message.kind == Payload.FLAG and int.from_bytes(message.payload, "big") == TERMINATE:
            yield Ended()

    def _send(self, kind: Payload, content: bytes | dict[str, Any]) -> None:
        payload = content if isinstance(content, bytes) else json.dumps(content).encode()
        message = ChannelMessage(OUTPUT, self._next_out, payload, kind=kind, created=self._milliseconds())
        self._under_way[self._next_out] = (self._now(), message)
        self._next_out += 1
        self._outgoing.append(message)

    def _milliseconds(self) -> int:
        return int(self._now() * 1000)


def _is_length(value: object) -> TypeGuard[int]:
    """Whether it is a number of rows or columns; a client without a terminal says 0."""
    return isinstance(value, int) and 0 < value < 10_000  # noqa: PLR2004 - no terminal is larger
