"""Why git finds no repository in a folder, and what to type then; git's own advice where it gives some."""

import re
from pathlib import Path
from typing import Final

from tagship.base.errors import NotReady

IN_ENGLISH: Final = {"LC_ALL": "C"}
"""The environment in which git says what is read here."""

_ADVICE: Final = re.compile(r"git config --global --add safe\.directory \S.*")
"""What git types for a folder of another user (git-config(1), ``safe.directory``)."""


def no_repository(folder: Path, said: str, *, make: str) -> NotReady:
    """The error for a folder in which git does nothing.

    Args:
        folder: where git was asked.
        said: git's own words.
        make: what to type where there is no repository at all.
    """
    words = " ".join(said.split())
    if "dubious ownership" in said:
        advice = _ADVICE.search(said)
        return NotReady(
            f"`{folder}` belongs to another user, so git refuses to work in it: {words}",
            hint=advice[0].strip() if advice else f"git config --global --add safe.directory '{folder}'",
        )
    if "not a git repository" in said:
        return NotReady(f"`{folder}` is not in a git repository: {words}", hint=make)
    return NotReady(f"No git command works in `{folder}`: {words}")
