"""Lays a tree of git out in a folder: exactly what git holds, on every machine the same.

Not ``git archive``, which leaves out what ``export-ignore`` names and rewrites ``export-subst``; nor a worktree, which
would leave traces in the repository after a ``kill -9``. What the tree's own ``.gitattributes`` say of line ends and
encodings is done; what this user or this machine prefers (``core.autocrlf``, a sparse checkout) is not.

Git holds of a submodule the id of a commit, and of a file in Git LFS a pointer: their content is taken from where
``git submodule`` and ``git lfs`` keep it beside the repository, or missed by name.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath
from shlex import quote
from stat import S_ISREG
from typing import Final

from tagship.base.errors import NotReady, Refused
from tagship.base.process import Command, Completed, Processes
from tagship.base.scratch import scratch
from tagship.image.pointer import MOST_BYTES, Pointer, read

_AS_GIT_HOLDS_IT: Final = (
    *("-c", "core.autocrlf=false"),
    *("-c", "core.eol=lf"),
    *("-c", "core.attributesFile="),
    *("-c", "core.sparseCheckout=false"),
    # Git LFS would download, or fail: the content is put there by us.
    *("-c", "filter.lfs.process="),
    *("-c", "filter.lfs.smudge="),
    *("-c", "filter.lfs.required=false"),
)
_GITLINK: Final = "160000"
_AT_ONCE: Final = 200
"""Paths that one command line takes."""


@dataclass(frozen=True)
class Checkout:
    """One repository's part of what is laid out.

    Args:
        processes: what starts ``git``.
        git_dir: the repository's, absolute.
        to: the folder for its files: empty, and there.
        path: where in the whole that is; empty, or ending in a slash.
        needed: whether something at a path of the whole is used; what is not may be missing.
    """

    processes: Processes
    git_dir: Path
    to: Path
    path: str = ""
    needed: Callable[[str], bool] = lambda _: True

    def lay_out(self, tree: str) -> None:
        """Write every file of a tree or commit, with submodules and the content of Git LFS.

        Raises:
            NotReady: a submodule's files, or a file of Git LFS, are not on this machine.
            Refused: git does not hold the files of a repository within, or this file system cannot hold all names.
        """
        with scratch("tagship-index-") as folder:
            index = folder / "index"
            self._git(index, "read-tree", tree)
            listed = [entry.split("\t", 1) for entry in self._git(index, "ls-files", "-s", "-z").split("\0") if entry]
            require_distinct([name for _, name in listed], lambda: ignores_case(index.parent))
            self._git(index, "checkout-index", "--all")
            self._fill_pointers(index)
        links = {name: facts.split()[1] for facts, name in listed if facts.startswith(_GITLINK)}
        names = self._submodules(tree) if links else {}
        for name, commit in links.items():
            self._lay_out_submodule(name, names.get(name), commit)

    def _lay_out_submodule(self, path: str, name: str | None, commit: str) -> None:
        whole = f"{self.path}{path}"
        git_dir = self._module(name) if name else None
        if git_dir and not self._has(git_dir, commit):
            git_dir = None
        if git_dir:
            inside = replace(self, git_dir=git_dir, to=self.to / path, path=f"{whole}/")
            inside.to.mkdir(parents=True, exist_ok=True)
            inside.lay_out(commit)
        elif self.needed(whole):
            raise _missing(whole, commit) if name else _nested(whole)

    def _module(self, name: str) -> Path | None:
        """Where ``git submodule`` keeps the repository; a linked worktree has submodules of its own (gitmodules(5))."""
        # Git takes no name with "..", and a slash before one is a path below its own: nothing outside is a submodule.
        if ".." in PurePosixPath(name).parts or PurePosixPath(name).is_absolute():
            return None
        common = Path(self._git(None, "rev-parse", "--git-common-dir").rstrip("\n"))
        places = (self.git_dir / "modules" / name, self.git_dir / common / "modules" / name)
        return next((place for place in places if (place / "HEAD").exists()), None)

    def _has(self, git_dir: Path, commit: str) -> bool:
        command = Command.of("git", "--git-dir", str(git_dir), "cat-file", "-e", f"{commit}^{{commit}}")
        return self.processes.run(command, check=False).returncode == 0

    def _submodules(self, tree: str) -> dict[str, str]:
        """The name of the submodule at each path, as the tree's own ``.gitmodules`` has it."""
        words = ("config", "-z", "--blob", f"{tree}:.gitmodules", "--get-regexp", r"^submodule\..*\.path$")
        entries = (entry.partition("\n") for entry in self._try(None, *words).stdout.split("\0") if entry)
        return {path.rstrip("/"): key.removeprefix("submodule.").removesuffix(".path") for key, _, path in entries}

    def _fill_pointers(self, index: Path) -> None:
        found = list(_pointers(self.to))
        for start in range(0, len(found), _AT_ONCE):
            some = found[start : start + _AT_ONCE]
            paths = [str(path.relative_to(self.to)) for path, _ in some]
            said = self._git(index, "check-attr", "-z", "--cached", "filter", "--", *paths).split("\0")
            for (path, pointer), attribute in zip(some, said[2::3], strict=False):
                if attribute == "lfs":
                    self._fill(path, pointer)

    def _fill(self, path: Path, pointer: Pointer) -> None:
        content = next((place for store in self._stores() if pointer.is_in(place := store / pointer.place)), None)
        whole = f"{self.path}{path.relative_to(self.to)}"
        if content:
            shutil.copyfile(content, path)
        elif self.needed(whole):
            raise NotReady(
                f"`{whole}` is stored in Git LFS, and its content is not on this machine: the commit has a pointer "
                "only.",
                hint=(
                    "git lfs fetch --all, then run the command again; in GitHub Actions: `lfs: true` of "
                    "actions/checkout"
                ),
            )

    def _stores(self) -> Iterator[Path]:
        """Where Git LFS keeps content (git-lfs-config(5), ``lfs.storage``)."""
        common = self.git_dir / self._git(None, "rev-parse", "--git-common-dir").rstrip("\n")
        own = self._try(None, "config", "--type=path", "lfs.storage").stdout.rstrip("\n")
        yield common / (own or "lfs")

    def _git(self, index: Path | None, *words: str) -> str:
        return self.processes.run(self._command(index, *words)).stdout

    def _try(self, index: Path | None, *words: str) -> Completed:
        return self.processes.run(self._command(index, *words), check=False)

    def _command(self, index: Path | None, *words: str) -> Command:
        """The folder as working tree: so the attributes are those of the tree, and not of what is checked out."""
        around = {"GIT_DIR": str(self.git_dir), "GIT_WORK_TREE": str(self.to), "GIT_ATTR_NOSYSTEM": "1"}
        env = {**around, "GIT_INDEX_FILE": str(index) if index else None}
        return Command.of("git", *_AS_GIT_HOLDS_IT, *words, cwd=self.to, env=env)


