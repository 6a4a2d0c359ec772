"""Production on the embedded AWS, beside `local`: no account, no credentials, nothing edited.

The tour applies, releases to and destroys an environment in this way.
"""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tagship.base.errors import ProgramFailed
from tests.functional.harness import App, running

pytestmark = [pytest.mark.functional, pytest.mark.docker, pytest.mark.terraform, pytest.mark.timeout(600)]

PRODUCTION = """
environments:
  production:
    account: "123456789012"
    domain: {name: notes.example.com, zone: example.com}
    network: {cidr: 10.40.0.0/16}
    services: {api: {count: {desired: 3, min: 2, max: 6}}}
"""
THERE = ("--env", "production", "--on", "local-small")


@pytest.fixture
def app(tmp_path: Path) -> Iterator[App]:
    with running(tmp_path, more=PRODUCTION) as made:
        yield made


def test_production_is_planned_on_this_machine_with_its_domain_and_without_an_account(app: App) -> None:
    planned = app.asked("infra", "plan", *THERE)
    assert any("aws_route53_record" in change["address"] for change in planned["changes"])
    variables = json.loads((app.folder / ".tagship/production@local/terraform/root/terraform.tfvars.json").read_text())
    manifest = variables["manifest"]
    assert manifest["deletion_protection"]
    bounds = [(service["scaling"]["min"], service["scaling"]["max"]) for service in manifest["services"].values()]
    assert bounds == [(1, 2)]
    assert not (app.folder / ".tagship/local/terraform").exists()

    # What is typed next is about the same environment on the same AWS.
    with pytest.raises(ProgramFailed, match="tagship infra apply --on local-small --env production"):
        app.type("status", *THERE)
