"""Patterns for JSON events: ``{ ($.a = 1) && ($.b[0] = "x*" || $.c NOT EXISTS) }``. Pure.

Source: CloudWatch Logs user guide, "Filter pattern syntax", "Matching terms in JSON log events".
"""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from seatrial.services.logs import selectors
from seatrial.services.logs.selectors import Selector, select
from seatrial.services.logs.values import InvalidPattern, Literal, checked, compare, literal, written

Condition = Callable[[Any], bool]

_TOKEN = re.compile(
    rf"""\s*(?:(?P<selector>{selectors.SELECTOR.pattern})|(?P<sign>&&|\|\||!=|<=|>=|[=<>()])"""
    r"""|(?P<value>"(?:\\.|[^"\\])*"|%[^%]*%|[^\s()&|"%=<>!{}$]+))"""
)
_MOST_WILDCARDS = 3
_STATES = {"NULL": None, "TRUE": True, "FALSE": False}
_SIGNS = {"=", "!=", "<", "<=", ">", ">="}


@dataclass(frozen=True)
class Documents:
    """A condition on a JSON document."""

    condition: Condition
    selected: Mapping[str, Selector]

    def match(self, message: str) -> Mapping[str, str] | None:
        """The values that the pattern's selectors point to; None where the event does not match."""
        document = _document(message)
        if document is None or not self.condition(document):
            return None
        found = {text: select(document, selector) for text, selector in self.selected.items()}
        return {text: _as_text(nodes[0]) for text, nodes in found.items() if nodes}

    def value(self, message: str, selector: str) -> str | None:
        """What ``$.name`` points to in an event, if it is a text, a number or a truth value."""
        document = _document(message)
        try:
            nodes = select(document, selectors.parse(selector))
        except InvalidPattern:
            return None
        return written(nodes[0]) if nodes and isinstance(nodes[0], str | int | float) else None


def parse(text: str) -> Documents:
    """Read ``{ … }``.

    Raises:
        InvalidPattern: it is none.
    """
    inside = text.strip()
    if not inside.endswith("}"):
        raise InvalidPattern("Invalid metric filter pattern: } is missing")
    reader = _Reader(_tokens(inside[1:-1].strip()))
    condition = reader.any_of()
    reader.end()
    if sum(selector.count(None) for selector in reader.selected.values()) > _MOST_WILDCARDS:
        raise InvalidPattern("More than three wildcards in a filter pattern")
    return Documents(condition, reader.selected)


class _Reader:
    """Reads conditions by recursive descent: parentheses bind strongest, then ``&&``, then ``||``."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = tokens
        self.selected: dict[str, Selector] = {}

    def any_of(self) -> Condition:
        parts = [self._all_of()]
        while self._taken("||"):
            parts.append(self._all_of())
        return parts[0] if len(parts) == 1 else lambda document: any(part(document) for part in parts)

    def end(self) -> None:
        if self._tokens:
            raise InvalidPattern(f"Unexpected {self._tokens[0][1]} in the filter pattern")

    def _all_of(self) -> Condition:
        parts = [self._one()]
        while self._taken("&&"):
            parts.append(self._one())
        return parts[0] if len(parts) == 1 else lambda document: all(part(document) for part in parts)

    def _one(self) -> Condition:
        if self._taken("("):
            inner = self.any_of()
            if not self._taken(")"):
                raise InvalidPattern("A closing parenthesis is missing")
            return inner
        return self._comparison()

    def _comparison(self) -> Condition:
        text = self._next("selector")
        selector = self.selected[text] = selectors.parse(text)
        kind, word = self._tokens.pop(0) if self._tokens else ("", "")
        if kind == "value" and word.upper() == "IS":
            state = self._next("value").upper()
            if state not in _STATES:
                raise InvalidPattern(f"IS takes NULL, TRUE or FALSE, not {state}")
            return lambda document: any(node is _STATES[state] for node in select(document, selector))
        # "The variables IS NOT and EXISTS currently aren't supported."
        if kind == "value" and word.upper() == "NOT" and self._next("value").upper() == "EXISTS":
            return lambda document: not select(document, selector)
        if kind != "sign" or word not in _SIGNS:
            raise InvalidPattern(f"An operator is missing after {text}")
        other = checked(word, literal(self._next("value")))
        return lambda document: any(_holds(node, word, other) for node in select(document, selector))

    def _taken(self, sign: str) -> bool:
        if self._tokens and self._tokens[0] == ("sign", sign):
            self._tokens.pop(0)
            return True
        return False

    def _next(self, kind: str) -> str:
        if not self._tokens or self._tokens[0][0] != kind:
            raise InvalidPattern(f"A {kind} is missing in the filter pattern")
        return self._tokens.pop(0)[1]


def _holds(node: Any, sign: str, other: Literal) -> bool:  # noqa: ANN401 - JSON
    """Only texts, numbers and truth values compare: an array or an object fits neither ``=`` nor ``!=``."""
    return isinstance(node, str | int | float) and compare(node, sign, other)


def _tokens(text: str) -> list[tuple[str, str]]:
    found, at = [], 0
    while at < len(text):
        token = _TOKEN.match(text, at)
        if token is None or token.lastgroup is None:
            raise InvalidPattern(f"Invalid metric filter pattern at {text[at : at + 20]}")
        found.append((token.lastgroup, token[token.lastgroup]))
        at = token.end()
    return found


def _document(message: str) -> Any:  # noqa: ANN401 - JSON
    """The event as JSON, where it is an object or an array; else None."""
    if not message.lstrip().startswith(("{", "[")):
        return None
    try:
        return json.loads(message)
    except ValueError:
        return None


def _as_text(node: Any) -> str:  # noqa: ANN401 - JSON
    return written(node) if isinstance(node, str | int | float) else json.dumps(node)
