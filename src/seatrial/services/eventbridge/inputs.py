"""What a target is given: the event, a part of it, a constant, or a text made of its parts. Pure.

Source: EventBridge user guide, "Amazon EventBridge input transformation".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

_STEP = re.compile(r"\.([^.\[\]]+)|\[['\"]([^'\"]+)['\"]\]|\[(\d+)\]|(\[\*\])")
_LITERAL_OR_VARIABLE = re.compile(r'"(?:\\.|[^"\\])*"|<[^<>]*>')
_VARIABLE = re.compile(r"<([^<>]*)>")
_RESERVED = "aws.events."


@dataclass(frozen=True)
class RuleName:
    """The rule that an event matched."""

    name: str
    arn: str


def payload(target: Mapping[str, Any], event: Mapping[str, Any], rule: RuleName, ingested: str) -> str:
    """What a target is sent.

    Args:
        target: the target of ``ListTargetsByRule``.
        event: the event that matched.
        rule: which it matched.
        ingested: when EventBridge got the event, as ``2026-01-01T00:00:00Z``.
    """
    if transformer := target.get("InputTransformer"):
        return transformed(transformer, event, rule, ingested)
    if target.get("Input") is not None:
        return str(target["Input"])
    if path := target.get("InputPath"):
        return json.dumps(extracted(path, event))
    return json.dumps(event)


def extracted(path: str, event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - JSON
    """The value at a JSON path such as ``$.detail.containers[0].name``; None where there is nothing."""
    found: Any = event
    for name, quoted, index, every in _STEP.findall(path.removeprefix("$")):
        if every:
            continue
        try:
            found = found[int(index)] if index else found[name or quoted]
        except (KeyError, IndexError, TypeError):
            return None
    return found


def transformed(transformer: Mapping[str, Any], event: Mapping[str, Any], rule: RuleName, ingested: str) -> str:
    """An input transformer's template with its variables filled in.

    Values are not escaped. A text in the place of a JSON value is put in quotes; an object within quotes loses its own.
    """
    paths = transformer.get("InputPathsMap") or {}
    values = {name: extracted(path, event) for name, path in paths.items()}
    values |= {
        "aws.events.rule-arn": rule.arn,
        "aws.events.rule-name": rule.name,
        "aws.events.event.ingestion-time": ingested,
        "aws.events.event": {name: value for name, value in event.items() if name != "detail"},
        "aws.events.event.json": event,
    }
    template = str(transformer.get("InputTemplate", ""))

    def inside(found: re.Match[str]) -> str:
        return _within(found[0], found[1], values)

    if '"' not in template:
        return _VARIABLE.sub(inside, template)

    def anywhere(found: re.Match[str]) -> str:
        token = found[0]
        return _VARIABLE.sub(inside, token) if token.startswith('"') else _alone(token, token[1:-1], values)

    return _LITERAL_OR_VARIABLE.sub(anywhere, template)


def _within(token: str, name: str, values: Mapping[str, Any]) -> str:
    """A variable inside a text."""
    if name not in values:
        return token
    value = values[name]
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value).replace('"', "")


def _alone(token: str, name: str, values: Mapping[str, Any]) -> str:
    """A variable in the place of a JSON value."""
    if name not in values:
        return token
    value = values[name]
    return json.dumps("" if value is None and not name.startswith(_RESERVED) else value)
