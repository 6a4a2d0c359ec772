"""What Ctrl-C means in the middle of a rollout, and what else ends a run means there."""

import select
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType
from typing import Final

from tagship.cli import output
from tagship.release.context import Choice

PATIENCE: Final = 60
"""Seconds in which a person answers: the environment's turn is held meanwhile, and so is a half-done rollout."""

_CHOICES: Final = {"": Choice.ROLL_BACK, "r": Choice.ROLL_BACK, "l": Choice.LEAVE, "w": Choice.GO_ON}
_QUESTION: Final = (
    "Roll back (r), leave the rollout running and stop watching (l), or keep watching (w)?\nCtrl-C leaves it "
    f"running; without an answer in {PATIENCE} s it is rolled back. [r] "
)
_ENDING: Final = tuple(getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name))

Read = Callable[[float], str | None]
"""Gives the line that is typed within so many seconds; None where none is."""


class Interruption:
    """Hears what would end this run, and asks the person where there is one.

    Args:
        paused: holds back what moves on the terminal while the question stands.
        read: reads the answer.
        terminal: whether a person is watching.
    """

    def __init__(
        self,
        paused: Callable[[], AbstractContextManager[None]] = nullcontext,
        read: Read | None = None,
        terminal: Callable[[], bool] = output.is_terminal,
    ) -> None:
        self._paused, self._read, self._terminal = paused, read or _typed, terminal
        self._by: int | None = None

    @contextmanager
    def heard(self) -> Iterator[None]:
        """Have SIGTERM and SIGHUP, while the block runs, do what Ctrl-C does; an ignored signal stays ignored."""
        before = {number: signal.getsignal(number) for number in _ENDING}
        hearing = [number for number, handler in before.items() if handler is not signal.SIG_IGN]
        for number in hearing:
            signal.signal(number, self._on_signal)
        try:
            yield
        finally:
            for number in hearing:
                signal.signal(number, before[number])

    def choose(self) -> Choice:
        """Ask the person; without one, or without an answer in time, the rollout is taken back."""
        if self._by not in (None, signal.SIGINT) or not self._terminal():
            return Choice.ROLL_BACK
        with self._paused():
            try:
                choice = self._asked()
            except KeyboardInterrupt:
                return Choice.LEAVE
        if choice is Choice.GO_ON:
            self._by = None  # what comes later is a wish of its own
        return choice

    def _asked(self) -> Choice:
        output.ask(_QUESTION)
        while True:
            answer = self._read(PATIENCE)
            if answer is None:
                output.say(f"\nNo answer in {PATIENCE} s: rolling back.")
                return Choice.ROLL_BACK
            if (choice := _CHOICES.get(answer.strip().lower())) is not None:
                return choice
            output.ask("Enter r, l or w: ")

    def _on_signal(self, number: int, _: FrameType | None) -> None:
        """Without a person the first signal counts.

        Git, and a CI, send several for one wish, and the last of them must not keep the record from being written.
        """
        again = self._by is not None
        self._by = number
        if again and not (number == signal.SIGINT and self._terminal()):
            return
        raise KeyboardInterrupt


def _typed(seconds: float) -> str | None:
    """A terminal gives whole lines, so what is ready is one; the end of the file counts as no answer."""
    if not select.select([sys.stdin], [], [], seconds)[0]:
        return None
    return sys.stdin.readline() or None
