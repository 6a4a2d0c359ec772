"""Requests at a steady rate, and how many were answered."""

import contextlib
import threading
from collections.abc import Iterator

import httpx

from tagship.base.clock import SystemClock

_CLOCK = SystemClock()
_SENDERS = 8


class Load:
    """Requests at a steady rate, each on its own thread's connection."""

    def __init__(self, door: str, rate: float) -> None:
        self._door, self._rate = door, rate
        self._ended = threading.Event()
        self._lock = threading.Lock()
        self._sent = 0
        self.answered = 0
        self.failed = 0

    def send(self, began: float) -> None:
        """Send whatever is due until it ends; others send too."""
        with httpx.Client(timeout=30) as client:
            while not self._ended.is_set():
                with self._lock:
                    due = began + self._sent / self._rate
                    self._sent += 1
                self._ended.wait(max(0.0, due - _CLOCK.monotonic()))
                self._count(self._ok(client))

    def end(self) -> None:
        """Send no more."""
        self._ended.set()

    def _ok(self, client: httpx.Client) -> bool:
        try:
            return client.get(self._door).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    def _count(self, good: bool) -> None:  # noqa: FBT001 - one of two
        with self._lock:
            self.answered += good
            self.failed += not good


@contextlib.contextmanager
def sending(door: str, rate: float) -> Iterator[Load]:
    """Requests to this address, so many a second, until the block ends."""
    load = Load(door, rate)
    began = _CLOCK.monotonic()
    threads = [threading.Thread(target=load.send, args=(began,)) for _ in range(_SENDERS)]
    for thread in threads:
        thread.start()
    try:
        yield load
    finally:
        load.end()
        for thread in threads:
            thread.join()
