"""Which process is the embedded AWS of a home: it holds a lock while it lives, and says beside it who it is."""

import contextlib
import fcntl
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import BinaryIO

from seatrial.core.settings import LAST_PORT
from seatrial.ground.errors import EmbeddedAwsUnavailable


@dataclass(frozen=True)
class InstanceFacts:
    """What a server says of itself: the id of its process, its port, since when (ISO 8601, UTC)."""

    pid: int
    port: int
    started: str


@contextlib.contextmanager
def only_one(directory: Path, facts: InstanceFacts) -> Iterator[None]:
    """Be the embedded AWS of this directory, and say so, until the end of the block or of the process.

    Raises:
        EmbeddedAwsUnavailable: another process is.
    """
    directory.mkdir(parents=True, exist_ok=True)
    with _lock_path(directory).open("ab") as file:
        if not _try_lock(file):
            raise EmbeddedAwsUnavailable("Another embedded AWS with this home directory is running or starting.")
        path = _facts_path(directory)
        unfinished = path.with_suffix(".new")
        unfinished.write_text(json.dumps(asdict(facts)))
        unfinished.replace(path)
        try:
            yield
        finally:
            forget(directory)


def is_alive(directory: Path) -> bool:
    """Whether a process is the embedded AWS of this directory, though it may not answer."""
    try:
        with _lock_path(directory).open("rb") as file:
            return not _try_lock(file, shared=True)
    except OSError:
        return False


def facts_of(directory: Path) -> InstanceFacts | None:
    """What the server said of itself; None where there is nothing, or nothing that makes sense."""
    with contextlib.suppress(OSError, ValueError, TypeError):
        found = InstanceFacts(**json.loads(_facts_path(directory).read_text()))
        numbers = (found.pid, found.port)
        if all(isinstance(number, int) for number in numbers) and found.pid > 0 and 0 < found.port <= LAST_PORT:
            return found
    return None


def forget(directory: Path) -> None:
    """Nobody is the embedded AWS of this directory any more."""
    _facts_path(directory).unlink(missing_ok=True)


def _try_lock(file: BinaryIO, *, shared: bool = False) -> bool:
    """The kernel gives it back when the process ends, however it ends."""
    try:
        fcntl.flock(file, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _lock_path(directory: Path) -> Path:
    return directory / "instance.lock"


def _facts_path(directory: Path) -> Path:
    return directory / "instance.json"
