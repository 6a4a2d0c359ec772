"""What is shipped: a tag of a git repository, resolved to a commit, and laid out in a folder of its own.

An image is never built from the working folder: files that git ignores (``.env``, virtual environments,
editor leftovers) would end up in it. What git knows is written to a temporary folder instead.
"""

from contextlib import AbstractContextManager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class SourceRequest:
    """What somebody asks to ship."""

    tag: str | None = None
    """The git tag; None: the newest version tag at HEAD."""
    allow_dirty: bool = False
    """Ship the working tree's changes too."""
    allow_any_tag: bool = False
    """Ship a tag that is no version."""
    contexts: tuple[str, ...] = (".",)
    """Folders whose uncommitted changes matter, relative to the manifest: the build contexts."""


@dataclass(frozen=True)
class Source:
    """What will be shipped: found, checked, nothing written yet."""

    tag: str
    """The git tag: ``v1.2.3``."""
    version: str
    """What the image is tagged with: the git tag, or ``v1.2.3-dirty.1a2b3c4`` with uncommitted changes."""
    commit: str
    """The full id of the tag's commit."""
    tree: str
    """The full id of the git tree that is built."""
    committed_at: datetime
    """When the commit was made, in UTC."""
    remote: str
    """Where the repository lives (remote ``origin``, credentials removed), or the empty string."""

    @property
    def dirty(self) -> bool:
        """Whether uncommitted changes are part of it."""
        return self.version != self.tag


class Sources(Protocol):
    """What finds a source and lays it out."""

    def resolve(self, request: SourceRequest) -> Source:
        """Find what is to be shipped.

        Raises:
            NotReady: this is no git repository, or it has no commit.
            Refused: the tag does not exist or is no version, or the tree has uncommitted changes.
        """
        ...

    def tree(self, source: Source) -> AbstractContextManager[Path]:
        """The source's files in a temporary folder: the one that holds ``tagship.yaml``. Removed at the end."""
        ...
