"""Events as documents, one JSON line each, for programs that follow a release. Pure."""

import re
from dataclasses import fields, is_dataclass
from enum import Enum
from typing import Any

from tagship.base.events import Event
from tagship.release.records.verdict import Verdict

_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def document(event: Event) -> dict[str, Any]:
    """``{"event": "rollout_progress", "service": …}``: the kind in lower case, and what the event carries."""
    return {"event": _snake(type(event).__name__), **_contents(event)}


def _contents(value: Any) -> dict[str, Any]:  # noqa: ANN401 - any of our dataclasses
    return {field.name: _plain(getattr(value, field.name)) for field in fields(value)}


def _plain(value: Any) -> Any:  # noqa: ANN401 - in and out
    if isinstance(value, Verdict):
        return value.words
    if isinstance(value, Enum):
        return value.value
    if is_dataclass(value) and not isinstance(value, type):
        said = {"text": value.says} if hasattr(value, "says") else {}
        return {"kind": _snake(type(value).__name__), **said, **_contents(value)}
    if isinstance(value, tuple | list | frozenset):
        return [_plain(each) for each in value]
    if isinstance(value, dict):
        return {str(key): _plain(each) for key, each in value.items()}
    return value if isinstance(value, str | int | float | bool | None) else str(value)


def _snake(name: str) -> str:
    return _HUMP.sub("_", name).lower()
