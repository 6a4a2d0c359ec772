"""The line that moves below a rollout, on a terminal: the newest progress, and how long it has been going."""

from datetime import timedelta

from rich.console import Console
from rich.live import Live
from rich.text import Text

from tagship.base.clock import Clock
from tagship.base.events import Event
from tagship.base.visible import visible
from tagship.cli.narration import narrate, progress_line
from tagship.release.events import RolloutProgress, VerdictReached

_STYLES = {"!!": "bold red", "==": "bold", "->": "bold cyan", "Why": "bold red"}


class MovingLine:
    """Shows progress in place, and prints every other event above it, where it stays.

    Args:
        clock: tells how long it has been going.
    """

    def __init__(self, clock: Clock) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._clock, self._began = clock, clock.monotonic()
        self._progress: RolloutProgress | None = None

    def live(self) -> Live:
        """What draws it."""
        return Live(self, console=self._console, refresh_per_second=4, transient=True)

    def on_event(self, event: Event) -> None:
        """Take an event up."""
        if isinstance(event, RolloutProgress):
            self._progress = event
            return
        if isinstance(event, VerdictReached):
            self._progress = None
        for line in narrate(event):
            style = _STYLES.get(line.split(" ", 1)[0], "")
            self._console.print(Text(visible(line), style=style), soft_wrap=True)

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
