"""Every name and every description that the modules render, held to what AWS documents: the longest and oddest ones.

What AWS documents is the embedded AWS's table. ``documented_texts.json`` says which parameter of which call an
attribute becomes, and has a pattern where there is more to heed than AWS's refusal. A new resource needs its rows.
"""

import json
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final, NamedTuple

import pytest

from tests.contract.infra.conftest import PlainTerraform
from tests.contract.infra.rendered import resources
from tests.contract.infra.test_modules import folder
from tests.support.documented import refused

__all__ = ["folder"]

pytestmark = pytest.mark.terraform

ROWS: Final = json.loads(Path(__file__).with_name("documented_texts.json").read_text(encoding="utf-8"))
RULES: Final[Mapping[tuple[str, str], Mapping[str, Any]]] = {(row["resource"], row["attribute"]): row for row in ROWS}
TEXTS: Final = frozenset(
    {
        "alarm_description",
        "alarm_name",
        "bucket",
        "cluster_identifier",
        "comment",
        "description",
        "domain_name",
        "family",
        "function_name",
        "identifier",
        "name",
        "statement_id",
    }
)
"""The attributes that are somebody's name or words."""

ELSEWHERE: Final = frozenset(
    {
        ("aws_db_parameter_group", "family"),
        ("aws_lambda_function_event_invoke_config", "function_name"),
        ("aws_lambda_permission", "function_name"),
        ("aws_rds_cluster_parameter_group", "family"),
        ("aws_s3_object", "bucket"),
    }
)
"""AWS's own words, and references to what another resource is called."""


class Text(NamedTuple):
    """One text, and whose."""

    address: str
    kind: str
    attribute: str
    value: str


def texts(plan: Mapping[str, Any]) -> Iterator[Text]:
    for resource in resources(plan):
        for attribute, value in resource.values.items():
            key = (resource.kind, attribute)
            ours = resource.kind.startswith("aws_") and (attribute in TEXTS or key in RULES)
            if ours and key not in ELSEWHERE and isinstance(value, str) and value:
                yield Text(resource.address, *key, value)


def broken(text: Text) -> str | None:
    """What is wrong with it, or None."""
    rule = RULES.get((text.kind, text.attribute))
    if rule is None:
        return f"{text.kind}.{text.attribute} has no row in documented_texts.json"
    service, operation, member = rule["call"].split()
    if problem := refused(service, operation, member, text.value):
        return f"{text.address}.{text.attribute} is `{text.value}`, which AWS refuses: {problem}"
    if not re.fullmatch(rule.get("pattern", r"[\s\S]*"), text.value):
        return f"{text.address}.{text.attribute} is `{text.value}`: {rule['page']}"
    return None


def test_the_longest_and_oddest_names_and_descriptions_are_such_as_aws_takes(
    terraform: PlainTerraform, folder: Path
) -> None:
    done = terraform.run(folder, "test", "-json", "-verbose", "-filter=tests/longest.tftest.hcl")

    lines = [json.loads(line) for line in done.stdout.splitlines()]
    said = [line["diagnostic"]["detail"] for line in lines if line["type"] == "diagnostic"]
    assert done.returncode == 0, said
    (plan,) = (line["test_plan"] for line in lines if line["type"] == "test_plan")
    found = list(texts(plan))
    assert len(found) > 150
    assert [problem for problem in map(broken, found) if problem] == []
    # A row that nothing renders would say nothing.
    assert RULES.keys() == {(text.kind, text.attribute) for text in found}


@pytest.mark.parametrize(
    ("kind", "attribute", "value"),
    [
        ("aws_vpc_security_group_egress_rule", "description", "Cognito's endpoints, for sign-in"),
        ("aws_security_group", "name", "sg-notes"),
        ("aws_lb", "name", "a" * 33),
        ("aws_wafv2_web_acl", "description", "Before (CloudFront)"),
        ("aws_secretsmanager_secret", "name", "notes-local-vpnkey"),
        ("aws_new_thing", "name", "notes"),
    ],
)
def test_what_aws_refuses_is_found(kind: str, attribute: str, value: str) -> None:
    assert broken(Text("here", kind, attribute, value))
