"""Patterns for events of fields between blanks: ``[ip, user, ..., status = 4*, bytes > 1000]``. Pure.

Source: CloudWatch Logs user guide, "Filter pattern syntax", "Matching terms in space-delimited log events": what
stands between ``[]`` or ``""`` is one field; without an ellipsis an event has exactly as many fields as the pattern.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from seatrial.services.logs.values import InvalidPattern, Literal, checked, compare, literal

_FIELD = re.compile(r'\[(?P<bracketed>[^\]]*)\]|"(?P<quoted>(?:\\.|[^"\\])*)"|(?P<bare>\S+)')
_SEPARATOR = re.compile(r'"(?:\\.|[^"\\])*"|%[^%]*%|(?P<comma>,)')
_TOKEN = re.compile(r'\s*(?:(?P<sign>&&|\|\||!=|<=|>=|[=<>])|(?P<value>"(?:\\.|[^"\\])*"|%[^%]*%|[^\s&|"%=<>!]+))')
_ELLIPSES = {"...", "…"}
_SIGNS = {"=", "!=", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class Comparison:
    """``name sign literal``."""

    name: str
    sign: str
    other: Literal


@dataclass(frozen=True)
class Field:
    """A field of the pattern.

    Args:
        name: empty where it has none.
        conditions: alternatives (``||``), each of them conditions that hold together (``&&``); none: anything.
    """

    name: str
    conditions: tuple[tuple[Comparison, ...], ...] = ()


@dataclass(frozen=True)
class Fields:
    """Fields before and after an ellipsis; ``open`` says whether there is one."""

    before: tuple[Field, ...]
    after: tuple[Field, ...]
    open: bool

    def match(self, message: str) -> Mapping[str, str] | None:
        """The fields by ``$name``, those without a name by ``$1``, ``$2``, …; None where the event does not match."""
        values = split(message)
        spare = len(values) - len(self.before) - len(self.after)
        if spare < 0 or (spare and not self.open):
            return None
        fields = (*self.before, *(Field("") for _ in range(spare)), *self.after)
        by_name = {field.name: value for field, value in zip(fields, values, strict=True) if field.name}
        if not all(_holds(field, by_name) for field in fields):
            return None
        pairs = enumerate(zip(fields, values, strict=True), 1)
        return {f"${field.name or position}": value for position, (field, value) in pairs}

    def value(self, message: str, selector: str) -> str | None:
        """The field ``$name`` of an event that matches."""
        return (self.match(message) or {}).get(selector)


def split(message: str) -> list[str]:
    """The fields of an event."""
    return [found[found.lastgroup or 0] for found in _FIELD.finditer(message)]


def parse(text: str) -> Fields:
    """Read ``[ … ]``.

    Raises:
        InvalidPattern: it is none.
    """
    inside = text.strip()
    if not inside.endswith("]"):
        raise InvalidPattern("Invalid metric filter pattern: ] is missing")
    parts = [part.strip() for part in _parts(inside[1:-1])]
    ellipses = [index for index, part in enumerate(parts) if part in _ELLIPSES]
    if len(ellipses) > 1:
        raise InvalidPattern("More than one ellipsis in a filter pattern")
    cut = ellipses[0] if ellipses else len(parts)
    before, after = tuple(map(_field, parts[:cut])), tuple(map(_field, parts[cut + 1 :]))
    return Fields(before, after, open=bool(ellipses))


def _parts(text: str) -> list[str]:
    """Cut at the commas that are neither in quotes nor in a regular expression."""
    commas = [found.start() for found in _SEPARATOR.finditer(text) if found["comma"]]
    return [text[begin + 1 : end] for begin, end in zip((-1, *commas), (*commas, len(text)), strict=True)]


def _field(text: str) -> Field:
    if text in {"", "-"}:
        return Field("")
    tokens = _tokens(text)
    name = tokens[0][1]
    if tokens[0][0] != "value" or name.startswith(('"', "%")):
        raise InvalidPattern(f"A field begins with its name, not with {name}")
    if len(tokens) == 1:
        return Field(name)
    alternatives: list[list[Comparison]] = [[]]
    while tokens:
        alternatives[-1].append(_comparison(tokens))
        if not tokens:
            break
        kind, sign = tokens.pop(0)
        if kind != "sign" or sign not in {"&&", "||"} or not tokens:
            raise InvalidPattern(f"Unexpected {sign} in the filter pattern")
        if sign == "||":
            alternatives.append([])
    return Field(name, tuple(map(tuple, alternatives)))


def _comparison(tokens: list[tuple[str, str]]) -> Comparison:
    kinds = [kind for kind, _ in tokens[:3]]
    if kinds != ["value", "sign", "value"] or tokens[1][1] not in _SIGNS:
        raise InvalidPattern("A condition of a field is NAME, operator, value")
    (_, name), (_, sign), (_, value) = tokens[:3]
    del tokens[:3]
    return Comparison(name, sign, checked(sign, literal(value)))


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise InvalidPattern(f"Invalid metric filter pattern at {text[at : at + 20]}")
        found.append((token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return found


def _holds(field: Field, values: Mapping[str, str]) -> bool:
    if not field.conditions:
        return True
    return any(
        all(item.name in values and compare(values[item.name], item.sign, item.other) for item in together)
        for together in field.conditions
    )
