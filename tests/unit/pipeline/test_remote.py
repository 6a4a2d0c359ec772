"""The remote that ships: made once, repaired when it is not as it should be, and pushed to for real."""

import re
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from tagship.base.errors import NotReady, Refused
from tagship.base.process import Command, SystemProcesses
from tagship.pipeline.remote import Remote, ensure, hook_script

PROCESSES = SystemProcesses()


def git(folder: Path, *words: str) -> str:
    identity = ("-c", "user.name=Test", "-c", "user.email=test@example.org", "-c", "commit.gpgsign=false")
    done = PROCESSES.run(Command.of("git", *identity, *words, cwd=folder))
    return done.stdout + done.stderr


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    folder = tmp_path / "check out"
    folder.mkdir()
    git(folder, "init", "--quiet", "--initial-branch=main")
    (folder / "tagship.yaml").write_text("app: notes\n")
    git(folder, "add", "--all")
    git(folder, "commit", "--quiet", "--message", "First")
    return folder


def remote_of(checkout: Path) -> Remote:
    return Remote.of(checkout, Path(sys.executable), {"TAGSHIP_HOME": "/tmp/a home", "PATH": "/bin"})


def test_the_hook_keeps_which_embedded_aws_is_meant_and_nothing_else(checkout: Path) -> None:
    script = hook_script(remote_of(checkout))
    assert "export TAGSHIP_HOME='/tmp/a home'" in script
    assert "SEATRIAL_PORT" not in script
    assert "export PATH" not in script


def test_the_remote_is_made_once(checkout: Path) -> None:
    remote = remote_of(checkout)
    assert ensure(PROCESSES, remote)
    assert git(checkout, "remote", "get-url", "local").strip() == str(remote.repository)
    assert not ensure(PROCESSES, remote)


def test_the_working_files_ignore_themselves(checkout: Path) -> None:
    ensure(PROCESSES, remote_of(checkout))
    assert git(checkout, "status", "--porcelain") == ""


def test_a_changed_interpreter_is_written_into_the_hook(checkout: Path) -> None:
    remote = remote_of(checkout)
    ensure(PROCESSES, remote)
    assert ensure(PROCESSES, replace(remote, interpreter=Path("/opt/other/python")))
    assert "/opt/other/python" in remote.hook.read_text()


def test_a_checkout_that_was_moved_gets_its_remote_corrected(checkout: Path) -> None:
    ensure(PROCESSES, remote_of(checkout))
    moved = checkout.rename(checkout.parent / "moved")
    assert ensure(PROCESSES, remote_of(moved))
    assert git(moved, "remote", "get-url", "local").strip() == str(moved / ".tagship/local.git")


def test_a_name_that_is_taken_is_left_alone(checkout: Path) -> None:
    git(checkout, "remote", "add", "local", "https://example.org/a.git")
    with pytest.raises(Refused, match=r"`https://example.org/a.git`") as refused:
        ensure(PROCESSES, remote_of(checkout))
    assert "git remote rename local" in (refused.value.hint or "")
    assert not (checkout / ".tagship").exists()


def test_a_folder_without_git_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(NotReady, match="not in a git repository") as not_ready:
        ensure(PROCESSES, remote_of(tmp_path))
    assert "git init" in (not_ready.value.hint or "")


def test_a_hook_of_an_earlier_tagship_is_taken_away(checkout: Path) -> None:
    remote = remote_of(checkout)
    ensure(PROCESSES, remote)
    remote.former_hook.write_text("#!/bin/sh\n")
    remote.hook.unlink()
    assert ensure(PROCESSES, remote)
    assert not remote.former_hook.exists()


def push(checkout: Path, *words: str) -> tuple[int, str]:
    done = PROCESSES.run(Command.of("git", "push", "local", *words, cwd=checkout), check=False)
    return done.returncode, done.stdout + done.stderr


def tags_of(remote: Remote) -> list[str]:
    return git(remote.repository, "tag").split()


