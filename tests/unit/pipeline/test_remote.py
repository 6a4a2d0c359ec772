"""The remote that ships: made once, repaired when it is not as it should be, and pushed to for real."""

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
    assert "TAGSHIP_LOCAL_PORT" not in script
    assert "PATH" not in script


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
    with pytest.raises(NotReady, match="no git repository") as not_ready:
        ensure(PROCESSES, remote_of(tmp_path))
    assert "git init" in (not_ready.value.hint or "")


def test_a_vanished_interpreter_is_told_to_the_pusher(checkout: Path) -> None:
    ensure(PROCESSES, replace(remote_of(checkout), interpreter=Path("/nowhere/python")))
    git(checkout, "tag", "v0.1.0")
    said = git(checkout, "push", "local", "v0.1.0")
    assert "tagship is no longer at /nowhere/python" in said


def test_a_push_runs_the_receiver_without_gits_own_variables(checkout: Path, tmp_path: Path) -> None:
    stand_in = tmp_path / "python"
    stand_in.write_text('#!/bin/sh\necho "told: $*; git: ${GIT_DIR-none}; home: $TAGSHIP_HOME"\ncat\n')
    stand_in.chmod(0o755)
    remote = replace(remote_of(checkout), interpreter=stand_in)
    ensure(PROCESSES, remote)
    git(checkout, "tag", "v0.1.0")
    said = git(checkout, "push", "local", "v0.1.0")
    assert f"told: -P -m tagship.pipeline.receive {remote.repository} {checkout}; git: none; home: /tmp/a home" in said
    assert f"{'0' * 40} {git(checkout, 'rev-parse', 'HEAD').strip()} refs/tags/v0.1.0" in said
