"""A plan in words, what is destroyed first. Pure."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from tagship.infra.events import Action, PlanSummary
from tagship.infra.plan import Change, Plan

FEW = 12
"""So many additions are listed one by one; more are counted by module."""

_ORDER: Final[tuple[Action, ...]] = ("delete", "replace", "update", "create")
_WORDS: Final[dict[Action, str]] = {
    "delete": "- destroy",
    "replace": "± replace",
    "update": "~ change ",
    "create": "+ add    ",
}


def in_words(plan: Plan) -> list[str]:
    """One line per resource, what is destroyed first, then the sum; many additions are one line per module."""
    ordered = sorted(plan.changes, key=lambda change: (_ORDER.index(change.action), change.address))
    lines: list[str] = []
    for action, changes in groupby(ordered, key=lambda change: change.action):
        group = list(changes)
        lines += _by_module(group) if action == "create" and len(group) > FEW else map(_line, group)
    return [*lines, total(plan.summary)]


def total(summary: PlanSummary) -> str:
    """``3 to add, 0 to change, 0 to destroy``, or that there is nothing to change."""
    if not (summary.add or summary.change or summary.destroy):
        return "Nothing to change."
    return f"{summary.add} to add, {summary.change} to change, {summary.destroy} to destroy."


def _line(change: Change) -> str:
    because = f"  ({change.reason.replace('_', ' ')})" if change.reason else ""
    return f"{_WORDS[change.action]}  {change.address}{because}"


def _by_module(changes: Iterable[Change]) -> list[str]:
    ordered = sorted(changes, key=lambda change: change.module)
    return [
        f"{_WORDS['create']}  {module or 'root'}: {_counted(group)}"
        for module, group in groupby(ordered, key=lambda change: change.module)
    ]


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(change.resource_type for change in changes)
    return ", ".join(f"{count} {name}" if count > 1 else name for name, count in sorted(counts.items()))
