import json
from pathlib import Path

import pytest

from tagship.base.errors import Refused
from tagship.base.fakes import ScriptedProcesses
from tagship.infra import commands
from tagship.infra.workspace import SOURCES
from tests.unit.infra.harness import Harness


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    return Harness(tmp_path / "checkout", ScriptedProcesses())


def test_the_folder_holds_the_very_modules_the_root_and_its_values(harness: Harness, tmp_path: Path) -> None:
    commands.eject(harness.tools, tmp_path / "plain", force=False)

    for source in SOURCES.rglob("*.tf"):
        assert (tmp_path / "plain" / source.relative_to(SOURCES)).read_text() == source.read_text()
    values = json.loads((tmp_path / "plain/root/terraform.tfvars.json").read_text())
    assert values == harness.tools.content().variables
    backend = json.loads((tmp_path / "plain/backend.json").read_text())
    assert (backend["bucket"], backend["use_lockfile"]) == (harness.tools.bucket, True)


def test_the_readme_says_three_commands_and_what_nobody_does_any_more(harness: Harness, tmp_path: Path) -> None:
    commands.eject(harness.tools, tmp_path / "plain", force=False)

    readme = (tmp_path / "plain/README.md").read_text()
    assert [line for line in readme.splitlines() if line.startswith("terraform ")] == [
        "terraform -chdir=root init -backend-config=../backend.json",
        "terraform -chdir=root plan",
        "terraform -chdir=root apply",
    ]
    assert harness.tools.bucket in readme
    assert "## Your tasks from now on" in readme
    assert "{" not in readme


def test_neither_aws_nor_terraform_is_asked(harness: Harness, tmp_path: Path) -> None:
    commands.eject(harness.tools, tmp_path / "plain", force=False)

    assert harness.ran == []
    assert harness.store.objects is None


def test_a_folder_in_which_something_lies_is_refused_unless_forced(harness: Harness, tmp_path: Path) -> None:
    (tmp_path / "plain").mkdir()
    (tmp_path / "plain/mine.txt").write_text("mine")

    with pytest.raises(Refused, match="is not empty"):
        commands.eject(harness.tools, tmp_path / "plain", force=False)

    commands.eject(harness.tools, tmp_path / "plain", force=True)
    assert (tmp_path / "plain/mine.txt").read_text() == "mine"
    assert (tmp_path / "plain/root/main.tf").is_file()


def test_a_file_is_refused(harness: Harness, tmp_path: Path) -> None:
    (tmp_path / "plain").write_text("")

    with pytest.raises(Refused, match="is a file"):
        commands.eject(harness.tools, tmp_path / "plain", force=True)
