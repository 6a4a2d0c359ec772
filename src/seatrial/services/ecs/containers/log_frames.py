"""What a container prints, as Docker's API sends it, cut into Docker's messages. Pure.

A message is ``TIMESTAMP text``. Text without a newline at its end goes on in the next message of the same source:
Docker cuts lines after 16 KiB (moby, ``daemon/logger/copier.go``) and puts a timestamp before each part.
Source: Docker Engine API, "Attach to a container", section "Stream format".
"""

import struct
from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Protocol

Message = tuple[int, bytes]
"""Which output, and ``TIMESTAMP text``."""

STDOUT, STDERR = 1, 2
PART_BYTES = 16 * 1024
"""Bytes of text after which a line is cut."""

_HEADER = struct.Struct(">BxxxL")


class Reader(Protocol):
    """Cuts a stream into messages, wherever it is cut itself."""

    def feed(self, part: bytes) -> Iterator[Message]:
        """The messages that this part completes."""
        ...

    def end(self) -> Iterator[Message]:
        """What is left when the stream has ended."""
        ...


class FrameReader:
    """The stream of a container without a terminal: each message has a header with its source and its length."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, part: bytes) -> Iterator[Message]:
        """See ``Reader.feed``."""
        self._rest += part
        at, size = 0, len(self._rest)
        while size - at >= _HEADER.size:
            source, length = _HEADER.unpack_from(self._rest, at)
            if size - at - _HEADER.size < length:
                break
            at += _HEADER.size + length
            if source in {STDOUT, STDERR}:
                yield source, bytes(self._rest[at - length : at])
        del self._rest[:at]

    def end(self) -> Iterator[Message]:
        """See ``Reader.end``; half a message is none."""
        yield from ()


class Seen:
    """What was read of an output, so that a second reading gives only what the first one missed.

    Messages are told apart by their time; several may share one, as the parts of a long line do
    (moby, ``daemon/logger/copier.go``).
    """

    def __init__(self) -> None:
        self._latest = b""
        self._of_it = 0

    @property
    def since(self) -> str | None:
        """The latest time that was read, in seconds since 1970 as Docker's API takes it; None before any."""
        if not self._latest:
            return None
        whole, _, fraction = self._latest.decode().rstrip("Z").partition(".")
        return f"{datetime.fromisoformat(f'{whole}+00:00').timestamp():.0f}.{fraction or 0}"

    def note(self, messages: list[Message]) -> list[Message]:
        """The messages, which are read from now on."""
        for _, text in messages:
            stamp = text.partition(b" ")[0]
            if stamp > self._latest:
                self._latest, self._of_it = stamp, 0
            self._of_it += stamp == self._latest
        return messages

    def missed(self, messages: Iterable[Message]) -> Iterator[Message]:
        """Those of a second reading that the first has not read."""
        passed = 0
        for message in messages:
            stamp = message[1].partition(b" ")[0]
            passed += stamp == self._latest
            if stamp > self._latest or (stamp == self._latest and passed > self._of_it):
                yield message


class TerminalReader:
    """The stream of a container with a terminal: messages one after the other, without headers."""

    def __init__(self) -> None:
        self._rest = bytearray()

    def feed(self, part: bytes) -> Iterator[Message]:
        """See ``Reader.feed``."""
        self._rest += part
        at = 0
        while (end := self._end_of_message(at)) is not None:
            yield STDOUT, bytes(self._rest[at:end])
            at = end
        del self._rest[:at]

    def end(self) -> Iterator[Message]:
        """See ``Reader.end``."""
        if self._rest:
            yield STDOUT, bytes(self._rest)
        self._rest.clear()

    def _end_of_message(self, at: int) -> int | None:
        text = self._rest.find(b" ", at) + 1
        if not text:
            return None
        newline = self._rest.find(b"\n", text, text + PART_BYTES)
        if newline >= 0:
            return newline + 1
        return text + PART_BYTES if len(self._rest) >= text + PART_BYTES else None
