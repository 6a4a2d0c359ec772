"""The policy of whoever applies and destroys, held to what an apply and a destruction of every system asked for.

``operator_calls.json`` is what the embedded AWS recorded of them; ``scripts/operator_calls.py`` writes it.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from seatrial.access.rights import keys
from seatrial.core.policies.document import of_json
from seatrial.core.policies.evaluate import Policies, Request, decide
from seatrial.core.policies.principals import Principal
from tagship.infra.policy.documents import statements
from tagship.infra.variables import variables
from tagship.manifest.load import load
from tagship.manifest.names import Names
from tour.stage import ENVIRONMENT, SYSTEMS

ACCOUNT = "000000000000"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/notes-tour-operator"
WHO = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/notes-tour-operator/tagship", ACCOUNT, ROLE)
NEEDS: list[tuple[str, str, dict[str, list[str]]]] = json.loads(
    Path(__file__).with_name("operator_calls.json").read_text("utf-8")
)
MANIFEST = f"""
app: notes
region: eu-central-1
services: {{api: {{port: 8000, paths: [/api/*], scaling: {{requests: 20}}, count: {{min: 2, max: 4}}}}}}
{SYSTEMS}
environments:
  {ENVIRONMENT}: {{protect: false}}
"""

NOT_IN_A_TOUR = {"Certificates", "Functions", "ScaledReaders", "Stack", "Zone", "ZoneChanges"}
"""Statements for what the tour does not do: a domain of one's own, a site of one page, readers that scaling added."""


@pytest.fixture(scope="module")
def found(tmp_path_factory: pytest.TempPathFactory) -> list[dict[str, Any]]:
    """The statements of the tour's environment."""
    path = tmp_path_factory.mktemp("tour") / "tagship.yaml"
    path.write_text(MANIFEST, encoding="utf-8")
    manifest = load(path).for_environment(ENVIRONMENT)
    told = variables(manifest, Names(manifest.app, manifest.environment), account=ACCOUNT)["manifest"]
    return [dict(each) for each in statements(told, ACCOUNT)]


def refused(some: list[dict[str, Any]]) -> Iterator[tuple[str, str]]:
    policy = of_json({"Version": "2012-10-17", "Statement": some})
    for action, resource, context in NEEDS:
        owner = resource.split(":")[4] if resource.count(":") > 4 else ""
        values = {key: tuple(value) for key, value in context.items()}
        request = Request(WHO, action, resource, values, owner or ACCOUNT, keys.is_unknown(action))
        if not decide(request, Policies([policy])).allowed:
            yield action, resource


def test_all_that_was_asked_for_is_allowed(found: list[dict[str, Any]]) -> None:
    assert list(refused(found)) == []


def test_each_statement_is_needed(found: list[dict[str, Any]]) -> None:
    needless = {each["Sid"] for each in found if not any(refused([one for one in found if one is not each]))}
    assert needless <= NOT_IN_A_TOUR


def test_more_than_half_of_the_actions_were_asked_for(found: list[dict[str, Any]]) -> None:
    given = {action for each in found for action in each["Action"]}
    asked = {action for action, _, _ in NEEDS}
    assert len(asked & given) > len(given) / 2
