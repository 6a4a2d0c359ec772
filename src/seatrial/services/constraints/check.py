"""What is wrong with a call's parameters, by the table and by AWS's own models. Pure."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import islice
from typing import Any, Final

from seatrial.core.wire import traits
from seatrial.core.wire.traits import Violation
from seatrial.services.constraints import members, rules
from seatrial.services.constraints.members import Found
from seatrial.services.constraints.refusals import Refusal, dialect_of
from seatrial.services.constraints.rows import Row, rows_of

MODELLED_ELSEWHERE: Final = frozenset({"application-autoscaling", "ecs"})
"""Services that hold their calls to AWS's models themselves, in their own order and words."""

_TOLD: Final = 5
"""How many of a request's violations are told."""


@cache
def has_checks(service: str, operation: str) -> bool:
    """Whether anything is known of what an operation's parameters may be."""
    return bool(rows_of(service, operation)) or _is_modelled(service, operation)


@dataclass(frozen=True)
class Finding:
    """What was found in a call.

    Args:
        rows: the rows of the table that are about a value of it, up to the one that refuses it.
        refused: how AWS refuses it; None where nothing speaks against it.
    """

    rows: tuple[Row, ...] = ()
    refused: Refusal | None = None


def refusal(service: str, operation: str, params: Mapping[str, Any]) -> Refusal | None:
    """How AWS refuses a call; None where nothing speaks against it. The arguments are those of ``looked_at``."""
    return looked_at(service, operation, params).refused


def looked_at(service: str, operation: str, params: Mapping[str, Any]) -> Finding:
    """What the table and AWS's models say of a call.

    Args:
        service: botocore's name.
        operation: one of its operations.
        params: the parameters by the model's names.
    """
    dialect, met = dialect_of(service), []
    for row in rows_of(service, operation):
        if not row.holds(params):
            continue
        found = [each for member in row.members for each in members.values(member, params)]
        met += [row] if found else []
        if violation := next(_broken(row, found), None):
            return Finding(tuple(met), dialect.by_row(row, violation))
    if _is_modelled(service, operation):
        minded = (each for each in traits.violations(service, operation, params) if dialect.minds(each))
        if told := list(islice(minded, _TOLD)):
            return Finding(tuple(met), dialect.by_model(told))
    return Finding(tuple(met))


def _is_modelled(service: str, operation: str) -> bool:
    return service not in MODELLED_ELSEWHERE and traits.has_any(service, operation)


def _broken(row: Row, found: list[Found]) -> Iterator[Violation]:
    if row.together:
        found = [((row.members[0].partition("[")[0],), [value for _, value in found])]
    for path, value in found:
        if problem := rules.broken(row.rule, value):
            yield Violation(path, value, problem)
