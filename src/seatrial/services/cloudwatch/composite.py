"""The rules of composite alarms: ``ALARM("x") AND NOT OK(y)``. Pure.

Source: ``AlarmRule`` of PutCompositeAlarm in the CloudWatch API reference.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

_TOKEN = re.compile(
    r"\s*(?:(?P<function>ALARM|OK|INSUFFICIENT_DATA)\s*\(\s*(?:\"(?P<quoted>(?:[^\"\\]|\\.)*)\"|(?P<bare>[^\"()]*?))\s*\)"
    r"|(?P<word>AND\b|OR\b|NOT\b|TRUE\b|FALSE\b|\(|\)))"
)
_MOST_ELEMENTS = 500
_MOST_CHILDREN = 100


# inside: PutCompositeAlarm, which answers it as AWS's ValidationError
class RuleError(Exception):
    """A rule that CloudWatch does not take."""


@dataclass(frozen=True)
class Rule:
    """A rule that was read.

    Args:
        children: the names or ARNs of the alarms in it, in their order, each once.
        holds: whether it is true for the states of these.
    """

    children: tuple[str, ...]
    holds: Callable[[Mapping[str, str]], bool]


@dataclass(frozen=True)
class _Token:
    word: str
    child: str = ""


Test = Callable[[Mapping[str, str]], bool]


def read_rule(text: str) -> Rule:
    """A rule from its text. ``NOT`` binds more tightly than ``AND``, and ``AND`` more tightly than ``OR``.

    Raises:
        RuleError: it is none.
    """
    tokens = list(_tokens(text))
    if len(tokens) > _MOST_ELEMENTS:
        raise RuleError(f"AlarmRule must not contain more than {_MOST_ELEMENTS} elements")
    children = tuple(dict.fromkeys(token.child for token in tokens if token.child))
    if len(children) > _MOST_CHILDREN:
        raise RuleError(f"AlarmRule must not contain more than {_MOST_CHILDREN} children alarms")
    reader = _Reader(tokens)
    holds = reader.either()
    if reader.rest:
        raise RuleError(f"Invalid AlarmRule: unexpected {reader.rest[0].word}")
    return Rule(children, holds)


def _tokens(text: str) -> Iterator[_Token]:
    place = 0
    rest = text.rstrip()
    while place < len(rest):
        match = _TOKEN.match(rest, place)
        if match is None:
            raise RuleError(f"Invalid AlarmRule: cannot be read at position {place + 1}")
        place = match.end()
        if match["function"]:
            name = re.sub(r"\\(.)", r"\1", match["quoted"]) if match["quoted"] is not None else match["bare"]
            if not name:
                raise RuleError(f"Invalid AlarmRule: {match['function']} names no alarm")
            yield _Token(match["function"], name)
        else:
            yield _Token(match["word"])


class _Reader:
    """Reads tokens from the front, one rule of the grammar per method."""

    def __init__(self, tokens: list[_Token]) -> None:
        self.rest = tokens
        self._depth = 0

    def either(self) -> Test:
        found = [self._both()]
        while self._take("OR"):
            found.append(self._both())
        return lambda states: any(test(states) for test in found)

    def _both(self) -> Test:
        found = [self._one()]
        while self._take("AND"):
            found.append(self._one())
        return lambda states: all(test(states) for test in found)

    def _one(self) -> Test:
        self._depth += 1
        if self._depth > _MOST_CHILDREN:
            raise RuleError("Invalid AlarmRule: too deep")
        test = self._term()
        self._depth -= 1
        return test

    def _term(self) -> Test:
        if self._take("NOT"):
            inner = self._one()
            return lambda states: not inner(states)
        if self._take("("):
            inner = self.either()
            if not self._take(")"):
                raise RuleError("Invalid AlarmRule: a parenthesis is not closed")
            return inner
        if not self.rest:
            raise RuleError("Invalid AlarmRule: it ends too early")
        token = self.rest.pop(0)
        if token.child:
            return lambda states: states.get(token.child) == token.word
        if token.word not in {"TRUE", "FALSE"}:
            raise RuleError(f"Invalid AlarmRule: unexpected {token.word}")
        return lambda _: token.word == "TRUE"

    def _take(self, word: str) -> bool:
        found = bool(self.rest) and self.rest[0].word == word and not self.rest[0].child
        if found:
            self.rest.pop(0)
        return found
