"""Alarms in a sentence: what, where, the value against its threshold, since when. Pure."""

import re
from collections.abc import Mapping
from typing import Final

from tagship.notify.function.alarm import Alarm
from tagship.notify.function.message import Message, Tone
from tagship.notify.function.words import MEASURES, RELATIONS, in_words, moment, number, place

_TRACKING: Final = re.compile(
    r"TargetTracking-(?:service/[^/]+/(?P<service>.+)|cluster:(?P<database>.+))-Alarm(?P<side>High|Low)-[0-9a-fA-F-]+"
)
_STATISTICS: Final[Mapping[str, str]] = {"MAXIMUM": "", "MINIMUM": "", "SUM": "", "AVERAGE": "", "SAMPLECOUNT": ""}


def is_worth_a_message(alarm: Alarm) -> bool:
    """A new alarm has no data at first, and is well a minute later: that is nothing to tell, of each alarm.

    Only where somebody asked to be told of missing data, the data's coming back is told, too.
    """
    return alarm.state != "OK" or alarm.before != "INSUFFICIENT_DATA" or alarm.tells_of_silence


def alarm_message(alarm: Alarm, cluster: str) -> Message:
    """An alarm as a message; ``cluster`` begins the names of target groups, and is left out."""
    if tracking := _TRACKING.fullmatch(alarm.name):
        return _scaling(alarm, tracking)
    where = place(alarm.dimensions, cluster) or f"`{alarm.name}`"
    if alarm.state == "OK" and alarm.before == "INSUFFICIENT_DATA":
        return Message(Tone.NOTE, f"{where}: data is available again{_of_now(alarm)}", "", _facts(alarm))
    if alarm.state == "OK":
        return Message(Tone.GOOD, f"{where}{_now(alarm)}", "", _facts(alarm))
    if alarm.state == "INSUFFICIENT_DATA":
        return Message(Tone.WARNING, f"{where}: missing data{_of(alarm)}", _own_words(alarm), _facts(alarm))
    if alarm.value is None or alarm.threshold is None:
        return Message(Tone.ALARM, f"{where}: alarm{_of(alarm)}", _own_words(alarm), _facts(alarm))
    return Message(Tone.ALARM, f"{where}: {_against(alarm)}", alarm.description, _facts(alarm))


def _scaling(alarm: Alarm, tracking: re.Match[str]) -> Message:
    """Target tracking acts on its alarms itself, and tells of it nowhere else."""
    who = f"`{tracking['service']}`" if tracking["service"] else f"Database `{tracking['database']}`"
    more = tracking["side"] == "High"
    parts = "tasks" if tracking["service"] else "readers"
    facts = (_when(alarm), alarm.name)
    if alarm.state != "ALARM":
        return Message(
            Tone.NOTE, f"{who} no longer needs scaling{_now(alarm) if alarm.value is not None else ''}", "", facts
        )
    limit = f"No change if it is at its {'maximum' if more else 'minimum'} number of {parts} already."
    wanted = f"{who} is scaling {'out' if more else 'in'} (target tracking)"
    if alarm.value is None or alarm.threshold is None:
        return Message(Tone.NOTE, wanted, alarm.reason, facts)
    # AlarmLow is at 90 % of the target, so that the two never chase each other.
    return Message(Tone.NOTE, f"{wanted}: {_against(alarm)}", limit, facts)


def _measure(alarm: Alarm) -> str:
    words = MEASURES[alarm.metric][0] if alarm.metric in MEASURES else in_words(alarm.metric[1])
    statistic = _STATISTICS.get(alarm.statistic.upper(), alarm.statistic)
    return f"{words} ({statistic})" if statistic and words else words


def _of(alarm: Alarm) -> str:
    return f" of {measure}" if (measure := _measure(alarm)) else ""


def _amount(alarm: Alarm) -> str:
    """``CPU at 91.3 %``, ``12 answers with 5xx``."""
    value, measure = _valued(alarm, alarm.value), _measure(alarm)
    if not measure:
        return f"at {value}"
    counted = alarm.metric in MEASURES and MEASURES[alarm.metric][1] is number
    return f"{value} {measure}" if counted else f"{measure} at {value}"


def _against(alarm: Alarm) -> str:
    return f"{_amount(alarm)}, {RELATIONS.get(alarm.relation, 'against')} {_valued(alarm, alarm.threshold)}"


def _now(alarm: Alarm) -> str:
    if alarm.value is None:
        return f": alarm{_of(alarm)} is over"
    bounded = alarm.threshold is not None and alarm.relation in RELATIONS
    limit = f", no longer {RELATIONS[alarm.relation]} {_valued(alarm, alarm.threshold)}" if bounded else ""
    return f": {_amount(alarm)}{limit}"


def _of_now(alarm: Alarm) -> str:
    return _of(alarm) if alarm.value is None else f": {_amount(alarm)}"


def _valued(alarm: Alarm, value: float | None) -> str:
    say = MEASURES[alarm.metric][1] if alarm.metric in MEASURES else number
    return say(value or 0.0)


def _own_words(alarm: Alarm) -> str:
    following = "Caused by " + ", ".join(f"`{name}`" for name in alarm.children) + "." if alarm.children else ""
    return "\n".join(words for words in (alarm.description, following or alarm.reason) if words)


def _facts(alarm: Alarm) -> tuple[str, ...]:
    return (_when(alarm), f"alarm {alarm.name}")


def _when(alarm: Alarm) -> str:
    at = moment(alarm.at)
    if alarm.state == "OK" and alarm.since:
        return f"from {moment(alarm.since)} to {at}"
    return f"since {at}"
