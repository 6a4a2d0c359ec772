"""The statements of an environment, in as many documents as IAM wants. Pure.

Source: IAM user guide, "IAM and AWS STS quotas": 6,144 characters a managed policy, white space not counted.
"""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tagship.infra.policy.present import Manifest, is_on, types
from tagship.infra.policy.scopes import scope
from tagship.infra.policy.table import OF_TAGSHIP, rows
from tagship.infra.workspace import SOURCES

LONGEST: Final = 6144
"""Characters that a managed policy has at most."""

_VERSION: Final = "2012-10-17"

Statement = Mapping[str, Any]


def policies(manifest: Manifest, account: str, sources: Path = SOURCES) -> dict[str, dict[str, Any]]:
    """By their names, the policies of whoever plans, applies and destroys an environment.

    Args:
        manifest: Terraform's variable ``manifest``.
        account: twelve digits.
        sources: the modules and the root.
    """
    name = f"{manifest['names']['prefix']}-operator"
    packed = _packed(statements(manifest, account, sources))
    return {f"{name}-{number}": _document(each) for number, each in enumerate(packed, 1)}


def statements(manifest: Manifest, account: str, sources: Path = SOURCES) -> list[Statement]:
    """One statement for each scope, each short enough for a document of its own."""
    return [
        part
        for name, actions in sorted(_actions(manifest, sources).items())
        if (found := scope(name, manifest, account)) is not None
        for part in _cut(name, sorted(actions), {"Resource": _one(found.resources), **_where(found.condition)})
    ]


def length(document: Mapping[str, Any]) -> int:
    """Characters of a document, as IAM counts them."""
    return len(json.dumps(document, separators=(",", ":")))


def _actions(manifest: Manifest, sources: Path) -> dict[str, set[str]]:
    """By scope: what the types that are there need."""
    there = {OF_TAGSHIP, *types(manifest, sources)}
    found: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        if row.kind in there and (not row.when or is_on(manifest, row.when)):
            found[row.scope] |= set(row.actions)
    return found


def _cut(name: str, actions: list[str], rest: Mapping[str, Any]) -> Iterator[Statement]:
    """A statement, or several where one would be too long."""
    whole = {"Sid": name, "Effect": "Allow", "Action": actions, **rest}
    if length(_document([whole])) <= LONGEST:
        yield whole
        return
    half = len(actions) // 2
    for letter, some in (("A", actions[:half]), ("B", actions[half:])):
        yield from _cut(f"{name}{letter}", some, rest)


def _packed(found: list[Statement]) -> list[list[Statement]]:
    """Each into the first document that has room for it, the longest first."""
    packed: list[list[Statement]] = []
    for each in sorted(found, key=lambda one: -length(one)):
        room = next((some for some in packed if length(_document([*some, each])) <= LONGEST), None)
        if room is None:
            packed.append([each])
        else:
            room.append(each)
    return [sorted(some, key=lambda one: str(one["Sid"])) for some in packed]


def _document(some: list[Statement]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": some}


def _one(resources: tuple[str, ...]) -> str | list[str]:
    return resources[0] if len(resources) == 1 else list(resources)


def _where(condition: Mapping[str, Any]) -> dict[str, Any]:
    return {"Condition": condition} if condition else {}
