"""Opens files of a repository: a pipe or a device in their place, itself or behind a link, would never end."""

import errno
import stat
from pathlib import Path
from typing import BinaryIO


def open_regular(path: Path) -> BinaryIO:
    """Open a file for reading.

    Raises:
        OSError: there is none, it cannot be read, or it is no regular file (POSIX, ``S_ISREG``): before it is opened.
    """
    require_regular(path)
    return path.open("rb")


def require_regular(path: Path) -> None:
    """See that what lies at a path, wherever links lead, can be read to its end or written over.

    Raises:
        OSError: it is not there, or it is a pipe, a socket or a device; a folder has an error of its own when opened.
    """
    mode = path.stat().st_mode
    if not stat.S_ISREG(mode) and not stat.S_ISDIR(mode):
        raise OSError(errno.EINVAL, f"it is {_kind(mode)}, not a regular file", str(path))


def _kind(mode: int) -> str:
    if stat.S_ISFIFO(mode):
        return "a named pipe"
    return "a socket" if stat.S_ISSOCK(mode) else "a device"
