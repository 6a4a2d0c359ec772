"""Whether datapoints put an alarm into another state. Pure.

Source: "How alarm state is evaluated when data is missing" and "Avoiding premature transitions to alarm state"
(alarms-and-missing-data) of the CloudWatch user guide.
"""

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass

OK = "OK"
ALARM = "ALARM"
INSUFFICIENT_DATA = "INSUFFICIENT_DATA"

# An alarm looks so many periods further back than it has to, in case that some of the newest have no data: 5 periods
# for 3 in AWS's tables.
SPARE_PERIODS = 2

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


@dataclass(frozen=True)
class Condition:
    """When an alarm is in ALARM.

    Args:
        operator: ``GreaterThanThreshold``, …
        threshold: which datapoints are compared with.
        periods: N, how many datapoints are evaluated.
        to_alarm: M, how many of them must be breaching.
        missing: ``missing``, ``ignore``, ``breaching``, ``notBreaching``.
    """

    operator: str
    threshold: float
    periods: int
    to_alarm: int
    missing: str = "missing"

    def breaches(self, value: float) -> bool:
        """Whether a value is on the wrong side of the threshold."""
        return _COMPARISONS[self.operator](value, self.threshold)


@dataclass(frozen=True)
class Verdict:
    """What an evaluation has found.

    Args:
        state: the state that the alarm has to be in; None where it keeps its own.
        evaluated: the places of the real datapoints that decided, oldest first.
        filled: how many missing datapoints were taken to be something.
    """

    state: str | None
    evaluated: tuple[int, ...]
    filled: int


def is_comparison(name: str) -> bool:
    """Whether a comparison operator is one of those for a fixed threshold."""
    return name in _COMPARISONS


def judge(condition: Condition, values: Sequence[float | None]) -> Verdict:
    """The state for the values of the evaluation range, oldest first; None is a missing datapoint."""
    real = [place for place, value in enumerate(values) if value is not None]
    if len(real) >= condition.periods:
        newest = tuple(real[-condition.periods :])
        return Verdict(_by_count(condition, _breaching(condition, values, newest)), newest, 0)
    if not real:
        return Verdict(_without_data(condition.missing), (), condition.periods)
    filled = condition.periods - len(real)
    breaching = _breaching(condition, values, real)
    state: str | None
    if condition.missing == "breaching":
        state = _by_count(condition, breaching + filled)
    elif condition.missing == "notBreaching" or breaching >= condition.to_alarm:
        state = _by_count(condition, breaching)
    elif breaching < len(real):
        state = OK
    else:
        state = _premature(condition, len(values) - real[0])
    return Verdict(state, tuple(real), filled)


def _breaching(condition: Condition, values: Sequence[float | None], places: Sequence[int]) -> int:
    found = (values[place] for place in places)
    return sum(1 for value in found if value is not None and condition.breaches(value))


def _by_count(condition: Condition, breaching: int) -> str:
    return ALARM if breaching >= condition.to_alarm else OK


def _without_data(missing: str) -> str | None:
    return {"breaching": ALARM, "notBreaching": OK, "ignore": None}.get(missing, INSUFFICIENT_DATA)


def _premature(condition: Condition, age: int) -> str | None:
    """Too few datapoints, and all breach: ALARM only if the oldest is at least as old as M periods.

    Younger ones wait, for the next datapoint may be good; AWS does not say in which state, and here it is the one that
    the alarm has.
    """
    return ALARM if condition.missing == "missing" and age >= condition.to_alarm else None
