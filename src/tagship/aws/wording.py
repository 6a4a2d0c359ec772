"""Texts as AWS takes them: its characters and lengths, which its SDK does not check. Pure."""

import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any, Final

from tagship.base.errors import Refused

_STARTED_BY: Final = 128
_TOKEN: Final = 64
_TAG_VALUE: Final = 256
_OVERRIDES: Final = 8192
_DIGITS: Final = 16


def started_by(words: str) -> str:
    """Who started a task: letters, digits, ``-``, ``/`` and ``_``, at most 128 (ECS API, ``RunTask.startedBy``)."""
    return re.sub(r"[^A-Za-z0-9/_-]", "-", words)[:_STARTED_BY]


def client_token(words: str) -> str:
    """A token that is another one for other words: visible ASCII, at most 64 (ECS API, ``RunTask.clientToken``).

    One that has to be changed ends with a hash of the whole: two long names that begin alike are still two.
    """
    fitting = re.sub(r"[^!-~]", "-", words)
    if fitting == words and len(words) <= _TOKEN:
        return words
    return f"{fitting[: _TOKEN - _DIGITS - 1]}-{hashlib.sha256(words.encode()).hexdigest()[:_DIGITS]}"


def tag_value(words: str) -> str:
    """A tag's value: letters, digits, spaces and ``+-=._:/@``, at most 256 (ECS API, ``Tag``)."""
    return re.sub(r"[^\w +\-=.:/@]", "-", words)[:_TAG_VALUE]


def require_overrides_fit(overrides: Mapping[str, Any]) -> None:
    """Everything that a task is told beyond its definition has at most 8192 characters (ECS API, ``TaskOverride``).

    Raises:
        Refused: it has more; AWS would refuse it.
    """
    length = len(json.dumps(overrides, separators=(",", ":"), ensure_ascii=False))
    if length > _OVERRIDES:
        raise Refused(
            f"The command has {length} characters as JSON; ECS allows at most {_OVERRIDES}.",
            hint="Put it in a script in the image, and run that",
        )
