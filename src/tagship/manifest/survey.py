"""Looks at a repository, so that ``draft.py`` can write its first manifest."""

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tagship.base.errors import ProgramMissing
from tagship.base.process import Command, Processes
from tagship.base.regular import open_regular
from tagship.manifest.draft import Repository, worth_reading

_SKIPPED: Final = {".git", ".venv", "venv", "node_modules", "__pycache__", ".tagship", ".tox", ".terraform"}
_MOST_FILES: Final = 20_000
_MOST_BYTES: Final = 100_000


def survey(folder: Path, processes: Processes, env: Mapping[str, str]) -> Repository:
    """List the folder and read what is worth reading; follows no link."""
    files = tuple(file for file, _ in zip(_files(folder), range(_MOST_FILES), strict=False))
    return Repository(
        folder=folder.absolute().name,
        files=files,
        contents={path: _text(folder / path) for path in worth_reading(files)},
        remote=_origin(folder, processes),
        region=env.get("AWS_REGION") or env.get("AWS_DEFAULT_REGION") or "",
    )


def _files(folder: Path) -> Iterator[str]:
    for here, folders, files in os.walk(folder):
        folders[:] = sorted(each for each in folders if each not in _SKIPPED)
        yield from ((Path(here) / file).relative_to(folder).as_posix() for file in sorted(files))


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            return file.read(_MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""


def _origin(folder: Path, processes: Processes) -> str:
    """The remote's address; a machine without git, or a folder outside of git, has none."""
    try:
        found = processes.run(Command.of("git", "remote", "get-url", "origin", cwd=folder), check=False)
    except ProgramMissing:
        return ""
    return found.stdout.strip() if found.returncode == 0 else ""
