"""An alarm of CloudWatch, whether a topic or EventBridge brings it. Pure.

Source: CloudWatch user guide, "Acting on alarm changes", "Alarm events and EventBridge" and "Invoke a Lambda function
from an alarm".
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Json = Mapping[str, Any]

_LISTED = re.compile(r"\[([^\]]*)\]")
_DATAPOINT = re.compile(r"(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?) \(\d")
_THRESHOLD = re.compile(r"threshold \((-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\)")
_RELATIONS = (
    ("greater than or equal to", "GreaterThanOrEqualToThreshold"),
    ("less than or equal to", "LessThanOrEqualToThreshold"),
    ("greater than", "GreaterThanThreshold"),
    ("less than", "LessThanThreshold"),
)


@dataclass(frozen=True)
class Alarm:
    """What an alarm says of itself.

    Args:
        state: ``ALARM``, ``OK`` or ``INSUFFICIENT_DATA``.
        before: the alarm's state before the change.
        reason: AWS's own sentence.
        value: the newest datapoint; None where there is none.
        metric: namespace and name; empty of metric math and of composite alarms.
        since: when it came to the state before; empty where nobody says.
        children: the names of the alarms that a composite alarm follows.
        tells_of_silence: whether it has actions for missing data.
    """

    name: str
    description: str
    state: str
    before: str
    reason: str
    at: str
    value: float | None
    threshold: float | None
    relation: str
    metric: tuple[str, str]
    statistic: str
    dimensions: Mapping[str, str]
    since: str = ""
    children: tuple[str, ...] = ()
    tells_of_silence: bool = False


def from_topic(said: Json) -> Alarm:
    """The JSON that an alarm publishes to a topic."""
    trigger = said.get("Trigger") or {}
    reason = str(said.get("NewStateReason") or "")
    measured = _measured(trigger)
    return Alarm(
        name=str(said["AlarmName"]),
        description=str(said.get("AlarmDescription") or ""),
        state=str(said.get("NewStateValue") or ""),
        before=str(said.get("OldStateValue") or ""),
        reason=reason,
        at=str(said.get("StateChangeTime") or ""),
        value=newest(reason),
        threshold=_number(trigger.get("Threshold")),
        relation=str(trigger.get("ComparisonOperator") or ""),
        metric=(str(measured.get("Namespace") or ""), str(measured.get("MetricName") or "")),
        statistic=str(trigger.get("ExtendedStatistic") or trigger.get("Statistic") or ""),
        dimensions={str(each.get("name")): str(each.get("value")) for each in measured.get("Dimensions") or ()},
        children=tuple(str(each.get("Arn", "")).rpartition(":")[2] for each in said.get("TriggeringChildren") or ()),
        tells_of_silence=bool(said.get("InsufficientDataActions")),
    )


def from_event(detail: Json) -> Alarm:
    """The detail of ``CloudWatch Alarm State Change``, which a function that is an alarm's action gets as well."""
    state, before = detail.get("state") or {}, detail.get("previousState") or {}
    configuration = detail.get("configuration") or {}
    reason = str(state.get("reason") or "")
    stat = _one_stat(configuration.get("metrics") or ())
    metric = stat.get("metric") or {}
    return Alarm(
        name=str(detail["alarmName"]),
        description=str(configuration.get("description") or ""),
        state=str(state.get("value") or ""),
        before=str(before.get("value") or ""),
        reason=reason,
        at=str(state.get("timestamp") or ""),
        value=newest(reason),
        threshold=_threshold(reason),
        relation=_relation(reason),
        metric=(str(metric.get("namespace") or ""), str(metric.get("name") or "")),
        statistic=str(stat.get("stat") or ""),
        dimensions={str(name): str(value) for name, value in (metric.get("dimensions") or {}).items()},
        since=str(before.get("timestamp") or ""),
    )


def newest(reason: str) -> float | None:
    """The newest datapoint of a reason: ``… datapoints [91.3 (01/03/26 12:04:00), 88.0 (…)] were …``."""
    for listed in _LISTED.findall(reason):
        if found := _DATAPOINT.search(listed):
            return float(found[1])
    return None


def _measured(trigger: Json) -> Json:
    """The metric itself; of metric math the one that is measured, where there is one only."""
    if "Metrics" not in trigger:
        return trigger
    measured = [each["MetricStat"]["Metric"] for each in trigger["Metrics"] if each.get("MetricStat")]
    return measured[0] if len(measured) == 1 == len(trigger["Metrics"]) else {}


def _one_stat(metrics: Sequence[Json]) -> Json:
    stat: Json = metrics[0].get("metricStat") or {} if len(metrics) == 1 else {}
    return stat


def _threshold(reason: str) -> float | None:
    found = _THRESHOLD.search(reason)
    return float(found[1]) if found else None


def _relation(reason: str) -> str:
    return next((name for words, name in _RELATIONS if words in reason), "")


def _number(value: object) -> float | None:
    return float(value) if isinstance(value, (int, float)) else None
