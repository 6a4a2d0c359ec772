import json
from typing import Any

import pytest

from seatrial.services.eventbridge.inputs import RuleName, extracted, payload

EVENT: dict[str, Any] = {
    "version": "0",
    "id": "7bf73129",
    "detail-type": "ECS Task State Change",
    "resources": ["arn:a", "arn:b"],
    "detail": {"status": "STOPPED", "count": 2, "containers": [{"name": "app"}], "nothing": None},
}
RULE = RuleName("tasks", "arn:aws:events:eu-west-1:000000000000:rule/tasks")
INGESTED = "2026-01-01T00:00:00Z"


def sent(**target: Any) -> str:  # noqa: ANN401 - AWS's
    return payload(target, EVENT, RULE, INGESTED)


def transformed(template: str, **paths: str) -> str:
    return sent(InputTransformer={"InputPathsMap": paths, "InputTemplate": template})


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("$", EVENT),
        ("$.detail.status", "STOPPED"),
        ("$.detail-type", "ECS Task State Change"),
        ("$.resources[1]", "arn:b"),
        ("$.detail.containers[0].name", "app"),
        ("$['detail']['count']", 2),
        ("$.detail.missing", None),
        ("$.resources[9]", None),
        ("$.id.deeper", None),
    ],
)
def test_a_path_names_a_part_of_the_event(path: str, value: object) -> None:
    assert extracted(path, EVENT) == value


def test_without_any_input_the_event_itself_is_sent() -> None:
    assert json.loads(sent(Arn="x")) == EVENT


def test_a_constant_is_sent_as_it_is() -> None:
    assert sent(Input='{"a": 1}') == '{"a": 1}'


def test_a_part_of_the_event_is_sent_as_json() -> None:
    assert sent(InputPath="$.detail.status") == '"STOPPED"'


@pytest.mark.parametrize(
    ("template", "paths", "text"),
    [
        ('"<state> of <count>"', {"state": "$.detail.status", "count": "$.detail.count"}, '"STOPPED of 2"'),
        ('{"state": <state>, "n": <count>}', {"state": "$.detail.status", "count": "$.detail.count"}, None),
        ('{"state": "<state>", "n": <count>}', {"state": "$.detail.status", "count": "$.detail.count"}, None),
        ("<state> plainly", {"state": "$.detail.status"}, "STOPPED plainly"),
        ('"in text: <all>"', {"all": "$.detail.containers"}, '"in text: [{name: app}]"'),
        ('"<gone>|"', {"gone": "$.detail.missing"}, '"|"'),
        ('"<unknown>"', {}, '"<unknown>"'),
        ('"<aws.events.rule-name> <aws.events.rule-arn>"', {}, f'"tasks {RULE.arn}"'),
        ('"<aws.events.event.ingestion-time>"', {}, f'"{INGESTED}"'),
    ],
)
def test_a_template_is_filled_in(template: str, paths: dict[str, str], text: str | None) -> None:
    found = transformed(template, **paths)
    if text is None:
        assert json.loads(found) == {"state": "STOPPED", "n": 2}
    else:
        assert found == text


def test_the_whole_event_is_a_variable_with_and_without_its_detail() -> None:
    assert json.loads(transformed('{"e": <aws.events.event.json>}')) == {"e": EVENT}
    assert "detail" not in json.loads(transformed('{"e": <aws.events.event>}'))["e"]
