"""Whether the disk has room for what a request changes, asked before the change: on a full disk nothing is done."""

import contextlib
import os
from collections.abc import Callable
from pathlib import Path

RESERVE_BYTES = 4 << 20
"""Held on disk, and given up where what was begun could not be written otherwise."""

SPARE_BYTES = 1 << 20
"""Bytes that stay free beyond what a request brings: for logs, indexes, and what others write meanwhile."""

_COPIES = 2
"""A file that is replaced is there twice for a moment."""


class DiskSpace:
    """The room of one directory.

    Args:
        directory: the directory of the embedded AWS.
        free: bytes that are free there.
    """

    def __init__(self, directory: Path, free: Callable[[Path], int] | None = None) -> None:
        self._directory = directory
        self._reserve = directory / "reserve"
        self._free = free or _free_bytes

    def has(self, size: int) -> bool:
        """Whether so many bytes can be taken in; the reserve is made first, or again."""
        try:
            return self._reserved() and self._free(self._directory) >= _COPIES * size + SPARE_BYTES
        except OSError:
            return False

    def give_up_reserve(self) -> bool:
        """Make room for what was begun before the disk was full; whether there was any to make."""
        if not self._reserve.exists():
            return False
        self._reserve.unlink(missing_ok=True)
        return True

    def _reserved(self) -> bool:
        if self._reserve.exists():
            return True
        unfinished = self._reserve.with_suffix(".new")
        try:
            # Random, for some file systems keep zeros in no room at all.
            unfinished.write_bytes(os.urandom(RESERVE_BYTES))
            unfinished.replace(self._reserve)
        except OSError:
            with contextlib.suppress(OSError):
                unfinished.unlink(missing_ok=True)
            return False
        return True


def _free_bytes(directory: Path) -> int:
    there = os.statvfs(directory)
    return there.f_bavail * there.f_frsize
