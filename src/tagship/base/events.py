"""Who did what, told to whoever listens: the parts speak, ``wiring`` connects the listeners."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened. Each part derives its own, with plain values only."""


Listener = Callable[[Event], None]


class Events:
    """Passes each event to every listener, in the order in which they were connected."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = list(listeners)

    @contextmanager
    def listening(self, listener: Listener) -> Iterator[None]:
        """Tell this listener while the block runs."""
        self._listeners.append(listener)
        try:
            yield
        finally:
            self._listeners.remove(listener)

    def emit(self, event: Event) -> None:
        """Tell every listener."""
        for listener in self._listeners:
            listener(event)