def stand_in(checkout: Path, script: str) -> Remote:
    """The remote, with a program in the place of Python that does what the script says."""
    program = checkout.parent / "python"
    program.write_text(f"#!/bin/sh\n{script}\n")
    program.chmod(0o755)
    remote = replace(remote_of(checkout), interpreter=program)
    ensure(PROCESSES, remote)
    return remote


def test_a_vanished_interpreter_is_told_to_the_pusher_and_the_push_fails(checkout: Path) -> None:
    remote = replace(remote_of(checkout), interpreter=Path("/nowhere/python"))
    ensure(PROCESSES, remote)
    git(checkout, "tag", "v0.1.0")
    code, said = push(checkout, "v0.1.0")
    assert code == 1
    assert "tagship is no longer at /nowhere/python" in said


def test_a_push_runs_the_receiver_without_gits_own_variables(checkout: Path) -> None:
    variables = "${GIT_DIR-none} ${GIT_QUARANTINE_PATH-none} ${GIT_OBJECT_DIRECTORY-none}"
    remote = stand_in(checkout, f'echo "told: $1 $2 $3 $4 $5; git: {variables}; home: $TAGSHIP_HOME"; ls -d "$6"; cat')
    git(checkout, "tag", "v0.1.0")
    _, said = push(checkout, "v0.1.0")
    assert f"told: -P -m tagship.pipeline.receive {remote.repository} {checkout};" in said
    assert "; git: none none none; home: /tmp/a home" in said
    assert re.search(rf"remote: {re.escape(str(remote.repository))}/\S*objects/\S*incoming", said), "the quarantine"
    assert f"{'0' * 40} {git(checkout, 'rev-parse', 'HEAD').strip()} refs/tags/v0.1.0" in said


def test_a_release_that_fails_makes_the_push_fail_and_the_same_push_tries_again(checkout: Path) -> None:
    remote = stand_in(checkout, "cat > /dev/null; exit 11")
    git(checkout, "tag", "v0.1.0")
    code, said = push(checkout, "v0.1.0")
    assert (code, tags_of(remote)) == (1, [])
    assert "pre-receive hook declined" in said
    remote.interpreter.write_text("#!/bin/sh\ncat > /dev/null; exit 0\n")
    assert (push(checkout, "v0.1.0")[0], tags_of(remote)) == (0, ["v0.1.0"])


def test_a_shallow_clone_may_push(checkout: Path) -> None:
    git(checkout, "commit", "--quiet", "--allow-empty", "--message", "Second")
    shallow = checkout.parent / "shallow"
    git(checkout, "clone", "--quiet", "--depth=1", f"file://{checkout}", str(shallow))
    remote = stand_in(shallow, "cat > /dev/null")
    git(shallow, "tag", "v0.1.0")
    code, said = push(shallow, "v0.1.0")
    assert (code, tags_of(remote)) == (0, ["v0.1.0"]), said


def test_a_push_is_deployed_before_it_is_taken(checkout: Path, tmp_path: Path) -> None:
    """With everything real but the AWS, of which there is none: so the release says so, and nothing is taken."""
    (checkout / "tagship.yaml").write_text("app: notes\nregion: eu-central-1\nservices: {api: {port: 8000}}\n")
    (checkout / "secrets.py").write_text("raise SystemExit('the app's own module was imported')\n")
    git(checkout, "add", "--all")
    git(checkout, "commit", "--quiet", "--message", "Second")
    remote = Remote.of(checkout, Path(sys.executable), {"TAGSHIP_HOME": str(tmp_path / "home")})
    ensure(PROCESSES, remote)
    for tag in ("v0.1.0", "v0.2.0"):
        git(checkout, "tag", tag)
    code, said = push(checkout, "--tags")
    assert "The embedded AWS is not running" in said, said
    assert "`v0.2.0`: `tagship deploy` ended with exit code 4" in said
    assert "`v0.1.0`: accepted but not shipped" in said
    assert (code, tags_of(remote)) == (1, [])
