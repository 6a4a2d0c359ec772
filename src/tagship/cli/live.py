"""The rollout as it goes: lines that stay, and below them, on a terminal, one line that moves."""

import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import timedelta

from rich.console import Console
from rich.live import Live
from rich.text import Text

from tagship.base.clock import Clock
from tagship.base.events import Event, Events, Listener
from tagship.base.visible import visible
from tagship.cli import github, output
from tagship.cli.documents import document
from tagship.cli.narration import narrate, progress_line
from tagship.release.events import RolloutProgress, VerdictReached

_STYLES = {"!!": "bold red", "==": "bold", "->": "bold cyan", "Why": "bold red"}


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
        with events.listening(unless_gone(_print_document if json_lines else say)):
            yield
        return
    console = Console(stderr=True, highlight=False)
    view = _View(clock)
    live = Live(view, console=console, refresh_per_second=4, transient=True)
    with (
        (screen or Screen()).showing(live),
        events.listening(unless_gone(lambda event: _print(console, view, event))),
    ):
        yield


def unless_gone(listener: Listener) -> Listener:
    """A reader who has gone, a closed terminal or the end of a pipe, does not stop a release."""

    def tell(event: Event) -> None:
        with suppress(OSError):
            listener(event)

    return tell


def say(event: Event) -> None:
    """Tell one event, line by line."""
    for line in narrate(event):
        output.say(line)
    if github.is_there(os.environ) and (annotation := github.annotation(event)):
        output.say(annotation)


def _print_document(event: Event) -> None:
    output.as_json_line(document(event))


def _print(console: Console, view: "_View", event: Event) -> None:
    view.see(event)
    if isinstance(event, RolloutProgress):
        return
    for line in narrate(event):
        console.print(Text(visible(line), style=_STYLES.get(line.split(" ", 1)[0], "")), soft_wrap=True)


class _View:
    """The moving line: the newest progress, and how long it has been going."""

    def __init__(self, clock: Clock) -> None:
        self._clock, self._began = clock, clock.monotonic()
        self._progress: RolloutProgress | None = None

    def see(self, event: Event) -> None:
        if isinstance(event, RolloutProgress):
            self._progress = event
        if isinstance(event, VerdictReached):
            self._progress = None

    def __rich__(self) -> Text:
        elapsed = timedelta(seconds=int(self._clock.monotonic() - self._began))
        if self._progress is None:
            return Text(f"{elapsed}", style="dim")
        return Text.assemble(
            (f"{elapsed}  ", "dim"), _bar(self._progress), f"  {visible(progress_line(self._progress))}"
        )


def _bar(progress: RolloutProgress) -> Text:
    """A mark a task: new ones that run, new ones to come, old ones that still run."""
    return Text.assemble(
        ("#" * progress.new_running, "green"),
        ("." * max(progress.requested - progress.new_running, 0), "dim"),
        ("o" * progress.old_running, "yellow"),
    )
