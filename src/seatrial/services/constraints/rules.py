"""What a value may be, as AWS's pages say it in words. Pure.

A rule has the words of ``CONSTRAINTS``, in a row of the table; each takes its limit and a value, and returns what the
value must do instead (``have length less than or equal to 64``), or None.
"""

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any, Final

from seatrial.services.constraints import policies

Limit = Any
"""As the table has it: a number, a pattern, or a list of words."""

Constraint = Callable[[Limit, Any], str | None]

_SPACE: Final = re.compile(r"[ \t\r\n]")


def _least(limit: int, value: Any) -> str | None:  # noqa: ANN401 - JSON
    short = isinstance(value, str | list | dict) and len(value) < limit
    return f"have length greater than or equal to {limit}" if short else None


def _most(limit: int, value: Any) -> str | None:  # noqa: ANN401 - JSON
    long = isinstance(value, str | list | dict) and len(value) > limit
    return f"have length less than or equal to {limit}" if long else None


def _low(limit: float, value: Any) -> str | None:  # noqa: ANN401 - JSON
    number = _number(value)
    return f"have value greater than or equal to {limit}" if number is not None and number < limit else None


def _high(limit: float, value: Any) -> str | None:  # noqa: ANN401 - JSON
    number = _number(value)
    return f"have value less than or equal to {limit}" if number is not None and number > limit else None


def _step(limit: float, value: Any) -> str | None:  # noqa: ANN401 - JSON
    number = _number(value)
    return None if number is None or (number / limit).is_integer() else f"be a multiple of {limit}"


def _pattern(limit: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
    fits = not isinstance(value, str) or _compiled(limit).fullmatch(value)
    return None if fits else f"satisfy regular expression pattern: {limit}"


def _unlike(limit: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
    fits = not (isinstance(value, str) and _compiled(limit).fullmatch(value))
    return None if fits else f"not satisfy regular expression pattern: {limit}"


def _one_of(limit: Sequence[Any], value: Any) -> str | None:  # noqa: ANN401 - JSON
    return None if value in limit else f"satisfy enum value set: [{', '.join(map(str, limit))}]"


def _none_of(limit: Sequence[str], value: Any) -> str | None:  # noqa: ANN401 - JSON
    reserved = isinstance(value, str) and value.lower() in limit
    return "not be a reserved word" if reserved else None


def _octets(limit: int, value: Any) -> str | None:  # noqa: ANN401 - JSON
    if not isinstance(value, bytes):
        text = value if isinstance(value, str) else json.dumps(value, separators=(",", ":"), ensure_ascii=False)
        value = text.encode("utf-8", "replace")
    return f"have at most {limit} bytes" if len(value) > limit else None


def _json_length(limit: int, value: Any) -> str | None:  # noqa: ANN401 - JSON
    length = len(json.dumps(value, separators=(",", ":"), ensure_ascii=False))
    return f"have at most {limit} characters as JSON" if length > limit else None


def _unspaced(limit: int, value: Any) -> str | None:  # noqa: ANN401 - JSON
    long = isinstance(value, str) and len(_SPACE.sub("", value)) > limit
    return f"have at most {limit} characters without white space" if long else None


def _wildcards(limit: int, value: Any) -> str | None:  # noqa: ANN401 - JSON
    texts = value if isinstance(value, list) else [value]
    found = sum(text.count("*") + text.count("?") for text in texts if isinstance(text, str))
    return f"have at most {limit} wildcards" if found > limit else None


def _unique(limit: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
    keys = [each.get(limit) for each in value if isinstance(each, dict)] if isinstance(value, list) else []
    return f"have each {limit} once" if len(set(map(str, keys))) < len(keys) else None


def _json(_: Limit, value: Any) -> str | None:  # noqa: ANN401 - JSON
    try:
        json.loads(value or "{}")
    except (TypeError, ValueError):
        return "be JSON"
    return None


def _policy(limit: str, value: Any) -> str | None:  # noqa: ANN401 - JSON
    return policies.problem(limit, value) if isinstance(value, str) else None


CONSTRAINTS: Final[Mapping[str, Constraint]] = {
    "least": _least,  # characters of a text, entries of a list or map
    "most": _most,
    "low": _low,  # of a number, or of a text that is one
    "high": _high,
    "step": _step,
    "pattern": _pattern,  # the whole text, as Python's `re` has it
    "unlike": _unlike,  # the whole text must not
    "one_of": _one_of,
    "none_of": _none_of,  # in lower case
    "octets": _octets,  # of bytes, of a text in UTF-8, or of a value's JSON
    "json_length": _json_length,  # characters of a value's JSON
    "unspaced": _unspaced,  # characters but for white space
    "wildcards": _wildcards,  # * and ? of a text, or of all texts of a list
    "json": _json,  # a text that is a document
    "policy": _policy,  # of IAM's language: "identity", "trust" or "resource"
    "unique": _unique,  # by a member of each entry of a list
}
"""Every constraint, in the order in which a value is held to them: lengths first, so no pattern meets a long text."""


def broken(rule: Mapping[str, Limit], value: Any) -> str | None:  # noqa: ANN401 - JSON
    """What a value must do that breaks a rule; None where it breaks none."""
    for name, constraint in CONSTRAINTS.items():
        if name in rule and (problem := constraint(rule[name], value)):
            return problem
    return None


def _number(value: Any) -> float | None:  # noqa: ANN401 - JSON
    if isinstance(value, bool):
        return None
    try:
        return float(value)
    except (TypeError, ValueError):
        return None


@cache
def _compiled(pattern: str) -> "re.Pattern[str]":
    return re.compile(pattern)
