"""A plan in words, what is destroyed first. Pure."""

from collections import Counter
from collections.abc import Iterable
from itertools import groupby
from typing import Final

from tagship.infra.events import Action, PlanSummary
from tagship.infra.plan import Change, Plan

FEW = 12
"""So many additions are listed one by one; more are counted by module."""

_ORDER: Final[tuple[Action, ...]] = ("delete", "replace", "update", "move", "create")
_WORDS: Final[dict[Action, str]] = {
    "delete": "- destroy",
    "replace": "± replace",
    "update": "~ change ",
    "move": "> rename ",
    "create": "+ add    ",
}


_REASONS: Final = {
    "tainted": "its creation was interrupted",
    "requested": "requested",
    "cannot_update": "cannot be changed in place",
}
"""Terraform's reasons in words; those of a deletion all come from what is written, or no longer written."""

_MEANS: Final[dict[tuple[str, Action], str]] = {
    ("aws_ecs_service", "replace"): "its tasks stop; the next release starts them again",
    ("aws_ecs_service", "delete"): "its tasks stop",
    ("aws_lb_target_group", "replace"): "until the next release, the load balancer has no targets for it",
    ("aws_lb", "replace"): "the app is unavailable until the new one is ready, some minutes",
    (
        "aws_cloudfront_distribution",
        "replace",
    ): "its address changes, and the app is unavailable until the new one is ready",
    ("aws_nat_gateway", "replace"): "outbound connections fail for a minute or two, and then come from another address",
    ("aws_nat_gateway", "delete"): "outbound connections through it are closed",
    ("aws_instance", "replace"): "it is unavailable for some minutes",
    ("aws_rds_cluster_instance", "replace"): "its connections are closed",
    ("aws_rds_cluster_instance", "update"): "it may restart",
}
"""What people notice, where a plan's line does not say it."""


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
    said = (_reason(change.reason), _MEANS.get((change.resource_type, change.action), ""))
    noted = "; ".join(filter(None, said))
    return f"{_WORDS[change.action]}  {change.address}" + (f"  ({noted})" if noted else "")


def _reason(reason: str) -> str:
    return "no longer in the manifest" if reason.startswith("delete_because") else _REASONS.get(reason, reason)


def _by_module(changes: Iterable[Change]) -> list[str]:
    ordered = sorted(changes, key=lambda change: change.module)
    return [
        f"{_WORDS['create']}  {module or 'root'}: {_counted(group)}"
        for module, group in groupby(ordered, key=lambda change: change.module)
    ]


def _counted(changes: Iterable[Change]) -> str:
    counts = Counter(change.resource_type for change in changes)
    return ", ".join(f"{count} {name}" if count > 1 else name for name, count in sorted(counts.items()))
