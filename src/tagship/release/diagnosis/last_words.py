"""What programs print when they end: reads the table ``last_words.txt``, which says itself how it is written."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from tagship.release.diagnosis import advice


@dataclass(frozen=True)
class LogPattern:
    """A kind of last words.

    Args:
        cause: its name in ``causes.py``.
        pattern: how it is known, in lines joined by line ends. Its groups: ``setting``, a variable's name;
            ``connection_string``, the name of one of .NET's; ``host``, an address.
        advice: what to do, where the cause's own sentence leaves a place for it.
        setting: the variable that is meant, where the words do not name it.
    """

    cause: str
    pattern: re.Pattern[str]
    advice: str = ""
    setting: str = ""


_PLACES: Final = {
    "<SETTING>": r"(?-i:\b(?P<setting>[A-Z][A-Z0-9]*_[A-Z0-9_]*[A-Z0-9]|PORT|HOST|TOKEN|SECRET|DSN|PASSWORD))",
    "<VARIABLE>": r"(?-i:(?P<setting>[A-Z][A-Z0-9_]{2,}))",
    "<HOST>": r"(?P<host>\[[\w:.%]+\]|::1|[\w-]+(?:\.[\w-]+)*)",
}
_HEAD: Final = re.compile(r"\[(?P<cause>[a-z-]+)(?:: (?P<more>\w+))?\]")


@cache
def table() -> tuple[LogPattern, ...]:
    """Every saying, the surer first."""
    return tuple(_read((files("tagship.release.diagnosis") / "last_words.txt").read_text(encoding="utf-8")))


def _read(text: str) -> Iterator[LogPattern]:
    cause = more = ""
    for line in text.splitlines():
        if head := _HEAD.fullmatch(line):
            cause, more = head["cause"], head["more"] or ""
        elif line and not line.startswith("#"):
            cure = "" if more.isupper() or not more else getattr(advice, more.upper())
            yield LogPattern(cause, _compiled(line), cure, more if more.isupper() else "")


def _compiled(line: str) -> re.Pattern[str]:
    for place, pattern in _PLACES.items():
        line = line.replace(place, pattern)
    return re.compile(line, re.IGNORECASE | re.MULTILINE)
