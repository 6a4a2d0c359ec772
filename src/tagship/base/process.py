"""The one place that starts a program."""

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from tagship.base.errors import ProgramFailed, ProgramMissing

LAST_WORDS = 20
"""Lines of a failed program's output that its error quotes."""

_HEARING = "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execvp(sys.argv[1], sys.argv[1:])"
"""Becomes the program that follows, with SIGINT at its default."""

PATIENCE = 180
"""Seconds that an interrupted program may take to end: Terraform first finishes the requests under way."""


@dataclass(frozen=True)
class Completed:
    """A program that ended: its exit code and what it printed."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True)
class Command:
    """What to run: the words, where, and what to add to the environment.

    A value of ``None`` in ``env`` takes that variable away. With ``whole_group`` an interrupt reaches the programs that
    it started, too, as Ctrl-C in a terminal does.
    """

    argv: tuple[str, ...]
    cwd: Path | None = None
    env: Mapping[str, str | None] | None = None
    whole_group: bool = False

    @classmethod
    def of(cls, *argv: str, cwd: Path | None = None, env: Mapping[str, str | None] | None = None) -> "Command":
        """The same, with the words one by one."""
        return cls(argv, cwd, env)

    @classmethod
    def module(
        cls, name: str, *words: str, cwd: Path | None = None, env: Mapping[str, str | None] | None = None
    ) -> "Command":
        """A module of ours in a Python process of its own: ``python -P -m NAME``.

        ``-P``: without it the folder that the process starts in comes first on ``sys.path``, so that an app's
        ``secrets.py`` or ``click/`` would be imported instead of what we mean (Python documentation, "Command line
        and environment", ``-P``).
        """
        return cls((sys.executable, "-P", "-m", name, *words), cwd, env)

    @property
    def module_name(self) -> str:
        """Which module ``module`` starts with this; empty where it is another program."""
        interpreter, rest = self.argv[:1], self.argv[1:]
        ours = interpreter == (sys.executable,) and rest[:2] == ("-P", "-m")
        return rest[2] if ours and len(rest) > 2 else ""  # noqa: PLR2004 - the word after these two


class Processes(Protocol):
    """What starts programs."""

    def run(self, command: Command, *, check: bool = True) -> Completed:
        """Run to the end and return what it printed.

        Raises:
            ProgramMissing: it is not on the PATH.
            ProgramFailed: it ended with another code than 0, and ``check`` is set.
        """
        ...

    def lines(self, command: Command) -> Iterator[str]:
        """Run, and yield each line (stdout and stderr together) as it is printed.

        Closing the iterator, or an exception such as Ctrl-C, interrupts the program and waits for it.

        Raises:
            ProgramMissing: it is not on the PATH.
            ProgramFailed: it ended with another code than 0, after its last line was yielded.
        """
        ...

    def interrupt(self) -> None:
        """Interrupt the program whose lines are being read, which then ends in its own way; from a signal's handler."""
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

    _read: "subprocess.Popen[str] | None" = None

    def run(self, command: Command, *, check: bool = True) -> Completed:
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
        if check and done.returncode:
            raise _failed(command, done.returncode, (done.stdout + done.stderr).splitlines())
        return Completed(done.returncode, done.stdout, done.stderr)

    def lines(self, command: Command) -> Iterator[str]:
        """See ``Processes.lines``."""
        with _missing_program_named(command):
            process = subprocess.Popen(  # noqa: S603 - as above
                _hearing(command),
                cwd=command.cwd,
                env=_environment(command),
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                errors="replace",
                # Its own group: Ctrl-C reaches it through us, once, so that it can end well.
                start_new_session=True,
            )
        last: list[str] = []
        ended = False
        self._read = process
        with process:
            try:
                for line in process.stdout or ():
                    last = [*last, line.rstrip("\n")][-LAST_WORDS:]
                    yield line.rstrip("\n")
                ended = True
            finally:
                self._read = None
                if not ended:
                    _end(process, whole_group=command.whole_group)
        if process.returncode:
            raise _failed(command, process.returncode, last)

    def interrupt(self) -> None:
        """See ``Processes.interrupt``."""
        if self._read is not None:
            self._read.send_signal(signal.SIGINT)

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


def find_program(name: str) -> str | None:
    """Where a program is, or None where it is not on the PATH."""
    return shutil.which(name)


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


def _is_zombie(pid: int) -> bool:
    """Where there is ``/proc``: see proc(5), ``/proc/PID/stat``; the program's name in it may hold any character."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return False
    return stat.rpartition(")")[2].lstrip().startswith("Z")


def send_signal(pid: int, which: signal.Signals) -> None:
    """Send a signal to a process that we started; nothing happens where it has ended already."""
    try:
        os.kill(pid, which)
    except ProcessLookupError:
        return


def _hearing(command: Command) -> tuple[str, ...]:
    """The words that start a program which hears our SIGINT.

    A shell without job control starts what runs in the background with SIGINT ignored, and whoever ignores it hands
    that on to all that it starts (POSIX, 2.11 and ``exec``). Nothing but the program itself can end that: Python
    offers no other moment between fork and exec that is safe beside threads.

    Raises:
        FileNotFoundError: it is not on the PATH.
    """
    if signal.getsignal(signal.SIGINT) is not signal.SIG_IGN:
        return command.argv
    around = _environment(command) or os.environ
    if shutil.which(command.argv[0], path=around.get("PATH")) is None:
        raise FileNotFoundError(command.argv[0])
    return (sys.executable, "-I", "-S", "-c", _HEARING, *command.argv)


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


def _failed(command: Command, returncode: int, output: Sequence[str]) -> ProgramFailed:
    last_words = "\n".join(f"  {line}" for line in output[-LAST_WORDS:])
    name = " ".join(command.argv[:2])
    return ProgramFailed(f"`{name}` ended with exit code {returncode}:\n{last_words}", returncode=returncode)


def _end(process: "subprocess.Popen[str]", *, whole_group: bool) -> None:
    """Interrupt and wait: Terraform, for one, writes its state down before it goes.

    Its output is read on meanwhile: a program that cannot print cannot end.
    A second Ctrl-C is passed on too; after a third it is killed.
    """
    for patience in (PATIENCE, 10):
        if whole_group:
            _interrupt_group(process)
        else:
            process.send_signal(signal.SIGINT)
        try:
            process.communicate(timeout=patience)
        except (subprocess.TimeoutExpired, KeyboardInterrupt):
            continue
        return
    process.kill()
    process.wait()


def _interrupt_group(process: "subprocess.Popen[str]") -> None:
    """It was started in a session of its own, so its group has its id; nothing happens where all of it has ended."""
    try:
        os.killpg(process.pid, signal.SIGINT)
    except ProcessLookupError:
        return
