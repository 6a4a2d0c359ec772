"""What applications print of themselves while they start: where they listen, and how long it took. Pure."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_VERB: re.Pattern[str] = re.compile(
    r"\b(?:listening|listens|running|serving|bound|ready|started|starting|available)\b", re.IGNORECASE
)
"""What comes before an address, in the words of common servers."""

_ADDRESS = re.compile(
    r"""
    (?<![\w.:\]-])(?:https?://|tcp://)?
    (?P<host>\[[0-9a-fA-F:]*\]|\*|(?:\d{1,3}\.){3}\d{1,3}|[A-Za-z][\w.-]*|)
    :(?P<port>\d{2,5})(?![\d:.])
    """,
    re.VERBOSE,
)
_WORDS = re.compile(
    r"(?:(?P<host>(?:\d{1,3}\.){3}\d{1,3}|localhost)\s+)?\bport(?:\(s\)|s)?[\s:=]+(?P<port>\d{2,5})(?![\d.])"
    r"|\b(?:on|at)\s+(?P<bare>\d{2,5})(?![\d.:])",
    re.IGNORECASE,
)
LOOPBACK = re.compile(r"127\.\d+\.\d+\.\d+|localhost|\[?::1\]?")
_LARGEST_PORT = 65535

_TOOK = re.compile(
    r"\b(?:started|ready|startup|booted|initiali[sz]ed|loaded)\b[^\n]*?\b(?:in|after|took)\s+"
    r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>ms|milliseconds?|s|secs?|seconds?|m|min|minutes?)\b",
    re.IGNORECASE,
)
_MINUTE = 60.0
_MILLISECOND = 0.001


@dataclass(frozen=True)
class Listening:
    """An address that an application says it listens on; ``host`` is empty where it names none."""

    host: str
    port: int
    line: str

    @property
    def loopback(self) -> bool:
        """Whether only the container itself reaches it."""
        return bool(LOOPBACK.fullmatch(self.host))


def listening(lines: Iterable[str]) -> list[Listening]:
    """The addresses that these lines name, in their order."""
    return [found for line in lines for found in _of(line)]


def start_took(lines: Iterable[str]) -> tuple[float, str] | None:
    """How many seconds an application says its start took, and the line that says so; the longest of several."""
    found = [(_seconds(match), line) for line in lines for match in _TOOK.finditer(line)]
    return max(found, default=None)


def _of(line: str) -> Iterator[Listening]:
    verb = _VERB.search(line)
    if verb is None:
        return
    rest = line[verb.end() :]
    for match in (*_ADDRESS.finditer(rest), *_WORDS.finditer(rest)):
        groups = match.groupdict()
        port = int(groups["port"] or groups["bare"])
        if 0 < port <= _LARGEST_PORT:
            yield Listening((groups["host"] or "").lower(), port, line)
            return


def _seconds(match: re.Match[str]) -> float:
    number, unit = float(match["number"].replace(",", ".")), match["unit"].lower()
    if unit.startswith(("ms", "milli")):
        return number * _MILLISECOND
    return number * _MINUTE if unit.startswith("m") else number
