"""What this part asks git, and nothing else: each method is one or two commands."""

import shutil
from collections.abc import Callable
from datetime import UTC, datetime
from functools import cached_property
from pathlib import Path

from tagship.base.errors import NotReady
from tagship.base.process import Command, Completed, Processes
from tagship.base.repository import IN_ENGLISH, no_repository
from tagship.base.scratch import scratch
from tagship.image.checkout import Checkout


class Git:
    """The git repository around a folder.

    Args:
        processes: what starts ``git``.
        folder: a folder of the working tree, not necessarily its top.
    """

    def __init__(self, processes: Processes, folder: Path) -> None:
        self._processes = processes
        self._folder = folder

    def head(self) -> str:
        """The commit that is checked out.

        Raises:
            NotReady: no repository here, or no commit in it.
        """
        self.prefix()
        done = self._try("rev-parse", "--verify", "--quiet", "HEAD^{commit}")
        if done.returncode:
            raise NotReady(
                f"The repository around `{self._folder}` has no commit yet.",
                hint="`git add --all && git commit -m 'First version' && git tag v0.1.0`",
            )
        return done.stdout.strip()

    def tags(self) -> dict[str, str]:
        """The commit that each tag stands for: an annotated tag, and one of a tag, for that in the end.

        Empty for a tag of a tree or of a file.
        """
        form = "%(refname:strip=2) %(objectname) %(objecttype) %(*objectname) %(*objecttype)"
        words = (line.split() for line in self._run("for-each-ref", "refs/tags", f"--format={form}").splitlines())
        return {tag: found[-2] if found[-1] == "commit" else self._peeled(tag) for tag, *found in words}

    def _peeled(self, tag: str) -> str:
        """What Git itself peels from 2.45 on only (git-for-each-ref(1), ``*``)."""
        return self._try("rev-parse", "--verify", "--quiet", f"refs/tags/{tag}^{{commit}}").stdout.strip()

    def changed(self, paths: tuple[str, ...]) -> tuple[str, ...]:
        """Paths below these that differ from HEAD, or are new and not ignored."""
        listed = self._run("status", "--porcelain=v1", "-z", "--untracked-files=normal", "--no-renames", "--", *paths)
        return tuple(entry[3:] for entry in listed.split("\0") if entry)

    def tree_of(self, commit: str) -> str:
        """The id of a commit's tree."""
        return self._run("rev-parse", "--verify", f"{commit}^{{tree}}").strip()

    def committed_at(self, commit: str) -> datetime:
        """When a commit was made, in UTC."""
        seconds = self._run("show", "--no-patch", "--format=%ct", commit).strip()
        return datetime.fromtimestamp(int(seconds), UTC)

    def remote(self, name: str) -> str:
        """The address of a remote, or the empty string where there is none."""
        return self._try("remote", "get-url", name).stdout.strip()

    def changed_submodules(self) -> tuple[str, ...]:
        """Submodules whose own files differ from their commit: their changes are in no tree of ours."""
        listed = self._run("status", "--porcelain=v2", "-z", "--ignore-submodules=none", "--no-renames")
        # git-status(1), "Changed Tracked Entries": `1 XY SUB …`, where SUB is `S<c><m><u>` of a submodule.
        entries = (entry.split(" ", 8) for entry in listed.split("\0") if entry.startswith("1 "))
        return tuple(path for _, _, state, *_, path in entries if state.startswith("S") and state[2:] != "..")

    def snapshot(self) -> str:
        """The id of a tree with HEAD's files and every change that git does not ignore.

        The repository's own index stays as it is; a copy of it knows what a sparse checkout leaves out.
        """
        with scratch("tagship-index-") as folder:
            index = folder / "index"
            own = self._folder / self._run("rev-parse", "--git-path", "index").rstrip("\n")
            if own.exists():
                shutil.copyfile(own, index)
            else:
                self._with_index(index, "read-tree", "HEAD")
            self._with_index(index, "add", "--all")
            return self._with_index(index, "write-tree").strip()

    def write_out(self, tree: str, to: Path, needed: Callable[[str], bool]) -> Path:
        """Write the files of a tree into an empty folder; returns where our own folder is in there.

        See ``Checkout.lay_out``.
        """
        git_dir = Path(self._run("rev-parse", "--absolute-git-dir").rstrip("\n"))
        Checkout(self._processes, git_dir, to, needed=needed).lay_out(tree)
        return to / self.prefix()

    def prefix(self) -> str:
        """Our folder, relative to the top of the repository: empty, or ending in a slash.

        Raises:
            NotReady: git finds no repository here.
        """
        return self._prefix

    @cached_property
    def _prefix(self) -> str:
        done = self._try("rev-parse", "--show-prefix")
        if done.returncode:
            make = "`git init && git add --all && git commit -m 'First version' && git tag v0.1.0`"
            raise no_repository(self._folder, done.stderr, make=make)
        return done.stdout.rstrip("\n")

    def _run(self, *words: str) -> str:
        return self._processes.run(Command.of("git", *words, cwd=self._folder)).stdout

    def _try(self, *words: str) -> Completed:
        return self._processes.run(Command.of("git", *words, cwd=self._folder, env=IN_ENGLISH), check=False)

    def _with_index(self, index: Path, *words: str) -> str:
        top = Path(self._run("rev-parse", "--show-toplevel").rstrip("\n"))
        return self._processes.run(Command.of("git", *words, cwd=top, env={"GIT_INDEX_FILE": str(index)})).stdout
