"""What happens when a tag arrives."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tagship.base.errors import ProgramFailed
from tagship.base.process import Command, Completed, SystemProcesses
from tagship.pipeline.receive import Receiver

NONE = "0" * 40


class Deploys(SystemProcesses):
    """Git for real; `tagship deploy` from a script, noting what it would have found."""

    def __init__(self, codes: dict[str, int] | None = None) -> None:
        self.codes = codes or {}
        self.found: list[tuple[str, str, str, str]] = []
        self.folders: list[Path] = []

    def lines(self, command: Command) -> Iterator[str]:
        tag = command.argv[5]
        assert command == Command.module("tagship", "deploy", tag, "--env", "local", cwd=command.cwd)
        assert command.cwd
        self.folders.append(command.cwd)
        described = self._git(command.cwd, "describe", "--tags", "--exact-match").stdout.strip()
        status = self._git(command.cwd, "status", "--porcelain").stdout
        origin = self._git(command.cwd, "remote", "get-url", "origin").stdout.strip()
        self.found.append((tag, described, status, origin))
        yield f"deploying {tag}"
        if code := self.codes.get(tag):
            raise ProgramFailed("failed", returncode=code)

    def _git(self, folder: Path, *words: str) -> Completed:
        return self.run(Command.of("git", *words, cwd=folder), check=False)


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    top = tmp_path / "top"
    folder = top / "app"
    folder.mkdir(parents=True)
    (folder / "tagship.yaml").write_text("app: notes\n")
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    for words in (
        ("init", "--quiet", "--initial-branch=main"),
        ("add", "--all"),
        ("commit", "--quiet", "--message", "First"),
        ("tag", "v0.1.0"),
        ("tag", "v0.2.0"),
        ("clone", "--quiet", "--bare", ".", str(tmp_path / "bare")),
    ):
        SystemProcesses().run(Command.of("git", *identity, *words, cwd=top))
    return folder


def receive(checkout: Path, processes: Deploys, *tags: str) -> tuple[int, list[str]]:
    said: list[str] = []
    receiver = Receiver(processes, checkout.parents[1] / "bare", checkout, said.append)
    code = receiver.receive(f"{NONE} {'a' * 40} refs/tags/{tag}" for tag in tags)
    return code, said


def test_a_tag_is_deployed_from_a_clean_clone_that_knows_tag_and_folder(checkout: Path) -> None:
    processes = Deploys()
    code, said = receive(checkout, processes, "v0.1.0")
    assert (code, said) == (0, ["deploying v0.1.0", "`v0.1.0`: released."])
    ((tag, described, status, origin),) = processes.found
    assert (tag, status, origin) == ("v0.1.0", "", "")
    assert described in {"v0.1.0", "v0.2.0"}
    assert processes.folders[0].name == "app"


def test_the_clone_is_gone_afterwards(checkout: Path) -> None:
    processes = Deploys({"v0.1.0": 11})
    receive(checkout, processes, "v0.1.0")
    assert not processes.folders[0].parent.exists()


def test_the_clone_knows_where_the_checkout_came_from(checkout: Path) -> None:
    SystemProcesses().run(Command.of("git", "remote", "add", "origin", "https://example.org/a.git", cwd=checkout))
    processes = Deploys()
    receive(checkout, processes, "v0.1.0")
    assert processes.found[0][3] == "https://example.org/a.git"


def test_a_failed_release_does_not_stop_the_next_version(checkout: Path) -> None:
    processes = Deploys({"v0.1.0": 11})
    code, said = receive(checkout, processes, "v0.2.0", "v0.1.0")
    assert [found[0] for found in processes.found] == ["v0.1.0", "v0.2.0"]
    assert code == 11
    assert said[-1] == "`v0.2.0`: released."


def test_a_tag_without_manifest_is_told_and_not_deployed(checkout: Path) -> None:
    processes = Deploys()
    (checkout.parent / "other").mkdir()
    code, said = receive(checkout.parent / "other", processes, "v0.1.0")
    assert code == 4
    assert said[0] == "`v0.1.0` has no `other/tagship.yaml`."
    assert processes.found == []
