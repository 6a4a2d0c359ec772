"""What Terraform does, as lines; on a terminal, what is under way stands below them."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import singledispatch

from rich.console import Console
from rich.live import Live
from rich.text import Text

from tagship.base.events import Event, Events
from tagship.base.visible import visible
from tagship.cli import output
from tagship.infra.events import (
    ResourceFailed,
    ResourceFinished,
    ResourceStarted,
    ResourceWaiting,
    StageStarted,
    TerraformInterrupted,
)

_DONE = {"create": "made", "update": "changed", "delete": "destroyed", "replace": "replaced", "move": "renamed"}


@contextmanager
def shown(events: Events) -> Iterator[None]:
    """Show every event while the block runs."""
    listener: Teller = Lines() if not output.is_terminal() else LiveLines()
    with listener.going(), events.listening(listener.on_event):
        yield


class Lines:
    """Line by line, for a log."""

    @contextmanager
    def going(self) -> Iterator[None]:
        """Nothing to set up."""
        yield

    def on_event(self, event: Event) -> None:
        """Say what happened."""
        if (line := line_of(event)) is not None:
            output.say(line)


class LiveLines:
    """The same lines, and below them what is under way."""

    def __init__(self) -> None:
        self._console = Console(stderr=True, highlight=False)
        self._under_way: dict[str, str] = {}

    @contextmanager
    def going(self) -> Iterator[None]:
        """Draw until the end."""
        with Live(get_renderable=self._draw, console=self._console, refresh_per_second=4, transient=True):
            yield

    def on_event(self, event: Event) -> None:
        """Print what is done; keep what is under way."""
        if isinstance(event, ResourceStarted | ResourceWaiting):
            self._under_way[event.address] = _under_way(event)
            return
        if isinstance(event, ResourceFinished | ResourceFailed):
            self._under_way.pop(event.address, None)
        if (line := line_of(event)) is not None:
            self._console.print(Text(visible(line)), soft_wrap=True)

    def _draw(self) -> Text:
        return Text("\n".join(f"  {visible(text)}" for text in self._under_way.values()), style="dim")


Teller = Lines | LiveLines


def _under_way(event: ResourceStarted | ResourceWaiting) -> str:
    if isinstance(event, ResourceStarted):
        return f"{event.address} …"
    waiting = f", waiting for {event.waiting_for}" if event.waiting_for else ""
    return f"{event.address} {event.elapsed_seconds:.0f} s{waiting}"


@singledispatch
def line_of(event: Event) -> str | None:  # noqa: ARG001 - the answer for every kind that is not named below
    """The line for an event; None for what needs none."""
    return None


@line_of.register
def _(event: StageStarted) -> str:
    return f"-> {event.text}."


@line_of.register
def _(event: ResourceWaiting) -> str:
    return f"   {_under_way(event)}"


@line_of.register
def _(event: ResourceFinished) -> str:
    return f"   {event.address} {_DONE[event.action]} ({event.elapsed_seconds:.0f} s)"


@line_of.register
def _(event: ResourceFailed) -> str:
    return f"!! {event.address} failed after {event.elapsed_seconds:.0f} s"


@line_of.register
def _(event: TerraformInterrupted) -> str:  # noqa: ARG001 - registered by its type
    return "!! Interrupted: Terraform finished the operations in progress and saved its state. Apply again to continue."
