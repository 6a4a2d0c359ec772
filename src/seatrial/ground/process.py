"""The one place that starts a program."""

import os
import signal
import subprocess
import sys
from collections import deque
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Protocol

from seatrial.ground.errors import ProgramMissing, SeatrialError

LAST_LINES: Final = 10
"""Lines of a program that failed which its error quotes."""


@dataclass(frozen=True)
class Completed:
    """A program that ended: its exit code and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Command:
    """What to run: the words, where, and what to add to the environment.

    A value of ``None`` in ``env`` takes that variable away.
    """

    argv: tuple[str, ...]
    cwd: Path | None = None
    env: Mapping[str, str | None] | None = None

    @classmethod
    def of(cls, *argv: str, cwd: Path | None = None, env: Mapping[str, str | None] | None = None) -> "Command":
        """The same, with the words one by one."""
        return cls(argv, cwd, env)

    @classmethod
    def module(cls, name: str, *words: str, env: Mapping[str, str | None] | None = None) -> "Command":
        """A module of ours in a Python process of its own: ``python -P -m NAME``.

        ``-P``: without it the folder that the process starts in comes first on ``sys.path``, so that an app's
        ``secrets.py`` or ``click/`` would be imported instead of what we mean (Python documentation, "Command line
        and environment", ``-P``).
        """
        return cls((sys.executable, "-P", "-m", name, *words), env=env)

    @property
    def module_name(self) -> str:
        """Which module ``module`` starts with this; empty where it is another program."""
        interpreter, rest = self.argv[:1], self.argv[1:]
        ours = interpreter == (sys.executable,) and rest[:2] == ("-P", "-m")
        return rest[2] if ours and len(rest) > 2 else ""  # noqa: PLR2004 - the word after these two


class Processes(Protocol):
    """What starts programs."""

    def run(self, command: Command) -> Completed:
        """Run to the end and return what it printed.

        Raises:
            ProgramMissing: it is not on the PATH.
        """
        ...

    def start_detached(self, command: Command, *, log: Path) -> int:
        """Start a program that outlives us, its output appended to ``log``; returns its process id."""
        ...


class Companion:
    """A program that runs beside us; see ``SystemProcesses.start_beside``."""

    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self._process = process

    @property
    def pid(self) -> int:
        """Its process id."""
        return self._process.pid

    def wait(self, seconds: float) -> int | None:
        """Wait until it has ended; its exit code, or None where it still runs after so many seconds."""
        try:
            return self._process.wait(seconds)
        except subprocess.TimeoutExpired:
            return None

    def kill(self) -> None:
        """End it at once; ``wait`` afterwards."""
        self._process.kill()


class SystemProcesses:
    """Programs of this machine."""

    def run(self, command: Command) -> Completed:
        """See ``Processes.run``."""
        with _missing_program_named(command):
            done = subprocess.run(  # noqa: S603 - the words come from our own code, never from a shell
                command.argv,
                cwd=command.cwd,
                env=_environment(command),
                capture_output=True,
                text=True,
                errors="replace",
                check=False,
                stdin=subprocess.DEVNULL,
            )
        return Completed(done.returncode, done.stdout, done.stderr)

    def lines(self, command: Command) -> Iterator[str]:
        """Run to the end, and give each line while it is printed, whether to stdout or to stderr.

        Where nobody wants the rest, as after Ctrl-C, the program is told to end, and waited for.

        Raises:
            ProgramMissing: it is not on the PATH.
            SeatrialError: it ended with another exit code than 0; its last words are quoted.
        """
        last: deque[str] = deque(maxlen=LAST_LINES)
        with _missing_program_named(command):
            process = subprocess.Popen(  # noqa: S603 - as above
                command.argv,
                cwd=command.cwd,
                env=_environment(command),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
            )
        with process:
            try:
                for line in process.stdout or ():
                    last.append(line.rstrip())
                    yield last[-1]
            except BaseException:
                process.terminate()
                raise
        if process.returncode:
            quoted = "\n".join(f"  {line}" for line in last)
            raise SeatrialError(f"`{command.argv[0]}` ended with exit code {process.returncode}:\n{quoted}")

    def start_detached(self, command: Command, *, log: Path) -> int:
        """See ``Processes.start_detached``."""
        with _missing_program_named(command), log.open("ab") as output:
            process = subprocess.Popen(  # noqa: S603 - as above
                command.argv,
                cwd=command.cwd,
                env=_environment(command),
                stdout=output,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                start_new_session=True,
            )
        # It outlives us, so nobody waits for it; without this Python complains of a child left behind.
        process.returncode = 0
        return process.pid

    def start_beside(self, command: Command, *, channel: int) -> Companion:
        """Start a program that works for us and ends with us; what it prints goes where ours goes.

        Its standard input is the channel, one end of a socket pair: it reads the end of the file when we end,
        however we do. Ctrl-C in our terminal does not reach it.

        Args:
            command: what to run.
            channel: file descriptor of its end; ours to close afterwards.

        Raises:
            ProgramMissing: it is not on the PATH.
        """
        with _missing_program_named(command):
            process = subprocess.Popen(  # noqa: S603 - as above
                command.argv,
                cwd=command.cwd,
                env=_environment(command),
                stdin=channel,
                start_new_session=True,
            )
        return Companion(process)


def interpreter() -> str:
    """This process's Python itself, outside of any virtual environment."""
    base: str = getattr(sys, "_base_executable", sys.executable)
    return os.path.realpath(base)


def is_running(pid: int) -> bool:
    """Whether a process with this id exists and has not ended.

    One that has ended keeps its id until its parent takes note, and in a container the parent may never do so.
    """
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return not _is_zombie(pid)


def send_signal(pid: int, which: signal.Signals) -> None:
    """Send a signal to a process that we started; nothing happens where it has ended already."""
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return


def _is_zombie(pid: int) -> bool:
    """Where there is ``/proc``: see proc(5), ``/proc/PID/stat``; the program's name in it may hold any character."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].lstrip().startswith("Z")


def _environment(command: Command) -> dict[str, str] | None:
    if command.env is None:
        return None
    merged = {**os.environ, **command.env}
    return {name: value for name, value in merged.items() if value is not None}


@contextmanager
def _missing_program_named(command: Command) -> Iterator[None]:
    try:
        yield
    except FileNotFoundError as error:
        if error.filename == str(command.cwd):
            raise
        raise ProgramMissing(
            f"`{command.argv[0]}` is not on the PATH.", hint=f"Install `{command.argv[0]}`."
        ) from error
