"""A user pool is not destroyed by accident, and an override file is how it is destroyed on purpose.

No AWS is asked: the state says that the pool stands, and nothing is refreshed.
"""

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from tagship.base.process import Completed
from tagship.infra.workspace import SOURCES
from tests.contract.infra.conftest import PlainTerraform

pytestmark = pytest.mark.terraform

POOL = "eu-central-1_AbCdEfGhI"
ROOT = """
provider "aws" {
  region                      = "eu-central-1"
  access_key                  = "test"
  secret_key                  = "test"
  skip_credentials_validation = true
  skip_metadata_api_check     = true
  skip_requesting_account_id  = true
}

variable "wanted" {
  type    = bool
  default = true
}

module "auth" {
  source = "./auth"
  count  = var.wanted ? 1 : 0
  names  = { user_pool = "shop", domain = "shop-123456789012", sign_in_stack = "shop-sign-in" }
}
"""
LET_GO = "prevent_destroy = false"
OVERRIDE = 'resource "aws_cognito_user_pool" "this" {{\n{schema}\n  lifecycle {{\n    {lifecycle}\n  }}\n}}\n'
SCHEMA = 'schema {\n    name                = "tenant"\n    attribute_data_type = "String"\n  }'


def standing(program: PlainTerraform) -> dict[str, Any]:
    """A state in which the pool of the module stands, as the module makes it."""
    attributes = {
        "account_recovery_setting": [{"recovery_mechanism": [{"name": "verified_email", "priority": 1}]}],
        "admin_create_user_config": [{"allow_admin_create_user_only": True, "invite_message_template": []}],
        "arn": f"arn:aws:cognito-idp:eu-central-1:123456789012:userpool/{POOL}",
        "auto_verified_attributes": ["email"],
        "deletion_protection": "INACTIVE",
        "endpoint": f"cognito-idp.eu-central-1.amazonaws.com/{POOL}",
        "id": POOL,
        "mfa_configuration": "OPTIONAL",
        "name": "shop",
        "password_policy": [
            {
                "minimum_length": 12,
                "password_history_size": 5,
                "require_lowercase": True,
                "require_numbers": True,
                "require_symbols": False,
                "require_uppercase": True,
                "temporary_password_validity_days": 3,
            }
        ],
        "software_token_mfa_configuration": [{"enabled": True}],
        "tags_all": {},
        "user_attribute_update_settings": [{"attributes_require_verification_before_update": ["email"]}],
        "user_pool_tier": "ESSENTIALS",
        "username_attributes": ["email"],
        "username_configuration": [{"case_sensitive": False}],
        "verification_message_template": [{"default_email_option": "CONFIRM_WITH_CODE"}],
    }
    pool = {
        "module": "module.auth[0]",
        "mode": "managed",
        "type": "aws_cognito_user_pool",
        "name": "this",
        "provider": f'provider["{program.program.registry}/hashicorp/aws"]',
        "instances": [{"schema_version": 0, "attributes": attributes}],
    }
    return {"version": 4, "serial": 1, "lineage": "pool", "outputs": {}, "resources": [pool]}


@pytest.fixture(scope="module")
def root(terraform: PlainTerraform, tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("pool")
    shutil.copytree(SOURCES / "modules/auth", folder / "auth")
    shutil.copy(folder / "auth/versions.tf", folder)
    (folder / "main.tf").write_text(ROOT)
    (folder / "terraform.tfstate").write_text(json.dumps(standing(terraform)))
    done = terraform.run(folder, "init", "-input=false", "-no-color")
    assert done.returncode == 0, done.stdout + done.stderr
    return folder


def planned(terraform: PlainTerraform, root: Path, *more: str, override: str | None) -> Completed:
    file = root / "auth/destroy_override.tf"
    file.unlink(missing_ok=True)
    if override is not None:
        file.write_text(override)
    words = ("plan", "-refresh=false", "-input=false", "-no-color", "-target=module.auth[0].aws_cognito_user_pool.this")
    return terraform.run(root, *words, *more)


@pytest.mark.parametrize(
    "asked",
    [
        pytest.param("-destroy", id="by destroy"),
        pytest.param("-var=wanted=false", id="by taking it out of the manifest"),
    ],
)
def test_a_pool_is_not_destroyed_by_accident(asked: str, terraform: PlainTerraform, root: Path) -> None:
    done = planned(terraform, root, asked, override=None)

    assert done.returncode == 1
    assert "Instance cannot be destroyed" in done.stdout + done.stderr


def test_an_override_file_lets_the_pool_go(terraform: PlainTerraform, root: Path) -> None:
    done = planned(terraform, root, "-destroy", override=OVERRIDE.format(schema="", lifecycle=LET_GO))

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 to destroy" in done.stdout


@pytest.mark.parametrize(
    ("lifecycle", "said"),
    [
        pytest.param(LET_GO, "No changes", id="the module's ignore_changes still holds"),
        pytest.param(f"{LET_GO}\n    ignore_changes = [name]", "1 to change", id="it would have been seen otherwise"),
    ],
)
def test_the_override_file_takes_nothing_else_of_the_lifecycle_away(
    lifecycle: str, said: str, terraform: PlainTerraform, root: Path
) -> None:
    done = planned(terraform, root, override=OVERRIDE.format(schema=SCHEMA, lifecycle=lifecycle))

    assert done.returncode == 0, done.stdout + done.stderr
    assert said in done.stdout
