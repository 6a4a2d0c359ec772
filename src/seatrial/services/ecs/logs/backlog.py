"""Log events on their way from the thread that reads Docker's stream to the loop that ships them."""

import asyncio
import contextlib
import threading
from collections.abc import Iterator

from seatrial.services.ecs.containers.log_frames import Message
from seatrial.services.ecs.logs.lines import Json, LineCutter

MOST_BYTES = 4 << 20
"""What may lie here, in bytes of text. A reader of a full backlog waits, and Docker keeps the rest on disk."""


class Backlog:
    """Filled by one thread, emptied by the event loop that made it.

    Args:
        most: bytes after which the thread waits.
    """

    def __init__(self, most: int = MOST_BYTES) -> None:
        self._loop = asyncio.get_running_loop()
        self._most = most
        self._changed = threading.Condition()
        self._there = asyncio.Event()
        self._events: list[Json] = []
        self._size = 0
        self._ended = self._closed = self._told = False
        self.read = 0
        """Bytes that were read so far: whether the stream goes on."""

    def fill(self, stream: Iterator[list[Message]]) -> None:
        """Run in a thread of its own: read a stream to its end, or until nobody wants it any more."""
        cutter = LineCutter()
        try:
            for messages in stream:
                size = sum(len(content) for _, content in messages)
                events = [event for message in messages for event in cutter.feed(message)]
                if not self._put(events, size):
                    return
        finally:
            self._put(cutter.end(), 0, last=True)

    async def take(self) -> tuple[list[Json], bool]:
        """Wait for events; returns all that there are, and whether the stream has ended with them."""
        await self._there.wait()
        with self._changed:
            events, self._events, self._size = self._events, [], 0
            self._there.clear()
            self._told = False
            self._changed.notify()
            return events, self._ended

    def close(self) -> None:
        """Nobody takes any more; a thread that waits ends."""
        with self._changed:
            self._closed = True
            self._changed.notify()

    def _put(self, events: list[Json], size: int, *, last: bool = False) -> bool:
        with self._changed:
            self._changed.wait_for(lambda: self._closed or self._size < self._most)
            self._events += events
            self._size += size
            self.read += size
            self._ended = last
            # One call for all that lies here: a wake-up for each line would be most of the work.
            # Without events too, where it is full: of bare newlines nothing is left but their size.
            unseen = bool(events or last or self._size >= self._most) and not self._told
            self._told = self._told or unseen
        if unseen:
            with contextlib.suppress(RuntimeError):  # the loop has closed: nobody listens any more
                self._loop.call_soon_threadsafe(self._there.set)
        return not self._closed
