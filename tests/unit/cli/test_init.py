from pathlib import Path
from shlex import quote

import pytest
from click.testing import CliRunner, Result

from tagship.base.errors import Refused
from tagship.base.fakes import ScriptedProcesses, says
from tagship.cli.init import init
from tagship.manifest.load import load
from tagship.manifest.survey import survey
from tests.support.endless import ENDLESS, Endless


def run(folder: Path, *words: str) -> Result:
    result = CliRunner().invoke(init, ["--manifest", str(folder / "tagship.yaml"), *words], standalone_mode=False)
    if result.exception:
        raise result.exception
    return result


def test_a_manifest_is_written_that_loads(tmp_path: Path) -> None:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nEXPOSE 1234\n", encoding="utf-8")
    said = run(tmp_path).stderr
    assert load(tmp_path / "tagship.yaml").services["web"].port == 1234
    assert "port 1234" in said
    assert "Next: tagship check" in said


def test_a_manifest_that_is_there_is_not_replaced(tmp_path: Path) -> None:
    (tmp_path / "tagship.yaml").write_text("mine\n", encoding="utf-8")
    with pytest.raises(Refused, match="already exists") as caught:
        run(tmp_path)
    assert (tmp_path / "tagship.yaml").read_text(encoding="utf-8") == "mine\n"
    assert "--force" in str(caught.value.hint)


def test_force_replaces_it(tmp_path: Path) -> None:
    (tmp_path / "tagship.yaml").write_text("mine\n", encoding="utf-8")
    run(tmp_path, "--force")
    assert load(tmp_path / "tagship.yaml").services


def test_working_files_are_added_to_gitignore_once(tmp_path: Path) -> None:
    (tmp_path / ".gitignore").write_bytes(b"caf\xe9\n")
    run(tmp_path)
    run(tmp_path, "--force")
    assert (tmp_path / ".gitignore").read_bytes() == b"caf\xe9\n.tagship/\n"


@pytest.mark.parametrize("name", ["tagship.yaml", ".gitignore"])
@pytest.mark.parametrize("what", ENDLESS, ids=str)
def test_what_would_never_be_read_or_written_to_its_end_is_refused_untouched(
    tmp_path: Path, what: Endless, name: str
) -> None:
    path = tmp_path / name
    what.put(path)
    with pytest.raises(Refused) as refused:
        run(tmp_path, "--force")
    assert refused.value.message == f"`{path}` cannot be written: it is {what.kind}, not a regular file."
    assert refused.value.hint == f"`rm {quote(str(path))}`, then run the command again."
    assert not (tmp_path / "tagship.yaml").is_file()


@pytest.mark.parametrize("what", ENDLESS, ids=str)
def test_the_survey_opens_nothing_that_never_ends(tmp_path: Path, what: Endless) -> None:
    for name in ("api/Dockerfile", "web/package.json"):
        (tmp_path / name).parent.mkdir()
        what.put(tmp_path / name)
    assert survey(tmp_path, ScriptedProcesses(), {}).contents == {"api/Dockerfile": "", "web/package.json": ""}


def test_a_folder_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(Refused, match="no folder"):
        run(tmp_path / "nowhere")


def test_the_survey_skips_what_nobody_ships_and_follows_no_link(tmp_path: Path) -> None:
    for name in ("api/Dockerfile", "node_modules/x/Dockerfile", ".venv/Dockerfile"):
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text("FROM scratch\n", encoding="utf-8")
    (tmp_path / "loop").symlink_to(tmp_path)
    found = survey(tmp_path, ScriptedProcesses(), {})
    assert [file for file in found.files if file.endswith("Dockerfile")] == ["api/Dockerfile"]
    assert found.contents == {"api/Dockerfile": "FROM scratch\n"}


def test_the_survey_asks_git_for_the_remote_and_the_environment_for_the_region(tmp_path: Path) -> None:
    git = ScriptedProcesses(says("git", "remote", stdout="git@host:team/shop.git\n"))
    found = survey(tmp_path, git, {"AWS_DEFAULT_REGION": "us-east-1", "AWS_REGION": "eu-west-1"})
    assert (found.remote, found.region) == ("git@host:team/shop.git", "eu-west-1")


def test_a_folder_outside_of_git_has_no_remote(tmp_path: Path) -> None:
    git = ScriptedProcesses(says("git", stdout="", stderr="fatal: not a git repository", returncode=128))
    assert survey(tmp_path, git, {}).remote == ""
