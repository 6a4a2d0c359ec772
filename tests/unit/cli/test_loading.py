"""What a command loads before it answers: every one of these takes longer to import than the answer may take."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Final

import pytest

from tagship.cli.completion import SHELLS
from tagship.cli.main import COMMANDS

NOTES: Final = Path(__file__).parents[3] / "examples" / "notes"

AWS: Final = {"boto3", "botocore"}
OUTSIDE: Final = {"docker", "grafana_foundation_sdk", "httpx", "requests", "rich", "websockets"}
MANIFEST: Final = {"pydantic", "ruamel", "tagship.manifest.model", "tagship.wiring.environment"}

RUN: Final = """
import sys
sys.argv = ["tagship", *{words!r}]
from tagship.cli.main import main
try:
    main()
except SystemExit as ended:
    print(f"exit code {{ended.code}}", file=sys.stderr)
print("loaded", sorted({watched!r} & set(sys.modules)), file=sys.stderr)
"""

HELP_OF_ALL: Final = """
import sys
import click
from click.testing import CliRunner
from tagship.cli.main import cli

def ask(group, *words):
    for name in group.list_commands(click.Context(group)):
        done = CliRunner().invoke(cli, [*words, name, "--help"])
        assert done.exit_code == 0, (words, name)
        print(" ".join((*words, name)))
        command = group.get_command(click.Context(group), name)
        if isinstance(command, click.Group):
            ask(command, *words, name)

ask(cli)
print("loaded", sorted({watched!r} & set(sys.modules)), file=sys.stderr)
"""


def run(code: str, **variables: str) -> subprocess.CompletedProcess[str]:
    around = {**os.environ, **variables}
    return subprocess.run(
        [sys.executable, "-c", code], cwd=NOTES, env=around, capture_output=True, text=True, check=True
    )


def test_the_help_of_no_command_loads_what_the_command_works_with() -> None:
    done = run(HELP_OF_ALL.format(watched=AWS | OUTSIDE | MANIFEST))
    assert done.stderr.splitlines()[-1] == "loaded []"
    assert {*COMMANDS, "infra apply", "local fault crash"} <= set(done.stdout.splitlines())


@pytest.mark.parametrize("words", [["--help"], ["infra", "--help"], ["--version"], ["deplyo"], ["deploy", "--nothing"]])
def test_neither_the_lists_nor_a_wrong_command_line_load_anything(words: list[str]) -> None:
    assert run(RUN.format(words=words, watched=AWS | OUTSIDE | MANIFEST)).stderr.splitlines()[-1] == "loaded []"


@pytest.mark.parametrize("words", [["check"], ["check", "--json"], ["check", "--schema"], ["cost"]])
def test_what_is_about_the_manifest_alone_loads_nothing_that_reaches_outside(words: list[str]) -> None:
    done = run(RUN.format(words=words, watched=AWS | OUTSIDE))
    assert done.stderr.splitlines()[-2:] == ["exit code 0", "loaded []"]
    assert done.stdout


@pytest.mark.parametrize("words", [["status"], ["history"], ["deploy"], ["local", "status"]])
def test_that_the_embedded_aws_does_not_run_is_said_without_the_aws_sdk(words: list[str], tmp_path: Path) -> None:
    done = run(RUN.format(words=words, watched=AWS | OUTSIDE), TAGSHIP_HOME=str(tmp_path), SEATRIAL_PORT="1")
    assert "The embedded AWS is not running." in done.stdout + done.stderr
    assert done.stderr.splitlines()[-1] == "loaded []"


READ: Final = """
import sys
from pathlib import Path
from tagship.manifest.load import load
from tagship.manifest.part import Part

def parts(of):
    for each in of.__subclasses__():
        yield each
        yield from parts(each)

