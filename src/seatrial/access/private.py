"""Files that only their owner reads, whatever the umask."""

import os
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
    unfinished = path.with_suffix(".new")
    unfinished.unlink(missing_ok=True)
    with os.fdopen(os.open(unfinished, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
        file.write(content)
    unfinished.replace(path)


def _close(path: Path) -> None:
    mode = path.lstat().st_mode
    if mode & _OTHERS and not path.is_symlink():
        path.chmod(mode & 0o7777 & ~_OTHERS)
