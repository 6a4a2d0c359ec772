"""The rollout as it goes: lines that stay, and below them, on a terminal, one line that moves."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING

from tagship.base.clock import Clock
from tagship.base.events import Event, Events, Listener
from tagship.cli import output

if TYPE_CHECKING:  # rich takes longer to import than most commands take
    from rich.live import Live


class Screen:
    """The line that moves, where there is one."""

    def __init__(self) -> None:
        self._live: Live | None = None

    @contextmanager
    def showing(self, live: Live) -> Iterator[None]:
        """Show it while the block runs."""
        with live:
            self._live = live
            try:
                yield
            finally:
                self._live = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """Take it away while the block runs: what a person is asked stands alone, and no old news beside it."""
        live = self._live
        if live is None:
            yield
            return
        live.stop()
        try:
            yield
        finally:
            live.start()


@contextmanager
def narrated(events: Events, clock: Clock, *, json_lines: bool = False, screen: Screen | None = None) -> Iterator[None]:
    """Tell every event while the block runs: live on a terminal, line by line elsewhere.

    Args:
        events: what is told.
        clock: tells how long it has been going.
        json_lines: tell programs instead of people: one document a line, on stdout.
        screen: what pauses the line that moves.
    """
    if json_lines or not output.is_terminal():
        with events.listening(unless_gone(_print_document if json_lines else print_event)):
            yield
        return
    from tagship.cli.moving import MovingLine

    line = MovingLine(clock)
    with (screen or Screen()).showing(line.live()), events.listening(unless_gone(line.on_event)):
        yield


def unless_gone(listener: Listener) -> Listener:
    """A reader who has gone, a closed terminal or the end of a pipe, does not stop a release."""

    def on_event(event: Event) -> None:
        with suppress(OSError):
            listener(event)

    return on_event


def print_event(event: Event) -> None:
    """Print one event, line by line."""
    from tagship.cli import github
    from tagship.cli.narration import narrate

    for line in narrate(event):
        output.say(line)
    if github.is_there(os.environ) and (annotation := github.annotation(event)):
        output.say(annotation)


def _print_document(event: Event) -> None:
    from tagship.cli.documents import document

    output.as_json_line(document(event))
