"""Who did what, told to whoever listens: the parts speak, ``wiring`` connects the listeners."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Event:
    """Something that happened. Each part derives its own, with plain values only."""


Listener = Callable[[Event], None]


class Events:
    """Passes each event to every listener, in the order in which they were connected."""

    def __init__(self, *listeners: Listener) -> None:
        self._listeners = list(listeners)

    def connect(self, listener: Listener) -> None:
        """From now on, tell this listener too."""
        self._listeners.append(listener)

    def emit(self, event: Event) -> None:
        """Tell every listener."""
        for listener in self._listeners:
            listener(event)
