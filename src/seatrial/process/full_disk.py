"""A full disk while the embedded AWS starts: said in a sentence instead of a traceback."""

from collections.abc import Iterator
from contextlib import contextmanager
from errno import EDQUOT, ENOSPC
from pathlib import Path
from typing import Final

from seatrial.ground.errors import DiskFull

_NO_ROOM: Final = frozenset({EDQUOT, ENOSPC})
_SQLITE_FULL: Final = 13
"""``SQLITE_FULL`` (sqlite.org, "Result and Error Codes"); a number, for few who start it need SQLite themselves."""


@contextmanager
def full_disk_told(directory: Path) -> Iterator[None]:
    """What cannot be written inside, because the disk is full, is a ``DiskFull``.

    Args:
        directory: the directory of the embedded AWS.

    Raises:
        DiskFull: the disk is full, or the user's part of it.
    """
    try:
        yield
    except Exception as error:
        if not _is_full(error):
            raise
        raise disk_full(directory) from error


def disk_full(directory: Path) -> DiskFull:
    """The error for an embedded AWS whose files are there."""
    return DiskFull(
        f"No space is left on the disk of `{directory}`, so the embedded AWS cannot start. Nothing of it is lost.",
        hint="Make room on that disk (`docker system df` shows what Docker takes), then run `seatrial up`.",
    )


def _is_full(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno in _NO_ROOM
    return getattr(error, "sqlite_errorcode", None) == _SQLITE_FULL
