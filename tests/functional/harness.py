"""The example app in a checkout of its own, with an embedded AWS of its own: what a person has after `git clone`."""

import json
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from tagship.base.process import Command, SystemProcesses
from tests.contract.conftest import RunningAws, fresh_settings

EXAMPLE: Final = Path(__file__).parents[2] / "examples" / "notes"


@dataclass
class App:
    """A checkout, and how things are typed in it."""

    folder: Path
    aws: RunningAws
    processes: SystemProcesses = field(default_factory=SystemProcesses)

    @property
    def env(self) -> dict[str, str]:
        settings = self.aws.settings
        ports = {"SEATRIAL_PORT": str(settings.port), "SEATRIAL_FRONT_DOOR_PORT": str(settings.front_door_port)}
        return {"TAGSHIP_HOME": str(settings.home), **ports}

    def type(self, *words: str) -> str:
        command = Command((sys.executable, "-m", "tagship", *words), cwd=self.folder, env=self.env)
        return self.processes.run(command).stdout

    def asked(self, *words: str) -> Any:  # noqa: ANN401 - JSON
        return json.loads(self.type(*words, "--json"))

    def git(self, *words: str) -> None:
        identity = ("-c", "user.name=Ann", "-c", "user.email=ann@example.org")
        self.processes.run(Command(("git", *identity, *words), cwd=self.folder))


@contextmanager
def running(folder: Path, *, more: str) -> Iterator[App]:
    """The example behind `/api/*`, tagged v0.1.0, with more in its manifest; its embedded AWS runs meanwhile."""
    made = App(checkout(folder / "app", more=more), RunningAws(fresh_settings(folder / "home")))
    for words in (("init", "-qb", "main"), ("add", "--all"), ("commit", "-qm", "one"), ("tag", "v0.1.0")):
        made.git(*words)
    made.type("local", "up")
    try:
        yield made
    finally:
        made.type("local", "reset", "--yes")


def checkout(folder: Path, *, more: str) -> Path:
    """The example's files, with more in its manifest."""
    shutil.copytree(EXAMPLE, folder, ignore=shutil.ignore_patterns("tests", ".tagship"))
    manifest = folder / "tagship.yaml"
    paths = manifest.read_text(encoding="utf-8").replace("    count:\n", "    paths: [/api/*]\n    count:\n")
    manifest.write_text(paths + more, encoding="utf-8")
    return folder
