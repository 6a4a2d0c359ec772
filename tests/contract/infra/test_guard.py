"""The guard with a real plan: what Terraform forbids or would quietly do, read from its own words."""

import shutil
from pathlib import Path

import pytest

from tagship.base.clock import SystemClock
from tagship.base.events import Events
from tagship.base.process import SystemProcesses
from tagship.infra.diagnostics import DestructionPrevented
from tagship.infra.environment import Access, process_environment
from tagship.infra.guard import losses, suspects
from tagship.infra.mirror import Surroundings, find_mirror, user_configuration
from tagship.infra.program import Program
from tagship.infra.terraform import Terraform
from tagship.infra.workspace import SOURCES, Workspace
from tests.contract.conftest import REGION, RunningAws

pytestmark = [pytest.mark.terraform, pytest.mark.timeout(300)]

POOL = "module.auth[0].aws_cognito_user_pool.this"
ROOT = """\
variable "manifest" {
  type = object({ usernames = list(string), repository = optional(string) })
}

module "auth" {
  source = "../modules/auth"
  count  = 1

  usernames = var.manifest.usernames
}

resource "aws_ecr_repository" "api" {
  count = var.manifest.repository == null ? 0 : 1
  name  = var.manifest.repository
}
"""
AUTH = """\
variable "usernames" {
  type = list(string)
}

resource "aws_cognito_user_pool" "this" {
  name                = "contract-guard"
  username_attributes = var.usernames

  lifecycle {
    prevent_destroy = true
    ignore_changes  = [schema]
  }
}
"""


@pytest.fixture
def terraform(local_aws: RunningAws, around: Surroundings, found_program: Program, tmp_path: Path) -> Terraform:
    """A little root of its own: a protected pool in a module, and a repository; the state lies beside it."""
    workspace = Workspace(tmp_path)
    for folder in ("modules/auth", "root"):
        (tmp_path / folder).mkdir(parents=True)
    (tmp_path / "modules/auth/main.tf").write_text(AUTH)
    (tmp_path / "root/main.tf").write_text(ROOT)
    shutil.copy(SOURCES / "modules/cluster/versions.tf", tmp_path / "root")
    workspace.backend_file.write_text("{}")
    workspace.take_provider_from(find_mirror(around, found_program, SystemClock()), found_program)
    access = Access(REGION, local_aws.endpoint, local_aws.variables)
    configuration = workspace.provider_configuration() or user_configuration(around)
    env = process_environment(around.environ, access, cli_configuration=configuration, plugin_cache=None)
    return Terraform(found_program, workspace, "staging", env, SystemProcesses(), SystemClock(), Events())


def written(terraform: Terraform, usernames: str, repository: str = "null") -> None:
    said = f'{{"manifest": {{"usernames": ["{usernames}"], "repository": {repository}}}}}'
    (terraform.workspace.root / "terraform.tfvars.json").write_text(said)


def test_a_forced_replacement_is_first_forbidden_then_explained(terraform: Terraform) -> None:
    written(terraform, "email", '"contract-guard"')
    terraform.init()
    terraform.plan()
    terraform.apply()

    written(terraform, "phone_number")
    with pytest.raises(DestructionPrevented, match=r"`module\.auth\[0\]\.aws_cognito_user_pool\.this`"):
        terraform.plan()

    terraform.workspace.lift()
    assert terraform.plan().takes_away
    found = {loss.address: loss for loss in losses(suspects(terraform.show()), lambda _: True)}
    assert found[POOL].because == "`username_attributes` cannot be changed in place"
    assert found["aws_ecr_repository.api[0]"].because.endswith("is no longer in the manifest")
    assert found["aws_ecr_repository.api[0]"].action == "delete"

    # The override is enough to let it go, and no reason to initialise again.
    assert terraform.workspace.is_initialised(terraform.program)
    terraform.plan(destroy=True)
    terraform.apply(doing="destroy")
