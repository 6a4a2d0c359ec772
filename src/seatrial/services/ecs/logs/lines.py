"""Docker's messages put together to lines, as events of CloudWatch Logs. Pure.

Source: API reference of CloudWatch Logs, ``PutLogEvents``: at most 10,000 events and 1,048,576 bytes a batch,
26 bytes of overhead each, 256 KiB an event, in the order of their times. A longer line is several events, cut between
two characters, as Docker's awslogs driver does (moby, ``daemon/logger/awslogs/cloudwatchlogs.go``).
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from seatrial.services.ecs.containers.log_frames import Message

Json = dict[str, Any]

BATCH_EVENTS = 10_000
BATCH_BYTES = 1_048_576
OVERHEAD = 26
EVENT_BYTES = 256 * 1024 - OVERHEAD
_CHARACTER_BYTES = 4
"""The most that a character takes in UTF-8."""


@dataclass
class _Unfinished:
    """A line whose end has not come yet: the time of its first part, and what has come of it."""

    stamp: bytes
    parts: list[bytes] = field(default_factory=list)
    size: int = 0


class LineCutter:
    """Makes events of messages; keeps an unfinished line of each source until the rest comes, up to one event."""

    def __init__(self) -> None:
        self._unfinished: dict[int, _Unfinished] = {}

    def feed(self, message: Message) -> list[Json]:
        """The events that this message completes."""
        source, content = message
        stamp, _, text = content.partition(b" ")
        ends = text.endswith(b"\n")
        if ends and source not in self._unfinished:
            return events_of(stamp, text)
        line = self._unfinished.setdefault(source, _Unfinished(stamp))
        line.parts.append(text)
        line.size += len(text)
        if ends:
            del self._unfinished[source]
            return events_of(line.stamp, b"".join(line.parts))
        return _full_events(line) if line.size > EVENT_BYTES else []

    def end(self) -> list[Json]:
        """What is left when the stream has ended."""
        lines, self._unfinished = list(self._unfinished.values()), {}
        return [event for line in lines for event in events_of(line.stamp, b"".join(line.parts))]


def _full_events(line: _Unfinished) -> list[Json]:
    """Takes as much of an unfinished line as fills one event."""
    text = b"".join(line.parts)
    cut = _between_characters(text, EVENT_BYTES)
    line.parts, line.size = [text[cut:]], len(text) - cut
    return events_of(line.stamp, text[:cut])


def events_of(stamp: bytes, text: bytes) -> list[Json]:
    """Each with a ``timestamp`` in milliseconds and a ``message``; none for an empty line, which CloudWatch refuses."""
    line = text[:-1].rstrip(b"\r") if text.endswith(b"\n") else text
    message = line.decode("utf-8", "replace")
    if not message:
        return []
    timestamp = milliseconds(stamp.decode())
    return [{"timestamp": timestamp, "message": part} for part in _pieces(message)]


def milliseconds(stamp: str) -> int:
    """``2026-11-23T09:22:01.123456789Z`` as milliseconds since 1970; Docker has more digits than Python reads."""
    whole, _, fraction = stamp.rstrip("Z").partition(".")
    return _seconds(whole) * 1000 + int(fraction.ljust(3, "0")[:3])


@lru_cache(maxsize=64)
def _seconds(whole: str) -> int:
    return int(datetime.fromisoformat(f"{whole}+00:00").timestamp())


def _pieces(message: str) -> list[str]:
    if len(message) * _CHARACTER_BYTES <= EVENT_BYTES:
        return [message]
    pieces, left = [], message.encode()
    while left:
        cut = _between_characters(left, EVENT_BYTES)
        pieces.append(left[:cut].decode())
        left = left[cut:]
    return pieces


def _between_characters(text: bytes, most: int) -> int:
    """Where to cut UTF-8 text after at most so many bytes; text that is none is cut anywhere."""
    cut = most
    while len(text) > most and most - cut < _CHARACTER_BYTES and text[cut] & 0xC0 == 0x80:  # noqa: PLR2004 - RFC 3629
        cut -= 1
    return cut if most - cut < _CHARACTER_BYTES else most


def batches(events: Iterable[Json], most: int = BATCH_EVENTS) -> Iterator[list[Json]]:
    """Events in batches that CloudWatch Logs takes, of at most so many events, sorted by time."""
    batch: list[Json] = []
    size = 0
    for event in sorted(events, key=lambda item: int(item["timestamp"])):
        weight = len(event["message"].encode()) + OVERHEAD
        if batch and (len(batch) >= most or size + weight > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += weight
    if batch:
        yield batch
