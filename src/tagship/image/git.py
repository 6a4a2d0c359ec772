"""What this part asks git, and nothing else: each method is one or two commands."""

from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory

from tagship.base.errors import NotReady
from tagship.base.process import Command, Completed, Processes


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
        """The commit that each tag stands for; an annotated tag stands for the commit that it annotates."""
        listed = self._run("for-each-ref", "refs/tags", "--format=%(refname:strip=2) %(objectname) %(*objectname)")
        words = (line.split() for line in listed.splitlines())
        return {tag: commits[-1] for tag, *commits in words}

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

    def snapshot(self) -> str:
        """The id of a tree with HEAD's files and every change that git does not ignore.

        The repository's own index stays as it is.
        """
        with TemporaryDirectory(prefix="tagship-index-") as folder:
            index = Path(folder, "index")
            self._with_index(index, "read-tree", "HEAD")
            self._with_index(index, "add", "--all", "--", ":/")
            return self._with_index(index, "write-tree").strip()

    def write_out(self, tree: str, to: Path) -> Path:
        """Write the files of a tree into a folder; returns where our own folder is in there.

        Not ``git archive``, which leaves out what ``export-ignore`` names, nor a worktree, which would leave
        traces in the repository after a ``kill -9``.
        """
        with TemporaryDirectory(prefix="tagship-index-") as folder:
            index = Path(folder, "index")
            self._with_index(index, "read-tree", tree)
            self._with_index(index, "checkout-index", "--all", f"--prefix={to}/", top=True)
        return to / self.prefix()

    def prefix(self) -> str:
        """Our folder, relative to the top of the repository: empty, or ending in a slash."""
        done = self._try("rev-parse", "--show-prefix")
        if done.returncode:
            raise NotReady(
                f"`{self._folder}` is in no git repository: {done.stderr.strip()}",
                hint="`git init && git add --all && git commit -m 'First version' && git tag v0.1.0`",
            )
        return done.stdout.rstrip("\n")

    def _top(self) -> Path:
        return Path(self._run("rev-parse", "--show-toplevel").strip())

    def _run(self, *words: str) -> str:
        return self._processes.run(Command.of("git", *words, cwd=self._folder)).stdout

    def _try(self, *words: str) -> Completed:
        return self._processes.run(Command.of("git", *words, cwd=self._folder), check=False)

    def _with_index(self, index: Path, *words: str, top: bool = False) -> str:
        folder = self._top() if top else self._folder
        command = Command.of("git", *words, cwd=folder, env={"GIT_INDEX_FILE": str(index)})
        return self._processes.run(command).stdout
