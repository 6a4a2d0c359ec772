"""What a build sees: the files of its context that the ignore file leaves in, as the archive that Docker takes.

It is made here and not by the Docker SDK, which reads a Dockerfile as text in the encoding of this machine, knows no
``Dockerfile.dockerignore``, and packs the modes that this machine's umask gave. In the archive a file has what git
knows of it: its content, whether it may be executed, and the time of the commit; so the same commit is the same image.
"""

import io
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO

from tagship.base.errors import NotReady, Refused
from tagship.base.regular import open_regular
from tagship.image import dockerignore
from tagship.image.builder import BuildRequest

FILE, PROGRAM = 0o644, 0o755


@dataclass(frozen=True)
class Context:
    """A build context that was looked at.

    Args:
        folder: where it is, links resolved.
        dockerfile: its name below the folder.
        content: the Dockerfile's.
        rules: what stays out.
        created: the time that every file gets.
    """

    folder: Path
    dockerfile: str
    content: bytes
    rules: dockerignore.Rules
    created: datetime


def find(request: BuildRequest) -> Context:
    """Look at a build context.

    Raises:
        NotReady: the context or the Dockerfile is not part of what git holds.
        Refused: one of them is a link that leads out of the repository, or no regular file; or the ignore file has a
            line without meaning.
    """
    where = f"services.{request.service}.build"
    folder = _inside(request, request.context, f"The build context of `{request.service}`", f"{where}.context")
    content = _read(request, folder / request.dockerfile)
    if content is None:
        raise NotReady(
            f"`{request.version}` has no `{request.dockerfile}` in the build context of `{request.service}`.",
            hint=f"Commit it (`git status --ignored` shows whether git ignores it), or correct `{where}` "
            "in `tagship.yaml`.",
        )
    return Context(folder, request.dockerfile, content, _rules(request, folder), request.created)


def _rules(request: BuildRequest, folder: Path) -> dockerignore.Rules:
    """Those of ``api.Dockerfile.dockerignore`` beside ``api.Dockerfile``, else of ``.dockerignore``, as in BuildKit."""
    for name in (f"{request.dockerfile}{dockerignore.NAME}", dockerignore.NAME):
        content = _read(request, folder / name)
        if content is not None:
            try:
                return dockerignore.parse(content)
            except ValueError as error:
                raise Refused(
                    f"`{name}` of `{request.service}` has an invalid pattern: `{error}`.",
                    hint="Correct it, commit, and tag again.",
                ) from error
    return dockerignore.Rules()


def _read(request: BuildRequest, path: Path) -> bytes | None:
    """A file's content; None where there is none."""
    found = _inside(request, path, f"`{path.name}` of `{request.service}`", f"services.{request.service}.build")
    if not found.exists() or found.is_dir():
        return None
    try:
        with open_regular(found) as file:
            return file.read()
    except OSError as error:
        raise Refused(
            f"`{path.name}` of `{request.service}` cannot be read: {error.strerror}.",
            hint="Replace it with the file itself, commit, and tag again.",
        ) from error


def _inside(request: BuildRequest, path: Path, what: str, key: str) -> Path:
    try:
        found = path.resolve()
    except (OSError, RuntimeError) as error:  # links in a circle
        raise Refused(f"{what} is a broken symlink.", hint=f"Correct it, or `{key}`.") from error
    if not found.is_relative_to(request.top.resolve()):
        raise Refused(
            f"{what} is a symlink to a target outside the repository, which git does not store.",
            hint=f"Replace it with the files themselves, or correct `{key}` in `tagship.yaml`.",
        )
    return found


@contextmanager
def packed(context: Context) -> Iterator[IO[bytes]]:
    """The archive, from its beginning; gone at the end.

    Raises:
        Refused: a file cannot be read, or is a pipe, a socket or a device.
    """
    with TemporaryFile() as file:
        # The old format of GNU: names are bytes in it, whatever their encoding.
        with tarfile.open(
            fileobj=file, mode="w", format=tarfile.GNU_FORMAT, encoding="utf-8", errors="surrogateescape"
        ) as archive:
            for name in sent(context):
                _add(archive, context, name)
            for name, content in _added(context):
                _add_content(archive, context, name, content)
        file.seek(0)
        yield file


def sent(context: Context) -> Iterator[str]:
    """The paths that the ignore file leaves in, a folder before what is in it; the Dockerfile comes by itself."""
    return (name for name in _below(context, "") if name != context.dockerfile)


def _below(context: Context, parent: str) -> Iterator[str]:
    with os.scandir(context.folder / parent) as found:
        entries = sorted(found, key=lambda entry: entry.name)
    for entry in entries:
        name = f"{parent}/{entry.name}" if parent else entry.name
        out = context.rules.leave_out(name)
        if not entry.is_dir(follow_symlinks=False):
            if not out:
                yield name
        elif not out or context.rules.keeps_some:
            inside = list(_below(context, name))
            if inside or not out:
                yield name
                yield from inside


def _added(context: Context) -> Iterator[tuple[str, bytes]]:
    """The Dockerfile, as a file of its own even where it is a link; and how the engine hears that it is to stay out.

    The classic builder reads the Dockerfile out of the context, and removes it again where the context's own
    ``.dockerignore`` names it (moby, builder/remotecontext/detect.go, ``removeDockerfile``).
    """
    yield context.dockerfile, context.content
    if context.rules.leave_out(context.dockerfile) and dockerignore.NAME not in set(sent(context)):
        hidden = f"{dockerignore.NAME}\n{dockerignore.escaped(context.dockerfile)}\n"
        yield dockerignore.NAME, hidden.encode("utf-8", "surrogateescape")


def _add(archive: tarfile.TarFile, context: Context, name: str) -> None:
    path = context.folder / name
    if path.is_symlink():
        info = _entry(context, name, tarfile.SYMTYPE, 0o777)
        info.linkname = os.readlink(path)  # noqa: PTH115 - a Path would write it in another way
        archive.addfile(info)
    elif path.is_dir():
        archive.addfile(_entry(context, name, tarfile.DIRTYPE, PROGRAM))
    else:
        _add_file(archive, context, name)


def _add_file(archive: tarfile.TarFile, context: Context, name: str) -> None:
    try:
        file = open_regular(context.folder / name)
    except OSError as error:
        raise Refused(
            f"`{name}` in the build context cannot be sent: {error.strerror}.",
            hint=f"Remove it, or list it in `{dockerignore.NAME}`.",
        ) from error
    with file:
        status = os.fstat(file.fileno())
        info = _entry(context, name, tarfile.REGTYPE, PROGRAM if status.st_mode & 0o100 else FILE)
        info.size = status.st_size
        archive.addfile(info, file)


def _add_content(archive: tarfile.TarFile, context: Context, name: str, content: bytes) -> None:
    info = _entry(context, name, tarfile.REGTYPE, FILE)
    info.size = len(content)
    archive.addfile(info, io.BytesIO(content))


def _entry(context: Context, name: str, kind: bytes, mode: int) -> tarfile.TarInfo:
    info = tarfile.TarInfo(name)
    info.type, info.mode, info.mtime = kind, mode, int(context.created.timestamp())
    return info
