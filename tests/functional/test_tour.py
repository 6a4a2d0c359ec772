"""The tour as a person plays it: every chapter to its end, and a report that says what was not seen."""

import json
import sys
from pathlib import Path

import pytest

from tagship.base.process import Command, SystemProcesses
from tests.contract.conftest import free_port
from tour.story import CHAPTERS

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(2400)]

PROJECT = Path(__file__).parents[2]


def test_every_chapter_is_played_and_every_claim_holds(tmp_path: Path) -> None:
    words = (sys.executable, "-m", "tour", "--folder", str(tmp_path), "--port", str(free_port()))
    lines = []
    for line in SystemProcesses().lines(Command(words, cwd=PROJECT)):
        sys.stdout.write(f"{line}\n")
        lines.append(line)
    played = json.loads((tmp_path / "local" / "progress.json").read_text())["played"]
    assert list(played) == [chapter.name for chapter in CHAPTERS]
    assert all(chapter["claims"] for chapter in played.values())
    page = (tmp_path / "local" / "report.md").read_text()
    assert "| people sign up and sign in with Cognito | not seen |" in page
    assert not any("20 real" in line for line in lines)
