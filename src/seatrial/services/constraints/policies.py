"""What IAM's policy language asks of a document. Pure.

Source: IAM user guide, "Grammar of the IAM JSON policy language", and "IAM JSON policy elements reference"; the words
are those that public reports quote.
"""

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final

_VERSIONS: Final = frozenset({None, "2008-10-17", "2012-10-17"})
_SID: Final = re.compile(r"[0-9A-Za-z]*")
_SIDS: Final = (
    "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"
)
_ELEMENTS: Final = frozenset(
    {
        "Action",
        "Condition",
        "Effect",
        "NotAction",
        "NotPrincipal",
        "NotResource",
        "Principal",
        "Resource",
        "Sid",
    }
)


def problem(kind: str, text: str) -> str | None:
    """What AWS says against a policy document; None where it is well formed.

    Args:
        kind: ``identity`` (of a role, user or group), ``trust`` (who may assume a role) or ``resource``.
        text: the document.
    """
    try:
        document = json.loads(text)
    except ValueError:
        return "This policy contains invalid Json"
    if not isinstance(document, dict) or not document.keys() <= {"Version", "Id", "Statement"}:
        return "Syntax errors in policy."
    return next(_problems(kind, document), None)


def _problems(kind: str, document: Mapping[str, Any]) -> Iterator[str]:
    if document.get("Version") not in _VERSIONS:
        yield "Policy document must be version 2012-10-17 or greater."
    statements = document.get("Statement")
    written: list[Any] = statements if isinstance(statements, list) else [statements]
    listed: list[dict[str, Any]] = [statement for statement in written if isinstance(statement, dict)]
    if not written or len(listed) < len(written):
        yield "Syntax errors in policy."
        return
    for statement in listed:
        yield from _of_statement(kind, statement)
    sids = [statement["Sid"] for statement in listed if statement.get("Sid")]
    if len(set(sids)) < len(sids):
        yield "Statement IDs (SID) in a single policy must be unique."


def _of_statement(kind: str, statement: Mapping[str, Any]) -> Iterator[str]:
    if not statement.keys() <= _ELEMENTS or statement.get("Effect") not in {"Allow", "Deny"}:
        yield "Syntax errors in policy."
    if not {"Action", "NotAction"} & statement.keys():
        yield "Policy statement must contain actions."
    if kind != "resource" and not _SID.fullmatch(str(statement.get("Sid", ""))):
        yield _SIDS
    names_somebody = bool({"Principal", "NotPrincipal"} & statement.keys())
    names_something = bool({"Resource", "NotResource"} & statement.keys())
    if kind == "identity" and names_somebody:
        yield "Policy document should not specify a principal."
    if kind == "identity" and not names_something:
        yield "Policy statement must contain resources."
    if kind == "trust" and names_something:
        yield "Has prohibited field Resource"
    if kind != "identity" and not names_somebody:
        yield "Missing required field Principal"
