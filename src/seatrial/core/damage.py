"""Files of state that cannot be read: put aside, never written over, and said at ``seatrial up``."""

import logging
import sqlite3
from datetime import UTC, datetime
from pathlib import Path

from seatrial.ground.errors import EmbeddedAwsUnavailable

_log = logging.getLogger("seatrial")
_BESIDE = ("-wal", "-shm")
"""What SQLite keeps beside a file, and what belongs to it."""


def put_aside(path: Path) -> Path:
    """Rename to ``NAME.damaged-TIME``, with the time of its last change (UTC); what belongs to it goes along."""
    changed = datetime.fromtimestamp(path.stat().st_mtime, UTC).strftime("%Y%m%dT%H%M%SZ")
    aside = path.with_name(f"{path.name}.damaged-{changed}")
    number = 1
    while aside.exists():
        number += 1
        aside = path.with_name(f"{path.name}.damaged-{changed}-{number}")
    path.rename(aside)
    for end in _BESIDE:
        beside = path.with_name(path.name + end)
        if beside.exists():
            beside.rename(aside.with_name(aside.name + end))
    _log.error("%s is damaged; it is put aside as %s", path, aside)
    return aside


def is_aside(path: Path) -> bool:
    """Whether a file of this name was put aside and is still there."""
    return any(path.parent.glob(f"{path.name}.damaged-*"))


def notices(directory: Path) -> list[str]:
    """One sentence or more for each file that was put aside and is still there: what it means, what to do."""
    found = [path for path in sorted(directory.rglob("*.damaged-*")) if not path.name.endswith(_BESIDE)]
    return [_notice(path, path.with_name(path.name.partition(".damaged-")[0])) for path in found]


def _notice(aside: Path, original: Path) -> str:
    return (
        f"`{original.name}` was damaged and could not be read: its content is missing. It is kept as `{aside}`. To "
        f"restore it, run `seatrial down`, repair the file, rename it to `{original.name}`, and start again; "
        "otherwise delete it."
    )


def open_database(path: Path, *, needed: bool) -> sqlite3.Connection:
    """Open or make a SQLite file: write-ahead log, for any thread, transactions by hand.

    Args:
        path: the path of the file; its directory is made.
        needed: refuse to begin without what is in it; else a damaged file is put aside.

    Raises:
        EmbeddedAwsUnavailable: it is damaged, and needed.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    try:
        return _opened(path)
    except sqlite3.DatabaseError as error:
        if not _is_damage(error):
            raise
        if needed:
            raise _refused(path, error) from error
        put_aside(path)
        return _opened(path)


def _opened(path: Path) -> sqlite3.Connection:
    database = sqlite3.connect(path, check_same_thread=False, isolation_level=None)
    try:
        database.execute("PRAGMA journal_mode=WAL")
        database.execute("PRAGMA synchronous=NORMAL")
        (found,) = database.execute("PRAGMA quick_check(1)").fetchone()
    except BaseException:
        database.close()
        raise
    if found != "ok":
        database.close()
        raise sqlite3.DatabaseError(found)
    return database


def _is_damage(error: sqlite3.DatabaseError) -> bool:
    # A full or locked disk is an OperationalError: the file itself is whole.
    return not isinstance(error, sqlite3.OperationalError)


def _refused(path: Path, error: Exception) -> EmbeddedAwsUnavailable:
    return EmbeddedAwsUnavailable(
        f"`{path}` is damaged ({error}). Without it every running container would be removed, so nothing was started.",
        hint=f"Restore a copy of `{path.name}`, or run `seatrial reset` to start empty.",
    )
