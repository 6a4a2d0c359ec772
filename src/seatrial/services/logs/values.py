"""What a condition of a filter pattern compares, and how. Pure.

Source: CloudWatch Logs user guide, "Filter pattern syntax": strings with a wildcard at their beginning or end,
numbers, regular expressions; case counts everywhere.
"""

import operator
import re
from collections.abc import Callable
from dataclasses import dataclass

NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?")
_REGEX = re.compile(r"[A-Za-z0-9:_#=@/;,\- ^$?\[\]{}|\\*+.]*")
_ORDER: dict[str, Callable[[float, float], bool]] = {
    "<": operator.lt,
    "<=": operator.le,
    ">": operator.gt,
    ">=": operator.ge,
}

Scalar = str | int | float | bool


# inside: the log filters, which answer it as InvalidParameterException; metric filters with it are never stored
class InvalidPattern(Exception):
    """CloudWatch Logs takes no such filter pattern."""


def regex(text: str) -> re.Pattern[str]:
    r"""What stands between two ``%``.

    Source: "Supported regular expressions (regex) syntax": alphanumeric characters, ``: _ # = @ / ; , -`` and the
    operators ``^ $ ? [ ] { } | \ * + .``; no groups. Blanks are taken too, for the page does not say otherwise.

    Raises:
        InvalidPattern: it is none, or has characters that are not supported.
    """
    if not _REGEX.fullmatch(text):
        raise InvalidPattern(f"Invalid regular expression {text}")
    try:
        return re.compile(text, re.ASCII)
    except re.error as error:
        raise InvalidPattern(f"Invalid regular expression {text}: {error}") from error


@dataclass(frozen=True)
class Text:
    """A string, quoted or not, perhaps with ``*`` at its beginning, its end or both; elsewhere ``*`` is itself."""

    text: str
    quoted: bool = False

    def equals(self, value: Scalar) -> bool:
        """Whether a value is this text; a number is compared by what was written where the text is not quoted."""
        wild = self.text.startswith("*") or self.text.endswith("*")
        if not isinstance(value, str) and self.quoted and not wild:
            return False
        return self._fits(written(value))

    def _fits(self, text: str) -> bool:
        if self.text == "*":
            return True
        begins, ends = self.text.startswith("*"), self.text.endswith("*")
        core = self.text[begins : len(self.text) - ends]
        if begins and ends:
            return core in text
        if begins:
            return text.endswith(core)
        return text.startswith(core) if ends else text == core


@dataclass(frozen=True)
class Number:
    """A number without quotes; ``text`` is how it was written."""

    text: str

    def equals(self, value: Scalar) -> bool:
        """By value where the other is a number, else letter by letter."""
        number = number_of(value)
        return float(self.text) == number if number is not None else self.text == value


@dataclass(frozen=True)
class Expression:
    """A regular expression."""

    compiled: re.Pattern[str]

    def equals(self, value: Scalar) -> bool:
        """Whether it is found anywhere in the value."""
        return bool(self.compiled.search(written(value)))


Literal = Text | Number | Expression


def literal(text: str) -> Literal:
    """What a token stands for: ``"quoted"``, ``%regex%``, ``42`` or ``word``."""
    if text.startswith('"'):
        return Text(unquoted(text), quoted=True)
    if text.startswith("%"):
        return Expression(regex(text[1:-1]))
    return Number(text) if NUMBER.fullmatch(text) else Text(text)


def unquoted(text: str) -> str:
    """The inside of ``"…"``."""
    return re.sub(r"\\(.)", r"\1", text[1:-1])


def compare(value: Scalar, sign: str, other: Literal) -> bool:
    """``value sign other``; an order between anything but numbers is false."""
    if sign in {"=", "!="}:
        return other.equals(value) is (sign == "=")
    left = number_of(value)
    return left is not None and isinstance(other, Number) and _ORDER[sign](left, float(other.text))


def checked(sign: str, other: Literal) -> Literal:
    """The same literal; raises ``InvalidPattern`` where the sign needs a number and it is none."""
    if sign in _ORDER and not isinstance(other, Number):
        raise InvalidPattern(f"The operator {sign} takes a number")
    return other


def number_of(value: object) -> float | None:
    """A number, or a text that is one, as a number."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int | float):
        return float(value)
    return float(value) if isinstance(value, str) and NUMBER.fullmatch(value) else None


def written(value: Scalar) -> str:
    """As JSON writes it, without quotes."""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)
