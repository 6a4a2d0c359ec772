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
    bare = checkout.parents[1] / "bare"
    receiver = Receiver(processes, bare, checkout, said.append)
    head = SystemProcesses().run(Command.of("git", "rev-parse", "HEAD", cwd=bare)).stdout.strip()
    code = receiver.receive(f"{NONE} {head} refs/tags/{tag}" for tag in tags)
    return code, said


def test_a_tag_is_deployed_from_a_clean_clone_that_knows_tag_and_folder(checkout: Path) -> None:
    processes = Deploys()
    code, said = receive(checkout, processes, "v0.1.0")
    assert (code, said) == (0, ["deploying v0.1.0", "`v0.1.0`: released."])
    ((tag, described, status, origin),) = processes.found
    assert (tag, status, origin) == ("v0.1.0", "", "")
    assert described in {"v0.1.0", "v0.2.0"}
    assert not (checkout.parents[1] / "bare" / "worktrees").exists()
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


def test_of_two_versions_the_newest_is_deployed_and_the_other_one_named(checkout: Path) -> None:
    processes = Deploys()
    code, said = receive(checkout, processes, "v0.2.0", "v0.1.0")
    assert [found[0] for found in processes.found] == ["v0.2.0"]
    assert code == 0
    assert said[0].startswith("`v0.1.0`: accepted but not shipped")


@pytest.mark.parametrize(("code", "returned"), [(0, 0), (10, 0), (5, 5), (11, 11), (16, 16)])
def test_the_push_is_taken_where_the_version_serves_and_refused_elsewhere(
    checkout: Path, code: int, returned: int
) -> None:
    assert receive(checkout, Deploys({"v0.1.0": code}), "v0.1.0")[0] == returned


def test_a_branch_is_taken_and_a_tag_that_was_meant_as_a_version_refused(checkout: Path) -> None:
    processes = Deploys()
    assert receive(checkout, processes, "release-5")[0] == 0
    assert receive(checkout, processes, "v1.0")[0] == 5
    assert processes.found == []


def test_a_tag_of_no_commit_is_told_in_words_and_not_deployed(checkout: Path) -> None:
    processes, said = Deploys(), list[str]()
    bare = checkout.parents[1] / "bare"
    tree = SystemProcesses().run(Command.of("git", "rev-parse", "HEAD^{tree}", cwd=bare)).stdout.strip()
    code = Receiver(processes, bare, checkout, said.append).receive([f"{NONE} {tree} refs/tags/v0.3.0"])
    assert (code, said[0], processes.found) == (5, "The tag `v0.3.0` does not point at a commit.", [])


def test_a_tag_without_manifest_is_told_and_not_deployed(checkout: Path) -> None:
    processes = Deploys()
    (checkout.parent / "other").mkdir()
    code, said = receive(checkout.parent / "other", processes, "v0.1.0")
    assert code == 4
    assert said[0] == "`v0.1.0` has no `other/tagship.yaml`."
    assert processes.found == []


def test_what_git_does_not_hold_is_lent_by_the_checkout(checkout: Path) -> None:
    for name in ("modules/lib", "lfs/objects"):
        (checkout.parent / ".git" / name).mkdir(parents=True)
    lent: list[set[str]] = []

    class Looks(Deploys):
        def lines(self, command: Command) -> Iterator[str]:
            assert command.cwd
            lent.append({path.name for path in (command.cwd.parent / ".git").iterdir() if path.is_symlink()})
            yield from super().lines(command)

    receive(checkout, Looks(), "v0.1.0")
    assert lent == [{"modules", "lfs"}]
    assert (checkout.parent / ".git/modules/lib").is_dir(), "it was taken away with the temporary folder"