def _pointers(folder: Path) -> Iterator[tuple[Path, Pointer]]:
    for here, _, names in os.walk(folder):
        for path in (Path(here, name) for name in sorted(names)):
            status = path.lstat()
            if S_ISREG(status.st_mode) and status.st_size <= MOST_BYTES and (pointer := read(path.read_bytes())):
                yield path, pointer


def require_distinct(names: list[str], folded: Callable[[], bool]) -> None:
    """Every name can be a file of its own.

    Args:
        names: paths.
        folded: whether the file system takes large and small letters for the same.

    Raises:
        Refused: two of them are the same file here.
    """
    by_folded: dict[str, str] = {}
    for name in names:
        other = by_folded.setdefault(name.casefold(), name)
        if other != name and folded():
            raise Refused(
                f"`{other}` and `{name}` are two files in git but one on this file system, which is case-insensitive.",
                hint="Rename one of them with `git mv`, commit, and tag again; or ship from a machine with a "
                "case-sensitive file system.",
            )


def ignores_case(folder: Path) -> bool:
    """Whether the file system of a folder takes large and small letters for the same."""
    (folder / "tagship-case").touch()
    return (folder / "TAGSHIP-CASE").exists()


def _missing(path: str, commit: str) -> NotReady:
    return NotReady(
        f"`{path}` is a submodule, and its commit {commit[:12]} is not on this machine.",
        hint="git submodule update --init --recursive && git submodule absorbgitdirs, then run the command again; "
        "in GitHub Actions: `submodules: recursive` of actions/checkout",
    )


def _nested(path: str) -> Refused:
    return Refused(
        f"`{path}` is a git repository inside this one but not a submodule: the commit has none of its files.",
        hint=f"Move `{path}/.git` out of the repository, run `git rm --cached {quote(path)} && git add "
        f"{quote(path)}`, commit, and tag again; or make it a submodule.",
    )
