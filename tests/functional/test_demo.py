"""The demo as a newcomer runs it: three tags pushed, and the facts of what happened."""

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.settings import InstanceSettings
from tagship.base.process import Command, SystemProcesses
from tests.contract.conftest import free_port

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform]

PROJECT = Path(__file__).parents[2]
PROCESSES = SystemProcesses()


def run(folder: Path) -> dict[str, Any]:
    """Run the demo, show what it prints, and return its facts."""
    facts = folder / "facts.json"
    ports = {"SEATRIAL_PORT": str(free_port()), "SEATRIAL_FRONT_DOOR_PORT": str(free_port())}
    words = (sys.executable, str(PROJECT / "scripts" / "demo.py"), "--folder", str(folder), "--facts", str(facts))
    for line in PROCESSES.lines(Command(words, env=ports)):
        sys.stdout.write(f"{line}\n")
    found: dict[str, Any] = json.loads(facts.read_text())
    return found


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    folder = tmp_path_factory.mktemp("demo")
    yield folder
    PROCESSES.run(Command.of(str(PROJECT / "scripts" / "clean-demo.sh"), str(folder)))


@pytest.fixture(scope="module")
def facts(folder: Path) -> dict[str, Any]:
    return run(folder)


def test_the_first_tag_is_served(facts: dict[str, Any]) -> None:
    assert facts["first"] == "v0.1.0"


def test_no_request_fails_while_the_second_is_rolled_out(facts: dict[str, Any]) -> None:
    seen = facts["under_load"]
    assert seen["failed"] == 0, seen["errors"]
    assert seen["rate"] >= 50
    assert set(seen["versions"]) == {"v0.1.0", "v0.2.0"}


def test_the_broken_one_is_rolled_back_with_the_containers_own_last_lines(facts: dict[str, Any]) -> None:
    release = facts["broken"]["release"]
    assert (release["version"], release["verdict"]) == ("v0.3.0", "rolled back by ECS")
    diagnosis = release["services"]["api"]["diagnosis"]
    assert "NOTES_SIGNING_KEY is not set" in diagnosis["log_lines"][-1]


def test_the_second_still_serves_in_the_end(facts: dict[str, Any]) -> None:
    assert facts["serving"] == "v0.2.0"


def test_running_it_again_ships_the_next_versions(folder: Path, facts: dict[str, Any]) -> None:
    assert facts["serving"] == "v0.2.0"
    again = run(folder)
    assert "first" not in again
    assert (again["under_load"]["version"], again["under_load"]["failed"]) == ("v0.4.0", 0)
    assert again["broken"]["version"] == "v0.5.0"
    assert again["serving"] == "v0.4.0"


def test_nothing_is_left_once_it_is_cleaned(folder: Path, facts: dict[str, Any]) -> None:
    assert facts
    PROCESSES.run(Command.of(str(PROJECT / "scripts" / "clean-demo.sh"), str(folder)))
    assert not folder.exists()
    label = f"label=seatrial.instance={InstanceSettings(folder / 'home').instance_id}"
    for kind in ("container", "network", "volume"):
        words = ("docker", kind, "ls", "--quiet", "--filter", label, *(("--all",) if kind == "container" else ()))
        assert PROCESSES.run(Command(words)).stdout == ""
