"""Lays a build context out in a folder, for a builder that reads folders; and says how big it is.

In it a file has what git knows of it, as in the archive of ``context.py``: its content, whether it may be executed,
and the time of the commit.
"""

import os
import shutil
from pathlib import Path
from typing import Final

from tagship.base.errors import Refused
from tagship.base.regular import open_regular
from tagship.image import dockerignore
from tagship.image.context import FILE, PROGRAM, Context, sent

LARGE: Final = 100_000_000
"""Bytes above which a context is worth a word."""

SHOWN: Final = 3
"""Files that the word names."""

_NOTHING_IGNORED: Final = b"# What is to be left out was left out before.\n"


def lay_out(context: Context, folder: Path, dockerfile: bytes) -> Path:
    """Write the files that the ignore file leaves in to ``folder/context``, and return where the Dockerfile is.

    That lies beside it with an ignore file of its own, so that nothing is left out twice; in the context it is only
    where the ignore file leaves it in.

    Args:
        context: what was found.
        folder: an empty one.
        dockerfile: its content.

    Raises:
        Refused: a file cannot be read, or is a pipe, a socket or a device.
    """
    into = folder / "context"
    into.mkdir()
    names = list(sent(context))
    if not context.rules.leave_out(context.dockerfile):
        names.append(context.dockerfile)
    for name in names:
        _write(context, name, into / name)
    # Last, and the deepest first: what is written in a folder changes its time.
    for name in sorted(names, reverse=True):
        _at_time_of_commit(into / name, context)
    _at_time_of_commit(into, context)
    (folder / "dockerfile").mkdir()
    place = folder / "dockerfile" / Path(context.dockerfile).name
    place.write_bytes(dockerfile)
    place.with_name(f"{place.name}{dockerignore.NAME}").write_bytes(_NOTHING_IGNORED)
    return place


def sizes(context: Context) -> list[tuple[str, int]]:
    """The files of a context with their bytes, the biggest first; links and folders count nothing."""
    paths = ((name, context.folder / name) for name in sent(context))
    found = ((name, path.lstat().st_size) for name, path in paths if path.is_file() and not path.is_symlink())
    return sorted(found, key=lambda each: (-each[1], each[0]))


def _write(context: Context, name: str, to: Path) -> None:
    path = context.folder / name
    to.parent.mkdir(parents=True, exist_ok=True)
    if name == context.dockerfile:
        to.write_bytes(context.content)  # a file of its own even where it is a link
        to.chmod(FILE)
    elif path.is_symlink():
        to.symlink_to(os.readlink(path))  # noqa: PTH115 - a Path would write it in another way
    elif path.is_dir():
        to.mkdir(exist_ok=True)
        to.chmod(PROGRAM)
    else:
        _copy(path, name, to)


def _copy(path: Path, name: str, to: Path) -> None:
    try:
        file = open_regular(path)
    except OSError as error:
        raise Refused(
            f"`{name}` in the build context cannot be sent: {error.strerror}.",
            hint=f"Remove it, or list it in `{dockerignore.NAME}`.",
        ) from error
    with file, to.open("wb") as copy:
        shutil.copyfileobj(file, copy)
        to.chmod(PROGRAM if os.fstat(file.fileno()).st_mode & 0o100 else FILE)


def _at_time_of_commit(path: Path, context: Context) -> None:
    then = int(context.created.timestamp())
    os.utime(path, (then, then), follow_symlinks=False)
