"""The rollout as it goes: lines that stay, and below them, on a terminal, one line that moves."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from rich.console import Console
from rich.live import Live
from rich.text import Text

from tagship.base.clock import Clock
from tagship.base.events import Event, Events
from tagship.base.visible import visible
from tagship.cli import github, output
from tagship.cli.documents import document
from tagship.cli.narration import narrate, progress_line
from tagship.release.happenings import RolloutProgress, VerdictReached

_STYLES = {"!!": "bold red", "==": "bold", "->": "bold cyan", "Why": "bold red"}


@contextmanager
def narrated(events: Events, clock: Clock, *, json_lines: bool = False) -> Iterator[None]:
    """Tell every event while the block runs: live on a terminal, line by line elsewhere.

    Args:
        events: what is told.
        clock: tells how long it has been going.
        json_lines: tell programs instead of people: one document a line, on stdout.
    """
    if json_lines or not output.is_terminal():
        with events.listening(_print_document if json_lines else _say):
            yield
        return
    console = Console(stderr=True, highlight=False)
    view = _View(clock)
    with (
        Live(view, console=console, refresh_per_second=4, transient=True),
        events.listening(lambda event: _print(console, view, event)),
    ):
        yield


def _say(event: Event) -> None:
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
