"""Why an alarm changed its state, in AWS's words. Pure.

Sources: the sample events in "Alarm events and EventBridge" (cloudwatch-and-eventbridge) of the CloudWatch user guide,
and reasons of real alarms where the guide has none (missing datapoints; alarms without ``DatapointsToAlarm``).
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from seatrial.services.cloudwatch.evaluation import ALARM, INSUFFICIENT_DATA, Condition, Verdict

CREATED = "Unchecked: Initial alarm creation"

_WORDS = {
    "GreaterThanOrEqualToThreshold": "greater than or equal to",
    "GreaterThanThreshold": "greater than",
    "LessThanThreshold": "less than",
    "LessThanOrEqualToThreshold": "less than or equal to",
}
_TREATED = {"breaching": "Breaching", "notBreaching": "NonBreaching"}
_BIG = 1e7
_SMALL = 1e-3


@dataclass(frozen=True)
class Datapoint:
    """One period as an alarm sees it.

    Args:
        at: its begin, in seconds since 1970.
        value: None where nothing was measured.
        count: how many samples; None where that is not known, as of an expression.
    """

    at: float
    value: float | None
    count: float | None = None


def reason(condition: Condition, verdict: Verdict, points: Sequence[Datapoint], *, m_of_n: bool) -> str:
    """AWS's sentence for a new state.

    Args:
        condition: the condition of the alarm.
        verdict: the result of the evaluation, which has a state.
        points: the points of the evaluation range, oldest first.
        m_of_n: whether the alarm was given ``DatapointsToAlarm``: AWS words both differently.
    """
    if verdict.state == INSUFFICIENT_DATA:
        return f"Insufficient Data: {_unknown(condition.periods)} unknown."
    treated = _TREATED.get(condition.missing)
    missing = f"{_number(verdict.filled, 'missing datapoint')} treated as [{treated}]"
    used = [points[place] for place in verdict.evaluated]
    agreeing = [point for point in used if _agrees(condition, verdict, point)]
    periods = f"{condition.periods} period{'' if condition.periods == 1 else 's'}"
    if not used:
        return f"Threshold Crossed: no datapoints were received for {periods} and {missing}."
    if not agreeing:
        return f"Threshold Crossed: {_number(len(used), 'datapoint')} received for {periods} and {missing}."
    filled = f" and {missing}" if verdict.filled and treated else ""
    seen = len(used) + (verdict.filled if filled else 0)
    crossing = _crossing(condition, verdict, agreeing, seen if m_of_n else None)
    return f"Threshold Crossed: {crossing}{filled}{_transition(condition, verdict) if m_of_n else ''}."


def reason_data(
    condition: Condition, verdict: Verdict, points: Sequence[Datapoint], *, now: float, about: dict[str, Any]
) -> str:
    """The same as JSON.

    Args:
        condition: the condition of the alarm.
        verdict: the result of the evaluation, which has a state.
        points: the points of the evaluation range, oldest first.
        now: when it was evaluated.
        about: ``period``, and ``statistic`` and ``unit`` of an alarm of one metric.
    """
    used = [points[place] for place in verdict.evaluated]
    shown = used if len(used) == condition.periods else list(points[-condition.periods :])
    if used and used[0].at < shown[0].at:
        shown = [*(point for point in used if point.at < shown[0].at), *shown]
    document: dict[str, Any] = {"version": "1.0", "queryDate": stamp(now)}
    if used:
        document["startDate"] = stamp(used[0].at)
    document |= about
    document["recentDatapoints"] = [point.value for point in used]
    document["threshold"] = condition.threshold
    document["evaluatedDatapoints"] = [_evaluated(point) for point in reversed(shown)]
    return json.dumps(document, separators=(",", ":"))


def stamp(at: float) -> str:
    """A time as alarms write it: ``2019-10-02T17:04:40.989+0000``."""
    moment = datetime.fromtimestamp(at, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}+0000"


def java_number(value: float) -> str:
    """A number as Java writes a double: ``45628.0``, ``1.0E7``, ``5.0E-4``."""
    if value == 0 or _SMALL <= abs(value) < _BIG:
        return repr(float(value))
    mantissa, _, exponent = f"{value:.16e}".partition("e")
    shortest = next(
        text for digits in range(17) if float(text := f"{value:.{digits}e}") == value or digits == len(mantissa)
    )
    mantissa, _, exponent = shortest.partition("e")
    return f"{mantissa if '.' in mantissa else mantissa + '.0'}E{int(exponent)}"


def _agrees(condition: Condition, verdict: Verdict, point: Datapoint) -> bool:
    return point.value is not None and condition.breaches(point.value) == (verdict.state == ALARM)


def _crossing(condition: Condition, verdict: Verdict, agreeing: Sequence[Datapoint], seen: int | None) -> str:
    listed = ", ".join(_listed(point) for point in reversed(agreeing))
    one = len(agreeing) == 1
    of = f"{len(agreeing)} out of the last {seen} datapoints" if seen else f"{len(agreeing)} datapoint{'s' * (not one)}"
    negation = "" if verdict.state == ALARM else "not "
    threshold = java_number(condition.threshold)
    words = f"{negation}{_WORDS[condition.operator]} the threshold ({threshold})"
    return f"{of} [{listed}] {'was' if one else 'were'} {words}"


def _transition(condition: Condition, verdict: Verdict) -> str:
    to_alarm = verdict.state == ALARM
    least = condition.to_alarm if to_alarm else condition.periods - condition.to_alarm + 1
    change = "OK -> ALARM" if to_alarm else "ALARM -> OK"
    return f" (minimum {least} datapoint{'' if least == 1 else 's'} for {change} transition)"


def _listed(point: Datapoint) -> str:
    assert point.value is not None  # noqa: S101 - only real datapoints agree
    return f"{java_number(point.value)} ({datetime.fromtimestamp(point.at, UTC):%d/%m/%y %H:%M:%S})"


def _number(count: int, what: str) -> str:
    return f"{count} {what} was" if count == 1 else f"{count} {what}s were"


def _unknown(count: int) -> str:
    return _number(count, "datapoint")


def _evaluated(point: Datapoint) -> dict[str, Any]:
    document: dict[str, Any] = {"timestamp": stamp(point.at)}
    if point.value is not None:
        document |= {"sampleCount": point.count} if point.count is not None else {}
        document["value"] = point.value
    return document
