"""A build of the front end: its files by path and content, and the id that follows from them."""

import hashlib
import json
import os
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

from tagship.base.errors import NotReady, Refused
from tagship.base.regular import open_regular

INDEX: Final = "index.html"
_DIGITS: Final = 16
"""Digits of a build's id, 64 bits: builds of one site are not told apart by less."""

_CHUNK: Final = 1 << 20
_MOST_NAMED: Final = 1024 - len("live/")
"""Bytes of a path: a key of S3 has 1,024 at most (S3 user guide, "Naming Amazon S3 objects")."""

_PUBLISHED: Final = ".well-known"
"""The one hidden folder that is meant for visitors (RFC 8615)."""


@dataclass(frozen=True)
class SiteFile:
    """A file: its path with ``/``, its bytes, and its hashes; S3's ETag is the MD5 of what was put in one piece."""

    path: str
    size: int
    sha256: str
    md5: str


@dataclass(frozen=True)
class SiteBuild:
    """The files, by path."""

    files: tuple[SiteFile, ...]

    @cached_property
    def id(self) -> str:
        """Sixteen hexadecimal digits of the hash of every path and content: the same files, the same id."""
        lines = sorted(f"{file.sha256} {file.path}\n" for file in self.files)
        return hashlib.sha256("".join(lines).encode()).hexdigest()[:_DIGITS]

    @cached_property
    def served(self) -> Mapping[str, SiteFile]:
        """What visitors may ask for, by path: each file, and ``docs/`` for ``docs/index.html``.

        CloudFront knows a default document for ``/`` only (developer guide, "Specify a default root object"); an
        object whose key ends with a slash answers for every other folder.
        """
        folders = {file.path.removesuffix(INDEX): file for file in self.files if file.path.endswith(f"/{INDEX}")}
        return {**{file.path: file for file in self.files}, **folders}

    def to_json(self) -> bytes:
        """The list as it is kept in the bucket."""
        return json.dumps({"id": self.id, "files": [asdict(file) for file in self.files]}, indent=1).encode()

    @classmethod
    def from_json(cls, text: bytes) -> "SiteBuild":
        """Read what ``to_json`` wrote."""
        return cls(tuple(SiteFile(**file) for file in json.loads(text)["files"]))


def collect(folder: Path) -> SiteBuild:
    """Read a folder; hidden files are left out, but for ``.well-known``.

    Raises:
        NotReady: there is no such folder, or no ``index.html`` in it.
        Refused: something in it cannot be published: a link that leads nowhere, out of the folder or to a folder, a
            name that no URL can have, or what is no file.
    """
    if not (folder / INDEX).is_file():
        what = f"no `{INDEX}` in" if folder.is_dir() else "no folder"
        raise NotReady(
            f"There is {what} `{folder.name}` (`site.folder`).",
            hint="Check the build's output, then correct `site` in tagship.yaml.",
        )
    root = folder.resolve()
    return SiteBuild(tuple(_read(path, root) for path in sorted(_paths(root))))


def _paths(root: Path) -> Iterator[Path]:
    """Files, and links of every kind: `os.walk` counts a link to a folder as a folder, and does not enter it."""
    for here, folders, names in os.walk(root):
        folders[:] = [name for name in folders if _is_shown(name)]
        linked = [name for name in folders if Path(here, name).is_symlink()]
        yield from (Path(here, name) for name in (*names, *linked) if _is_shown(name))


def _is_shown(name: str) -> bool:
    return not name.startswith(".") or name == _PUBLISHED


def _read(path: Path, root: Path) -> SiteFile:
    relative = _named(path.relative_to(root).as_posix())
    _require_file(path, root, relative)
    # S3's ETag: it tells contents apart, and protects nothing.
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    try:
        with open_regular(path) as file:
            while chunk := file.read(_CHUNK):
                sha256.update(chunk)
                md5.update(chunk)
    except OSError as error:
        raise Refused(f"`{relative}` of the site cannot be read: {error.strerror}.") from error
    return SiteFile(relative, path.stat().st_size, sha256.hexdigest(), md5.hexdigest())


def _named(path: str) -> str:
    """The path, which is one that a URL and S3 can have."""
    try:
        size = len(path.encode())
    except UnicodeEncodeError as error:
        shown = path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
        raise Refused(
            f"`{shown}` of the site has a name that is not UTF-8, so it cannot have a URL.",
            hint="Rename the file, commit, and tag again.",
        ) from error
    if size > _MOST_NAMED:
        raise Refused(f"`{path[:60]}…` of the site has a name of {size} bytes; S3 allows {_MOST_NAMED}.")
    return path


def _require_file(path: Path, root: Path, relative: str) -> None:
    instead = "Replace it with the file itself, commit, and tag again."
    try:
        target = path.resolve(strict=True)
    except (OSError, RuntimeError) as error:  # the latter where links lead in a circle
        raise Refused(f"`{relative}` of the site is a broken symlink.", hint=instead) from error
    if not target.is_relative_to(root):
        raise Refused(f"`{relative}` is a symlink to a target outside the site's folder.", hint=instead)
    if target.is_dir():
        raise Refused(f"`{relative}` of the site is a symlink to a folder, which is not followed.", hint=instead)
    if not target.is_file():
        raise Refused(f"`{relative}` of the site is not a regular file.", hint=instead)
