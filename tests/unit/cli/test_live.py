"""What moves on a terminal, and what does not."""

from io import StringIO

import pytest
from rich.console import Console
from rich.live import Live

from tagship.base.events import Event, Events
from tagship.cli.live import Screen, unless_gone
from tagship.release.events import StopRequested


def test_while_the_screen_is_paused_nothing_moves_and_afterwards_it_goes_on() -> None:
    written = StringIO()
    live = Live("moving", console=Console(file=written, force_terminal=True), auto_refresh=False, transient=True)
    screen = Screen()
    with screen.showing(live):
        with screen.paused():
            assert not live.is_started
            before = written.getvalue()
            live.refresh()
            assert written.getvalue() == before
        assert live.is_started


def test_where_nothing_moves_a_pause_is_nothing() -> None:
    with Screen().paused():
        pass


@pytest.mark.parametrize("error", [BrokenPipeError(), OSError(5, "Input/output error")])
def test_a_reader_who_has_gone_stops_no_release_and_no_other_listener(error: OSError) -> None:
    def gone(_: Event) -> None:
        raise error

    heard: list[Event] = []
    Events(unless_gone(gone), heard.append).emit(StopRequested("api"))
    assert heard == [StopRequested("api")]
