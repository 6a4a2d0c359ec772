"""The messages of a session's data channel: what a terminal in a container and the person at it send each other.

The format is that of AWS Systems Manager, which carries ECS Exec. AWS documents it by the source of both ends only:
``aws/session-manager-plugin``, ``src/message/clientmessage.go`` and ``messageparser.go``.
"""

import json
import struct
from dataclasses import dataclass, field
from enum import IntEnum
from hashlib import sha256
from typing import Any
from uuid import UUID, uuid4

INPUT = "input_stream_data"
OUTPUT = "output_stream_data"
ACKNOWLEDGE = "acknowledge"
CHANNEL_CLOSED = "channel_closed"

SYN_AND_FIN = 3
"""The flags of a message that is a stream by itself, such as an acknowledgement."""

# Header length, type, schema version, milliseconds since 1970, sequence number, flags, id, digest, kind of payload.
_HEADER = struct.Struct(">I32sIQqQ16s32sI")
_LENGTH = struct.Struct(">I")


class Payload(IntEnum):
    """What a stream message carries."""

    NONE = 0
    OUTPUT = 1
    ERROR = 2
    SIZE = 3
    HANDSHAKE_REQUEST = 5
    HANDSHAKE_RESPONSE = 6
    HANDSHAKE_COMPLETE = 7
    FLAG = 10


# inside: both ends of a channel, which close it
class BrokenMessage(ValueError):
    """These bytes are no message."""


@dataclass(frozen=True)
class ChannelMessage:
    """One message.

    Args:
        type: ``INPUT``, ``OUTPUT``, ``ACKNOWLEDGE`` or ``CHANNEL_CLOSED``.
        sequence: counts the stream messages of one direction, from 0.
        payload: its content.
        kind: what the content is.
        created: milliseconds since 1970.
        flags: bit 0, the first of its stream; bit 1, the last.
        id: the id of this message.
    """

    type: str
    sequence: int
    payload: bytes
    kind: int = Payload.NONE
    created: int = 0
    flags: int = 0
    id: UUID = field(default_factory=uuid4)

    def packed(self) -> bytes:
        """The message in the form in which it is sent."""
        header = _HEADER.pack(
            _HEADER.size,
            self.type.encode().ljust(32),
            1,
            self.created,
            self.sequence,
            self.flags,
            _halves_swapped(self.id.bytes),
            sha256(self.payload).digest(),
            self.kind,
        )
        return header + _LENGTH.pack(len(self.payload)) + self.payload

    @classmethod
    def unpacked(cls, data: bytes) -> "ChannelMessage":
        """A message, read from what was received.

        Raises:
            BrokenMessage: it is none, or its digest is that of another content.
        """
        if len(data) < _HEADER.size + _LENGTH.size:
            raise BrokenMessage("The message ends within its header.")
        length, kind_of, _, created, sequence, flags, identity, digest, kind = _HEADER.unpack_from(data)
        payload = data[length + _LENGTH.size :]
        # An acknowledgement comes without a kind of payload and may come without a digest.
        if any(digest) and digest != sha256(payload).digest():
            raise BrokenMessage("The message's digest does not match its content.")
        return cls(
            type=kind_of.decode("ascii", "replace").strip("\0 "),
            sequence=sequence,
            payload=payload,
            kind=kind,
            created=created,
            flags=flags,
            id=UUID(bytes=_halves_swapped(identity)),
        )

    def json(self) -> dict[str, Any]:
        """Its content, where that is a document.

        Raises:
            BrokenMessage: it is none.
        """
        try:
            document = json.loads(self.payload)
        except ValueError as error:
            raise BrokenMessage("The message's content is not JSON.") from error
        if not isinstance(document, dict):
            raise BrokenMessage("The message's content is not a JSON object.")
        return document


def acknowledgement(of: ChannelMessage, created: int) -> ChannelMessage:
    """The acknowledgement of a stream message; what is not acknowledged is sent again."""
    content = {
        "AcknowledgedMessageType": of.type,
        "AcknowledgedMessageId": str(of.id),
        "AcknowledgedMessageSequenceNumber": of.sequence,
        "IsSequentialMessage": True,
    }
    return ChannelMessage(ACKNOWLEDGE, 0, json.dumps(content).encode(), created=created, flags=SYN_AND_FIN)


def _halves_swapped(identity: bytes) -> bytes:
    """The id travels with its less significant eight bytes first."""
    return identity[8:] + identity[:8]
