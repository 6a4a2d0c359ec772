"""What a team may add beside the architecture that the product makes, by plain Terraform on the embedded AWS.

The product's own modules are applied and destroyed by ``tests/functional/test_tour.py`` and, with a domain,
``test_production.py``.
"""

import shutil
import zipfile
from pathlib import Path

import pytest

from tests.contract.conftest import RunningAws
from tests.contract.infra.conftest import PlainTerraform
from tests.support.left import left

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(900)]

ROOT = Path(__file__).parent / "additions"
PARALLEL = "-parallelism=30"
"""Most of the resources wait; a zone of Route 53 half a minute to be made, and half a minute to be taken away."""


@pytest.fixture
def plain(local_aws: RunningAws, terraform: PlainTerraform, tmp_path: Path) -> PlainTerraform:
    """Terraform with that AWS, and the function's package."""
    package = tmp_path / "package.zip"
    with zipfile.ZipFile(package, "w") as archive:
        archive.writestr("index.py", "def handler(event, context):\n    return event\n")
    given = {
        "AWS_ENDPOINT_URL": local_aws.endpoint,
        **local_aws.variables,
        "AWS_EC2_METADATA_DISABLED": "true",
        "TF_VAR_lambda_package": str(package),
    }
    return PlainTerraform(terraform.program, {**terraform.env, **given})


def test_the_second_plan_is_empty_and_nothing_is_left_after_destroy(
    local_aws: RunningAws, plain: PlainTerraform, tmp_path: Path
) -> None:
    folder = tmp_path / "root"
    shutil.copytree(ROOT, folder)
    before = left(local_aws)

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
    assert left(local_aws) == before
