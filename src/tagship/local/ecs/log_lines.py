"""Docker's log stream cut into CloudWatch Logs events. Pure.

Source: API reference of CloudWatch Logs, ``PutLogEvents``: at most 10,000 events and 1,048,576 bytes a batch,
26 bytes of overhead each, 256 KiB an event, in the order of their times.
"""

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

Json = dict[str, Any]

BATCH_EVENTS = 10_000
BATCH_BYTES = 1_048_576
OVERHEAD = 26
EVENT_BYTES = 256 * 1024 - OVERHEAD


class LineCutter:
    """Cuts chunks of ``TIMESTAMP text`` into events; keeps an unfinished last line until the rest comes."""

    def __init__(self) -> None:
        self._rest = b""

    def feed(self, chunk: bytes) -> list[Json]:
        """The events that this chunk completes."""
        *lines, self._rest = (self._rest + chunk).split(b"\n")
        return [event for line in lines if (event := event_of(line))]

    def end(self) -> list[Json]:
        """What is left when the stream has ended."""
        event, self._rest = event_of(self._rest), b""
        return [event] if event else []


def event_of(line: bytes) -> Json | None:
    """A ``timestamp`` in milliseconds and a ``message``; None for an empty line, which CloudWatch Logs refuses."""
    stamp, _, text = line.rstrip(b"\r").partition(b" ")
    message = text.decode("utf-8", "replace")
    if not message:
        return None
    return {"timestamp": milliseconds(stamp.decode()), "message": message[:EVENT_BYTES]}


def milliseconds(stamp: str) -> int:
    """``2026-11-23T09:22:01.123456789Z`` as milliseconds since 1970; Docker has more digits than Python reads."""
    whole, _, fraction = stamp.rstrip("Z").partition(".")
    seconds = datetime.fromisoformat(f"{whole}+00:00").timestamp()
    return int(seconds) * 1000 + int(fraction.ljust(3, "0")[:3])


def batches(events: Iterable[Json]) -> Iterator[list[Json]]:
    """Events in batches that CloudWatch Logs takes, sorted by time."""
    batch: list[Json] = []
    size = 0
    for event in sorted(events, key=lambda item: int(item["timestamp"])):
        weight = len(event["message"].encode()) + OVERHEAD
        if batch and (len(batch) >= BATCH_EVENTS or size + weight > BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(event)
        size += weight
    if batch:
        yield batch
