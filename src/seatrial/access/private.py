"""Files that only their owner reads, whatever the umask."""

import contextlib
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path

_OTHERS = 0o077


def make_private(directory: Path) -> None:
    """Have a directory, and take everything in it away from everybody but its owner; links are not followed."""
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    _close(directory)
    for folder, folders, files in os.walk(directory):
        for name in (*folders, *files):
            _close(Path(folder, name))


def write_private(path: Path, content: str) -> None:
    """Write a file for its owner alone: old or new, never half."""
    with _written_beside(path, content) as unfinished:
        unfinished.replace(path)


def create_private(path: Path, content: str) -> bool:
    """Write a file for its owner alone, unless there is one: of several who do so at once, one does.

    Returns:
        Whether this one did.
    """
    with _written_beside(path, content) as unfinished:
        try:
            path.hardlink_to(unfinished)
        except FileExistsError:
            return False
    return True


@contextlib.contextmanager
def _written_beside(path: Path, content: str) -> Iterator[Path]:
    """A file of this content with a name of its own; gone after the block, if it still has that name."""
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f"{path.name}.")
    try:
        with os.fdopen(descriptor, "w") as file:
            file.write(content)
        yield Path(name)
    finally:
        Path(name).unlink(missing_ok=True)


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & _OTHERS and not path.is_symlink():
        path.chmod(mode & 0o7777 & ~_OTHERS)
