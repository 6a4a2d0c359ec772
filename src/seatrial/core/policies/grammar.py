"""What IAM says against a policy document, before it takes it. Pure.

Sources: IAM user guide, "Grammar of the IAM JSON policy language"; the words are those of public reports of
``MalformedPolicyDocument``.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from seatrial.core.policies.conditions import OPERATORS
from seatrial.core.policies.document import Malformed, of_json

_SID = re.compile(r"[0-9A-Za-z]*")
_ACTION = re.compile(r"\*|[\w-]+:[\w*?]+")
_TAKES_ROLES = re.compile(r"(?i)sts:(AssumeRole|TagSession|SetSourceIdentity|\*)|\*")


def problem(text: str, *, trust: bool = False) -> str:
    """The first thing that IAM would say; empty where it takes the document.

    Args:
        text: the document.
        trust: whether it says who may take a role.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return "This policy contains invalid Json"
    try:
        of_json(document)
    except Malformed:
        return "Syntax errors in policy."
    listed = document["Statement"] if isinstance(document["Statement"], list) else [document["Statement"]]
    if not listed:
        return "Syntax errors in policy."
    sids = [statement["Sid"] for statement in listed if statement.get("Sid")]
    if len(sids) != len(set(sids)):
        return "Statement IDs (SID) in a single policy must be unique."
    return next((words for statement in listed for words in _against(statement, trust=trust)), "")


def _against(statement: Mapping[str, Any], *, trust: bool) -> Iterator[str]:
    if not _SID.fullmatch(str(statement.get("Sid", ""))):
        yield (
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression "
            "[0-9A-Za-z]*"
        )
    if len({"Action", "NotAction"} & statement.keys()) != 1:
        yield "Policy statement must contain actions."
    actions = _listed(statement.get("Action", statement.get("NotAction")))
    if not all(_ACTION.fullmatch(action) for action in actions):
        yield "Actions/Conditions must be prefaced by a vendor, e.g., iam, sdb, ec2, etc."
    for test in statement.get("Condition") or {}:
        operator = test.rpartition(":")[2].removesuffix("IfExists")
        if operator not in OPERATORS and operator != "Null":
            yield f"Invalid Condition type : {operator}."
    yield from _of_trust(statement, actions) if trust else _of_identity(statement)


def _of_identity(statement: Mapping[str, Any]) -> Iterator[str]:
    if {"Principal", "NotPrincipal"} & statement.keys():
        yield "Policy document should not specify a principal."
    if len({"Resource", "NotResource"} & statement.keys()) != 1:
        yield "Policy statement must contain resources."
    for resource in _listed(statement.get("Resource", statement.get("NotResource"))):
        if resource != "*" and not resource.startswith(("arn:", "${")):
            yield f'Resource {resource} must be in ARN format or "*".'


def _of_trust(statement: Mapping[str, Any], actions: list[str]) -> Iterator[str]:
    if {"Resource", "NotResource"} & statement.keys():
        yield "Has prohibited field Resource"
    if "Principal" not in statement:
        yield "Missing required field Principal"
    if not all(_TAKES_ROLES.match(action) for action in actions):
        yield "AssumeRole policy may only specify STS AssumeRole actions."


def _listed(value: Any) -> list[str]:  # noqa: ANN401 - JSON
    return [str(each) for each in value] if isinstance(value, list) else [str(value)] if value is not None else []
