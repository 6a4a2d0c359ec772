"""Real git repositories for tests of what is shipped."""

from collections.abc import Mapping
from contextlib import suppress
from pathlib import Path

from tagship.base.process import Command, SystemProcesses
from tagship.image.source import GitSources, SourceRequest

_SETTINGS = (
    *("-c", "user.name=Test"),
    *("-c", "user.email=test@example.org"),
    *("-c", "commit.gpgsign=false"),
    *("-c", "tag.gpgsign=false"),
    *("-c", "protocol.file.allow=always"),
)


class Repo:
    """A repository in a folder."""

    def __init__(self, top: Path) -> None:
        self.top = top
        top.mkdir(parents=True, exist_ok=True)
        self.git("init", "--quiet", "--initial-branch=main")

    @classmethod
    def at(cls, top: Path) -> "Repo":
        """One that exists."""
        found = cls.__new__(cls)
        found.top = top
        return found

    def git(self, *words: str) -> str:
        return SystemProcesses().run(Command.of("git", *_SETTINGS, *words, cwd=self.top)).stdout

    def write(self, files: Mapping[str, str | bytes]) -> None:
        for name, content in files.items():
            path = self.top / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    def commit(self, tag: str, files: Mapping[str, str | bytes] | None = None) -> str:
        self.write(files or {})
        self.git("add", "--all")
        self.git("commit", "--quiet", "--allow-empty", "--message", tag)
        self.git("tag", "--force", tag)
        return self.git("rev-parse", "HEAD").strip()

    def clone(self, to: Path, *words: str) -> "Repo":
        self.git("clone", "--quiet", *words, f"file://{self.top}", str(to))
        return Repo.at(to)

    def shipped(self, tag: str, *contexts: str) -> dict[str, bytes]:
        """What is built for a tag: the content of each file, and where each link leads."""
        sources = GitSources(SystemProcesses(), self.top)
        source = sources.resolve(SourceRequest(tag, allow_any_tag=True, contexts=contexts or (".",)))
        with sources.tree(source) as root:
            found: dict[str, bytes] = {}
            for path in sorted(root.rglob("*")):
                with suppress(IsADirectoryError):
                    name = str(path.relative_to(root))
                    found[name] = str(path.readlink()).encode() if path.is_symlink() else path.read_bytes()
            return found
