"""The whole architecture, made and destroyed by plain Terraform on an embedded AWS of its own.

One story, because most of its minutes are the provider's own waiting. There is no Docker engine in it: what Aurora
and Lambda run is another matter than what their APIs answer.
"""

import sys
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagship.base.process import Command, SystemProcesses
from tests.contract.conftest import RunningAws, fresh_settings
from tests.contract.infra.conftest import PlainTerraform, around, found_program, terraform
from tests.contract.infra.whole.left import left

__all__ = ["around", "found_program", "terraform"]

pytestmark = [pytest.mark.functional, pytest.mark.terraform, pytest.mark.timeout(1800)]

ROOT = Path(__file__).parents[1] / "contract/infra/whole"
PARALLEL = "-parallelism=30"


@pytest.fixture(scope="module")
def aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAws]:
    """An embedded AWS that finds no Docker engine."""
    settings = fresh_settings(tmp_path_factory.mktemp("home"))
    env = {
        "TAGSHIP_HOME": str(settings.home),
        "SEATRIAL_PORT": str(settings.port),
        "SEATRIAL_FRONT_DOOR_PORT": str(settings.front_door_port),
        "DOCKER_HOST": "unix:///nowhere/docker.sock",
    }

    def local(*words: str) -> None:
        SystemProcesses().run(Command((sys.executable, "-m", "tagship", "local", *words), env=env))

    local("up")
    yield RunningAws(settings)
    local("reset", "--yes")


@pytest.fixture
def plain(aws: RunningAws, terraform: PlainTerraform, tmp_path: Path) -> PlainTerraform:
    """Terraform with that AWS, and the function's package."""
    package = tmp_path / "package.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    given = {
        "AWS_ENDPOINT_URL": aws.endpoint,
        **aws.variables,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_VAR_lambda_package": str(package),
    }
    return PlainTerraform(terraform.program, {**terraform.env, **given})


def test_the_second_plan_is_empty_and_nothing_is_left_after_destroy(
    aws: RunningAws, plain: PlainTerraform, tmp_path: Path
) -> None:
    folder = tmp_path / "root"
    folder.mkdir()
    for source in ROOT.glob("*.tf"):
        (folder / source.name).write_text(source.read_text())
    before = left(aws)

    def run(*words: str, code: int = 0) -> str:
        done = plain.run(folder, *words, "-no-color")
        assert done.returncode == code, done.stdout[-6000:] + done.stderr
        return done.stdout

    run("init", "-input=false")
    assert "0 changed, 0 destroyed" in run("apply", "-auto-approve", PARALLEL)

    # -detailed-exitcode: 2 where anything is to be changed.
    run("plan", "-detailed-exitcode", PARALLEL)

    run("destroy", "-auto-approve", PARALLEL)
    assert run("state", "list").strip() == ""
    assert left(aws) == before
