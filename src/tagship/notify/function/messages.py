"""Whatever comes, as messages; what nobody knows as a list of what it holds, never as its JSON. Pure."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from tagship.notify.function import alarm_text, event_text
from tagship.notify.function.alarm import from_event, from_topic
from tagship.notify.function.message import Message, Tone
from tagship.notify.function.words import in_words, moment

Json = Mapping[str, Any]

_ALARM: Final = ("aws.cloudwatch", "CloudWatch Alarm State Change")
_ODD: Final = (AttributeError, IndexError, KeyError, TypeError, ValueError)
"""What an event in another shape than the documented one leads to."""

_MOST_LINES: Final = 20
_LONGEST_VALUE: Final = 200


def messages(event: object, cluster: str) -> list[Message]:
    """What Lambda was invoked with, as messages: of a topic, of EventBridge, or of an alarm directly."""
    if not isinstance(event, Mapping):
        return [Message(Tone.NOTE, "Event", _shown(event))]
    records = event.get("Records")
    if isinstance(records, list):
        return [message for record in records for message in _of_record(record, cluster)]
    return [_of_event(event, cluster)]


def _of_record(record: object, cluster: str) -> list[Message]:
    published = record.get("Sns") if isinstance(record, Mapping) else None
    if not isinstance(published, Mapping):
        return [_unknown("Event", record)]
    text, subject = str(published.get("Message", "")), str(published.get("Subject") or "")
    document = _document(text)
    if document is None:
        return [Message(Tone.NOTE, subject or _first_line(text), text if subject else _rest(text))]
    if "AlarmName" in document:
        return _of_alarm(document, cluster)
    if "detail-type" in document:
        return [_of_event(document, cluster)]
    return [_unknown(subject or "Message", document)]


def _of_alarm(document: Json, cluster: str) -> list[Message]:
    try:
        alarm = from_topic(document)
        return [alarm_text.alarm_message(alarm, cluster)] if alarm_text.is_worth_a_message(alarm) else []
    except _ODD:
        return [_unknown(str(document["AlarmName"]), document)]


def _of_event(event: Json, cluster: str) -> Message:
    if "alarmData" in event:
        return _guarded(lambda: alarm_text.alarm_message(from_event(event["alarmData"]), cluster), event)
    kind = (str(event.get("source", "")), str(event.get("detail-type", "")))
    if kind == _ALARM:
        return _guarded(lambda: alarm_text.alarm_message(from_event(event["detail"]), cluster), event)
    if known := event_text.SAID.get(kind):
        return _guarded(lambda: known(event), event)
    return _unknown(kind[1] or "Event", event)


def _guarded(say: Callable[[], Message], event: Json) -> Message:
    """An event in another shape than it is documented in is still told."""
    try:
        return say()
    except _ODD:
        return _unknown(str(event.get("detail-type") or "Event"), event)


def _unknown(headline: str, event: object) -> Message:
    fields = event if isinstance(event, Mapping) else {}
    detail = fields.get("detail")
    facts = (moment(str(fields.get("time", ""))), str(fields.get("source", "")))
    return Message(Tone.NOTE, headline, "\n".join(_lines(detail if isinstance(detail, Mapping) else event)), facts)


def _lines(event: object) -> Iterator[str]:
    """What can be said in a line each; what lies deeper is only counted."""
    if not isinstance(event, Mapping):
        yield _shown(event)
        return
    for name, value in list(event.items())[:_MOST_LINES]:
        if value not in (None, "", [], {}):
            yield f"{in_words(str(name))}: {_shown(value)}"
    if len(event) > _MOST_LINES:
        yield f"and {len(event) - _MOST_LINES} more"


def _shown(value: object) -> str:
    if isinstance(value, Mapping):
        return f"{len(value)} entries"
    if isinstance(value, list):
        plain = all(isinstance(each, str | int | float) for each in value)
        return _shortened(", ".join(map(str, value))) if plain else f"{len(value)} entries"
    return _shortened(str(value))


def _shortened(text: str) -> str:
    return text if len(text) <= _LONGEST_VALUE else f"{text[:_LONGEST_VALUE]} …"


def _document(text: str) -> dict[str, Any] | None:
    try:
        found = json.loads(text)
    except ValueError:
        return None
    return found if isinstance(found, dict) else None


def _first_line(text: str) -> str:
    return text.strip().partition("\n")[0] or "Empty message"


def _rest(text: str) -> str:
    return text.strip().partition("\n")[2]