load(Path("tagship.yaml")).for_environment("local")
print(sorted(each.__name__ for each in parts(Part) if each.__pydantic_complete__))
"""


def test_of_all_parts_of_a_manifest_that_is_read_the_validator_of_the_whole_alone_is_built() -> None:
    assert run(READ).stdout == "['Manifest']\n"


ENGINE: Final = {
    "tagship.image.build",
    "tagship.image.context",
    "tagship.release.aftermath",
    "tagship.release.diagnosis.diagnosis",
    "tagship.release.diagnosis.signs",
    "tagship.release.execute",
}
"""What carries a release out, and what explains its end."""

ASKING: Final = """
import sys
import tagship.cli.narration
import tagship.cli.verdict
import tagship.wiring.doors
import tagship.release.deploy
print("loaded", sorted({watched!r} & set(sys.modules)), file=sys.stderr)
"""

STATUS: Final = """
import sys
from pathlib import Path
from tagship.aws.session import AwsAccess
from tagship.base.events import Events
from tagship.manifest.load import load
from tagship.manifest.address import Address
from tagship.wiring.environment import Environment

class Known(Environment):
    account = "111122223333"  # for which AWS would be asked

manifest = Path("tagship.yaml")
access = AwsAccess("eu-central-1", "http://127.0.0.1:1", "a", "b")
place = Known(manifest, Address(), load(manifest).for_environment("local"), access, Events(), local=None)
place.ledger
{then}
print("loaded", sorted({watched!r} & set(sys.modules)), file=sys.stderr)
"""


def test_a_deploy_that_finds_nothing_to_do_loads_nothing_that_does_it() -> None:
    assert run(ASKING.format(watched=ENGINE | OUTSIDE)).stderr.splitlines()[-1] == "loaded []"


def test_a_status_loads_nothing_that_releases() -> None:
    watched = ENGINE | OUTSIDE | {"tagship.image", "tagship.release.doors", "tagship.site.publish"}
    assert run(STATUS.format(then="place.status()", watched=watched)).stderr.splitlines()[-1] == "loaded []"


def test_a_history_loads_no_door_but_that_of_the_records() -> None:
    watched = ENGINE | OUTSIDE | {"tagship.image", "tagship.aws.ecs", "tagship.aws.ecs_shapes", "tagship.aws.elb"}
    assert run(STATUS.format(then="", watched=watched)).stderr.splitlines()[-1] == "loaded []"


@pytest.mark.parametrize("words", [["status"], ["history"], ["deploy"]])
def test_who_asks_for_an_environment_loads_no_command_of_the_embedded_aws(words: list[str], tmp_path: Path) -> None:
    watched = {"seatrial.cli.group", "tagship.wiring.installed"}
    done = run(RUN.format(words=words, watched=watched), TAGSHIP_HOME=str(tmp_path), SEATRIAL_PORT="1")
    assert done.stderr.splitlines()[-1] == "loaded []"


@pytest.mark.parametrize("shell", SHELLS)
def test_the_script_of_a_shell_calls_tagship_back_and_loads_nothing(shell: str) -> None:
    done = run(RUN.format(words=["completion", shell], watched=AWS | OUTSIDE | MANIFEST))
    assert f"_TAGSHIP_COMPLETE={shell}_complete" in done.stdout
    assert done.stderr.splitlines()[-2:] == ["exit code 0", "loaded []"]


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("tagship de", ["deploy"]),
        ("tagship infra ", ["plan", "apply", "output", "policy", "eject", "destroy", "unlock"]),
        ("tagship deploy --until ", ["live", "drained"]),
        ("tagship deploy --dr", ["--dry-run"]),
        ("tagship explain crash-o", ["crash-on-import"]),
        ("tagship completion ", list(SHELLS)),
    ],
)
def test_a_shell_is_offered_what_may_come_next_and_nothing_is_loaded(typed: str, offered: list[str]) -> None:
    place = {"COMP_WORDS": typed, "COMP_CWORD": str(len(typed.split(" ")) - 1)}
    watched = AWS | OUTSIDE | MANIFEST
    done = run(RUN.format(words=[], watched=watched), _TAGSHIP_COMPLETE="bash_complete", **place)
    assert [line.split(",")[1] for line in done.stdout.splitlines() if line] == offered
    assert done.stderr.splitlines()[-1] == "loaded []"
