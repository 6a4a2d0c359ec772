"""Each case of ``events/`` is an event as AWS documents it (``source`` says where), told in ``messages.txt``."""

import json
from pathlib import Path
from typing import Any

import pytest

from tagship.notify.function.message import Message
from tagship.notify.function.messages import messages
from tests.support.golden import Golden

EVENTS = sorted((Path(__file__).parent / "events").glob("*.json"))


def told(event: object) -> Message:
    (only,) = messages(event, "shop-staging")
    return only


@pytest.mark.golden
def test_every_event_is_told_as_in_the_file(golden: Golden) -> None:
    golden(Path(__file__).with_name("messages.txt"), "\n".join(map(spoken, EVENTS)))


def spoken(path: Path) -> str:
    """As plain text: how bad it is, the sentence, what there is to say beyond it, and the small print."""
    message = told(json.loads(path.read_text(encoding="utf-8"))["event"])
    lines = [
        f"# {path.stem}",
        message.tone.name,
        message.headline,
        message.text,
        *(f"- {fact}" for fact in message.facts),
    ]
    return "".join(f"{line}\n" for line in lines if line)


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_slack_takes_every_message(path: Path) -> None:
    payload = told(json.loads(path.read_text(encoding="utf-8"))["event"]).payload()

    assert payload["text"]
    assert 1 <= len(payload["blocks"]) <= 50
    assert [block["type"] for block in payload["blocks"][:1]] == ["section"]


def test_every_record_of_a_topic_is_told() -> None:
    one = json.loads((Path(__file__).parent / "events/text-of-a-person.json").read_text())["event"]["Records"][0]

    assert len(messages({"Records": [one, one]}, "")) == 2


def test_a_new_alarm_that_is_well_is_nothing_to_tell() -> None:
    event = json.loads((Path(__file__).parent / "events/alarm-cpu-recovered.json").read_text())["event"]
    published = event["Records"][0]["Sns"]
    published["Message"] = published["Message"].replace(
        '"OldStateValue": "ALARM"', '"OldStateValue": "INSUFFICIENT_DATA"'
    )

    assert messages(event, "shop-staging") == []


@pytest.mark.parametrize("event", [None, "text", 3, [], {"Records": [3]}, {"Records": [{"Sns": "x"}]}, {"detail": 1}])
def test_whatever_comes_something_is_told(event: object) -> None:
    assert told(event).headline


@pytest.mark.parametrize("path", EVENTS, ids=lambda path: path.stem)
def test_an_event_that_lost_any_of_its_parts_is_still_told(path: Path) -> None:
    event = json.loads(path.read_text(encoding="utf-8"))["event"]

    for smaller in without_one(event):
        assert told(smaller).payload()["blocks"]


def without_one(event: dict[str, Any]) -> list[dict[str, Any]]:
    """The event without each of its fields, and without each field of its detail; and with ``None`` in their place."""
    found = [{**event, name: None} for name in event] + [{k: v for k, v in event.items() if k != n} for n in event]
    detail = event.get("detail")
    if isinstance(detail, dict):
        found += [{**event, "detail": {**detail, name: None}} for name in detail]
        found += [{**event, "detail": {k: v for k, v in detail.items() if k != n}} for n in detail]
    return found
