"""Which actions a type of resources needs, on what: ``actions.tsv``."""

from collections.abc import Collection
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

OF_TAGSHIP: Final = "tagship"
"""The type of the rows of what tagship asks itself."""

NO_CALL: Final = frozenset({"data.aws_iam_policy_document", "data.aws_partition"})
"""Types that Terraform works out by itself."""


@dataclass(frozen=True)
class Row:
    """Actions of a type.

    Args:
        kind: such as ``aws_vpc``.
        scope: what the actions are allowed on, by its name in ``scopes.json``.
        actions: such as ``ec2:CreateVpc``.
        when: the part of the manifest without which the type has no resource; empty where its module always has one.
    """

    kind: str
    scope: str
    actions: tuple[str, ...]
    when: str = ""


@cache
def rows() -> tuple[Row, ...]:
    """All rows."""
    text = files(__package__).joinpath("actions.tsv").read_text(encoding="utf-8")
    cells = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return tuple(Row(kind, scope, tuple(actions.split()), *when) for kind, scope, actions, *when in cells)


def unknown(kinds: Collection[str]) -> set[str]:
    """Types of which no row is."""
    return set(kinds) - NO_CALL - {row.kind for row in rows()}
