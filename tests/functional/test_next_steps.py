"""Whoever types nothing but what "Next:" says gets from an app without a manifest to a release, and on from there."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import pytest

from tests.contract.conftest import RunningAws, fresh_settings
from tests.functional.harness import App, checkout

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.timeout(1500)]

WHO: Final = ("AUTHOR", "COMMITTER")
MOST: Final = 14


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    made = App(checkout(tmp_path / "app", more=""), RunningAws(fresh_settings(tmp_path / "home")))
    (made.folder / "tagship.yaml").unlink()
    for words in (("init", "-qb", "main"), ("add", "--all"), ("commit", "-qm", "one")):
        made.git(*words)
    yield made
    made.type("local", "reset", "--yes")


class Person:
    """Somebody at a shell in the app's folder, who types what stands behind "Next:"."""

    def __init__(self, app: App, tools: Path) -> None:
        self._app = app
        tools.mkdir()
        program = tools / "tagship"
        program.write_text(f'#!/bin/sh\nexec "{sys.executable}" -P -m tagship "$@"\n')
        program.chmod(0o755)
        identity = {
            f"GIT_{who}_{what}": "ann@example.org" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")
        }
        self._env = {**os.environ, **app.env, **identity, "PATH": f"{tools}{os.pathsep}{os.environ['PATH']}"}
        self.typed: list[str] = []

    def type(self, line: str) -> tuple[int, str]:
        """Exit code, and what comes next; empty where nothing is said."""
        self.typed.append(line)
        done = subprocess.run(
            ["bash", "-c", line], cwd=self._app.folder, env=self._env, capture_output=True, text=True, check=False
        )
        assert "Traceback" not in done.stderr, done.stderr
        assert done.returncode != 2, f"{line}: {done.stderr}"
        said = re.findall(r"^(?:remote: )?Next: (.*?)\s*$", done.stderr, re.MULTILINE)
        return done.returncode, said[-1] if said else ""


def released(app: App) -> bool:
    return any(record["verdict"] == "released" for record in app.asked("history"))


def test_a_person_who_types_what_is_said_gets_to_a_release(app: App, tmp_path: Path) -> None:
    ann = Person(app, tmp_path / "tools")
    _, line = ann.type("tagship deploy")
    for _ in range(MOST):
        assert line, f"nothing is said after: {ann.typed}"
        code, line = ann.type(as_typed(line))
        if line.startswith("tagship status") and code == 0:
            break
    assert released(app), ann.typed
    assert ann.type("tagship status")[0] == 0


def as_typed(line: str) -> str:
    """A command out of a sentence: the first that is offered, without what is said around it."""
    found = re.search(r"(?:^|`)((?:git|tagship) [^`,]*)", line)
    assert found, f"no command in: {line}"
    command = found[1].split(", or ")[0].rstrip(". ")
    # Files that a command has just written are part of what is tagged.
    commit = "git add --all && git commit -qm next --allow-empty && "
    return commit + command if command.startswith("git tag") else command
