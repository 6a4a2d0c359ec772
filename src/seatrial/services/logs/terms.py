"""Patterns of terms: ``ERROR "two words" -DEBUG``, ``?ERROR ?WARN``, ``%regex%``. Pure.

Source: CloudWatch Logs user guide, "Filter pattern syntax", "Matching terms in unstructured log events".
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from seatrial.services.logs.values import InvalidPattern, regex, unquoted

Found = Callable[[str], bool]

_TERM = re.compile(
    r"""\s*(?P<sign>[-?]?)\s*(?:(?P<quoted>"(?:\\.|[^"\\])*")|(?P<regex>%[^%]*%)|(?P<word>[^\s"%]+))(?=\s|$|["%])"""
)
_WORD = re.compile(r"\w+")


@dataclass(frozen=True)
class Terms:
    """All of ``every`` and none of ``none`` occur; ``some`` counts where it stands alone."""

    every: tuple[Found, ...]
    none: tuple[Found, ...]
    some: tuple[Found, ...]

    def match(self, message: str) -> Mapping[str, str] | None:
        """Nothing is extracted; None where the event does not match."""
        # "If you combine ? with other filter patterns, such as include or exclude, the terms with ? are ignored."
        if self.every or self.none:
            met = all(found(message) for found in self.every) and not any(found(message) for found in self.none)
        else:
            met = not self.some or any(found(message) for found in self.some)
        return {} if met else None

    def value(self, message: str, selector: str) -> str | None:  # noqa: ARG002 - as the other patterns
        """There are no fields to select."""
        return None


def parse(text: str) -> Terms:
    """The terms of a pattern; of an empty one none, so that everything matches.

    Raises:
        InvalidPattern: a term has characters that need quotes.
    """
    by_sign: dict[str, list[Found]] = {"": [], "-": [], "?": []}
    at, text = 0, text.strip()
    while at < len(text):
        term = _TERM.match(text, at)
        if term is None:
            raise InvalidPattern("Invalid filter pattern")
        by_sign[term["sign"]].append(_found(term))
        at = term.end()
    return Terms(tuple(by_sign[""]), tuple(by_sign["-"]), tuple(by_sign["?"]))


def _found(term: re.Match[str]) -> Found:
    if term["regex"]:
        compiled = regex(term["regex"][1:-1])
        return lambda message: bool(compiled.search(message))
    word = unquoted(term["quoted"]) if term["quoted"] else term["word"]
    if not term["quoted"] and not _WORD.fullmatch(word):
        raise InvalidPattern(f"Invalid character(s) in term '{word}'")
    return lambda message: word in message
