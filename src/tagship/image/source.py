"""What is shipped: a tag of a git repository, resolved to a commit, and laid out in a folder of its own.

An image is never built from the working folder: files that git ignores (``.env``, virtual environments,
editor leftovers) would end up in it. What git knows is written to a temporary folder instead.
"""

import posixpath
import re
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from shlex import quote
from typing import Protocol

from tagship.base.errors import Refused
from tagship.base.process import Processes
from tagship.base.scratch import scratch
from tagship.image.git import Git
from tagship.image.version import (
    in_order,
    next_patch,
    no_commit,
    require_image_tag,
    require_version,
    unknown_tag,
    untagged,
)

_SHOWN = 5
"""Changed paths that an error names."""


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
    next_tag: str = "v0.1.0"
    """A version tag that is still free: the one after the newest."""
    folder: str = ""
    """Where in the repository ``tagship.yaml`` is: empty, or ending in a slash."""
    contexts: tuple[str, ...] = (".",)
    """Folders that are built, relative to ``tagship.yaml``."""

    def top(self, tree: Path) -> Path:
        """The folder of all its files, of which ``tree`` is the one that holds ``tagship.yaml``."""
        depth = self.folder.count("/")
        return tree.parents[depth - 1] if depth else tree

    def needs(self, path: str) -> bool:
        """Whether a path of the repository is part of what is built, or holds a part of it."""
        folders = (posixpath.normpath(f"{self.folder}{context}") for context in self.contexts)
        return any(folder == "." or _within(path, folder) or _within(folder, path) for folder in folders)

    @property
    def dirty(self) -> bool:
        """Whether uncommitted changes are part of it."""
        return self.version != self.tag


def _within(path: str, folder: str) -> bool:
    return path == folder or path.startswith(f"{folder}/")


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
        """The source's files in a temporary folder: the one that holds ``tagship.yaml``. Removed at the end.

        Raises:
            NotReady: a submodule or a file of Git LFS that is built is not on this machine.
            Refused: a repository within this one is no submodule.
        """
        ...


@dataclass(frozen=True)
class Facts:
    """What the repository says, as far as the choice of a source depends on it."""

    head: str
    """The commit that is checked out."""
    tags: Mapping[str, str]
    """The commit of each tag."""
    changed: tuple[str, ...]
    """Paths with uncommitted changes that matter: tracked ones, and new ones that git does not ignore."""


@dataclass(frozen=True)
class Choice:
    """What is to be shipped, before it is looked at."""

    tag: str
    commit: str
    with_changes: bool


def choose(request: SourceRequest, facts: Facts) -> Choice:
    """Decide what is shipped.

    A tag elsewhere than at HEAD ships as it was committed, whatever the working tree looks like. A tag at HEAD
    with uncommitted changes is refused, since whoever made the changes would look for them in what is running.

    Raises:
        Refused: no such tag, no version, or changes that nobody insisted on.
    """
    tag = _tag_at_head(request, facts) if request.tag is None else request.tag
    if tag not in facts.tags:
        raise unknown_tag(tag, facts.tags)
    if not request.allow_any_tag:
        require_version(tag, facts.tags)
    require_image_tag(tag, facts.tags)
    commit = facts.tags[tag]
    if not commit:
        raise no_commit(tag)
    if request.allow_dirty and commit != facts.head:
        raise Refused(
            f"`--allow-dirty` ships the working tree, which is at commit `{facts.head[:7]}`, not at `{tag}`.",
            hint=f"`git checkout {quote(tag)}` first, or omit `--allow-dirty`.",
        )
    if facts.changed and commit == facts.head and not request.allow_dirty:
        raise _dirty(tag, facts.changed)
    return Choice(tag, commit, with_changes=bool(facts.changed) and request.allow_dirty)


def _tag_at_head(request: SourceRequest, facts: Facts) -> str:
    here = [tag for tag, commit in facts.tags.items() if commit == facts.head]
    versions = in_order(here)
    if not versions and request.allow_any_tag:
        versions = sorted(here)
    if not versions:
        raise untagged(facts.head, facts.tags)
    return versions[-1]


def _dirty(tag: str, changed: tuple[str, ...]) -> Refused:
    shown = ", ".join(f"`{path}`" for path in changed[:_SHOWN])
    more = f" and {len(changed) - _SHOWN} more" if len(changed) > _SHOWN else ""
    return Refused(
        f"The working tree has changes that are not in `{tag}`: {shown}{more}.",
        hint=f"Commit them and tag again, or ship them uncommitted: `tagship deploy {quote(tag)} --allow-dirty`.",
    )


class GitSources:
    """Sources from the git repository around a folder.

    Args:
        processes: what starts ``git``.
        root: the folder of ``tagship.yaml``; the repository may begin above it.
    """

    def __init__(self, processes: Processes, root: Path) -> None:
        self._git = Git(processes, root)

    def resolve(self, request: SourceRequest) -> Source:
        """See ``Sources.resolve``. Uncommitted changes that are to be shipped are kept as a tree in git's store."""
        facts = self._facts(request.contexts)
        choice = choose(request, facts)
        tree = self._git.tree_of(choice.commit)
        version = choice.tag
        if choice.with_changes:
            self._require_plain_submodules()
            tree = self._git.snapshot()
            version = f"{choice.tag}-dirty.{tree[:7]}"
        return Source(
            tag=choice.tag,
            version=version,
            commit=choice.commit,
            tree=tree,
            committed_at=self._git.committed_at(choice.commit),
            remote=without_credentials(self._git.remote("origin")),
            next_tag=next_patch(facts.tags),
            folder=self._git.prefix(),
            contexts=request.contexts,
        )

    @contextmanager
    def tree(self, source: Source) -> Iterator[Path]:
        """See ``Sources.tree``."""
        # Where a release fails, a build beside may still write here: what cannot be removed hides no error.
        with scratch("tagship-source-") as folder:
            files = folder / "files"
            files.mkdir()
            yield self._git.write_out(source.tree, files, source.needs)

    def _require_plain_submodules(self) -> None:
        if changed := self._git.changed_submodules():
            raise Refused(
                f"The submodule `{changed[0]}` has uncommitted changes, which `--allow-dirty` cannot include.",
                hint=f"Commit them in `{changed[0]}`; `--allow-dirty` ships the commit that is checked out there.",
            )

    def _facts(self, contexts: tuple[str, ...]) -> Facts:
        return Facts(head=self._git.head(), tags=self._git.tags(), changed=self._git.changed(contexts))


def without_credentials(url: str) -> str:
    """A remote's address without the user and the token that may stand in it."""
    return re.sub(r"^([a-z+]+://)[^/@]*@", r"\1", url)
