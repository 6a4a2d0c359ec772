"""Stand-ins for the clock and for programs, kept beside the real ones so that they change together."""

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from tagship.base.errors import ProgramFailed
from tagship.base.process import Command, Completed

Call = Callable[..., Any]
"""A call of a fake, as a hook gets it."""


class Hooked:
    """A fake that a test may listen to, and answer for.

    A hook is called in place of one of the fake's methods, with the method first and then what it was given:
    ``elb.on("target_health", lambda real, group: real(group)[:1])``. The newest hook is asked first.
    """

    def on(self, method: str, hook: Call) -> None:
        """Let the hook answer from now on.

        Raises:
            AttributeError: The fake has no such method.
        """
        vars(self)[method] = partial(hook, getattr(self, method))


class ManualClock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self.elapsed = 0.0

    def now(self) -> datetime:
        """The start, and what was slept since."""
        return self._start + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        """Seconds slept so far."""
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.elapsed += seconds


Answer = Callable[[Command], Completed | None]


class ScriptedProcesses:
    """Answers each command with the first script that has an answer, and remembers what was run."""

    def __init__(self, *answers: Answer) -> None:
        self._answers = answers
        self.ran: list[Command] = []

    def run(self, command: Command, *, check: bool = True) -> Completed:
        """See ``Processes.run``."""
        self.ran.append(command)
        done = next((found for answer in self._answers if (found := answer(command))), Completed(0, "", ""))
        if check and done.returncode:
            raise ProgramFailed(done.stdout + done.stderr, returncode=done.returncode)
        return done

    def lines(self, command: Command) -> Iterator[str]:
        """See ``Processes.lines``."""
        done = self.run(command, check=False)
        yield from (done.stdout + done.stderr).splitlines()
        if done.returncode:
            raise ProgramFailed(done.stdout + done.stderr, returncode=done.returncode)

    def interrupt(self) -> None:
        """See ``Processes.interrupt``; nothing runs here."""

    def start_detached(self, command: Command, *, log: Path) -> int:  # noqa: ARG002 - the shape of the real one
        """See ``Processes.start_detached``."""
        self.run(command)
        return 1


def says(*prefix: str, stdout: str = "", stderr: str = "", returncode: int = 0) -> Answer:
    """The answer to every command that begins with these words."""

    def answer(command: Command) -> Completed | None:
        return Completed(returncode, stdout, stderr) if command.argv[: len(prefix)] == prefix else None

    return answer
