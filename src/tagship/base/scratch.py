"""Temporary folders that do not pile up: a run removes its own, however it ends, or the next run does.

SIGKILL and a power cut leave a folder behind; its run held a lock on it, which the kernel has given back since.
"""

import fcntl
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory, gettempdir
from typing import Final

from tagship.base.clock import Clock, SystemClock

_CLOCK: Final = SystemClock()

_YOUNG: Final = 60.0
"""Seconds for which a folder without a lock may still be about to get it."""


@contextmanager
def scratch(prefix: str, clock: Clock = _CLOCK) -> Iterator[Path]:
    """An empty folder for as long as the block runs; what cannot be removed in the end hides no error.

    Args:
        prefix: what its name begins with, such as ``tagship-source-``; folders with it that nobody uses go first.
        clock: tells how old such a folder is.
    """
    remove_left(Path(gettempdir()), prefix, clock.now().timestamp())
    with TemporaryDirectory(prefix=prefix, ignore_cleanup_errors=True) as name, _held(Path(name)):
        yield Path(name)


def remove_left(within: Path, prefix: str, now: float) -> None:
    """Remove the folders with this prefix that are ours, that no run uses, and that are no link.

    ``now`` is seconds since 1970.
    """
    for folder in within.glob(f"{prefix}*"):
        with suppress(OSError):
            facts = folder.lstat()
            if folder.is_symlink() or facts.st_uid != os.getuid() or now - facts.st_mtime < _YOUNG:
                continue
            with _held(folder) as held:
                if held:
                    shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _held(folder: Path) -> Iterator[bool]:
    """Whether this process holds the lock of a folder, within the block; the kernel gives it back, however we end."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
    finally:
        os.close(descriptor)
