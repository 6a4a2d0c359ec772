"""Of the last lines of a container, the one of which it died. Pure.

What comes last counts, unless it says nothing of its own: an application often wraps the error that it died of.
What an application survived does not count: a warning, an error that was tried again, one before a healthy start.
"""

import re
from bisect import bisect_right
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import accumulate
from typing import Final

from tagship.release.diagnosis.last_words import LogPattern, table
from tagship.release.diagnosis.log_lines import Line, bare

OUTSIDE: Final = frozenset({"database-unreachable", "database-refused", "host-not-found", "tls-failed"})
"""Causes that somebody else may end: an application that waits for it and then connects has survived them."""


@dataclass(frozen=True)
class LogMatch:
    """The last words: which saying of the table they are, the line, and what they name."""

    log_pattern: LogPattern
    line: str
    names: tuple[tuple[str, str], ...]


_STARTED: Final = re.compile(
    r"\b(?:listening|serving|listens)\b.{0,60}\b(?:on|at|port)\b|\bstarted \w+ in [\d.]+ s|startup complete|"
    r"\bserver (?:is )?(?:now )?(?:running|ready|started|up)\b|\bready (?:in|on|to (?:accept|handle))\b|"
    r"\brunning (?:on|at) (?:http|port|\d)|accepting connections|\bapplication (?:is )?(?:ready|started)\b",
    re.IGNORECASE,
)
_CONNECTED: Final = re.compile(
    r"\b(?:re)?connected to\b|\bconnection (?:re-?)?(?:established|restored|opened|succeeded|ok)\b|"
    r"\bis (?:now )?(?:up|reachable|available)\b|\bdatabase (?:is )?ready\b|\bsuccessfully (?:re)?connected\b",
    re.IGNORECASE,
)
_DENIED: Final = re.compile(
    r"\b(?:not|never|cannot|can't|could not|couldn't|fail\w*|unable|before|refused|disconnected|make sure|ensure|check|"
    r"whether|that's|another|already|should|must|will|waiting|trying|until|to be)\b|error|\?$|^Is the server",
    re.IGNORECASE,
)
_AGAIN: Final = re.compile(
    r"\b(?:retry(?:ing)?|retries|reconnect\w*|trying again|(?:will )?try again in|will try again|"
    r"next attempt|attempt \d+|attempts? left|"
    r"will be retried|backing off|waiting for|waiting \d+|sleeping|not ready yet)\b",
    re.IGNORECASE,
)
_HANDLED: Final = re.compile(
    r"\b(?:ignor(?:ed|ing)|falling back|fallback|skipp(?:ed|ing)|using (?:the |a )?default\w*|continuing|"
    r"(?<!user is )disabled|"
    r"handled|caught|optional|defaulting)\b",
    re.IGNORECASE,
)
_GAVE_UP: Final = re.compile(
    r"max(?:imum)?[\w ]{0,20}retries|retries (?:exceeded|exhausted)|giving up|gave up|no more retries|out of retries|"
    r"after \d+ (?:attempts|retries|tries)",
    re.IGNORECASE,
)
_OTHER: Final = re.compile(
    r"^(?:Uncaught |Unhandled )?[\w.$:\\]*(?:Error|Exception|Exit|Panic)(?: \[\w+\])?(?::|$)|^Exception in thread|"
    r"^panic: |^fatal error: |\((?:[A-Z]\w*::)*[A-Z]\w*(?:Error|Exception|Exit)\)$|^Unhandled exception|"
    r"\bFatal error: |^thread '.*' panicked at|^Segmentation fault|^Aborted\b|^goroutine \d+ \[running\]|"
    r"\bassertion .*failed|^Bus error|^Illegal instruction"
)
"""An end of a kind that the table does not know."""
_WRAPS: Final = re.compile(
    r"^Caused by: |^-+> |\b(?:fail\w*|unable|could not|cannot|can't|error|exception)\b.{0,30}"
    r"\b(?:start\w*|boot\w*|initiali[sz]\w*|launch\w*|bootstrap\w*|load(?:ing)? command|create bean)\b|"
    r"(?:start-?up|boot|run|command|script|worker|migration|application)\S* (?:has )?(?:failed|exited|aborted)|"
    r"^Exiting|exit (?:code|status)|(?:^|[.:])SystemExit|BeanCreationException|UnsatisfiedDependencyException|"
    r"^goroutine |ELIFECYCLE|HaltServer|ApplicationContextException|ProgrammingError: $",
    re.IGNORECASE,
)
_CHAIN: Final = re.compile(r"direct cause of the following exception|During handling of the above exception")
_TRACEBACK: Final = re.compile(r"^Traceback \(most recent call last\)")


@lru_cache(maxsize=8)
def last_words(lines: tuple[str, ...]) -> LogMatch | None:
    """The last words of which a container died, where the table knows them.

    Args:
        lines: the container's last lines as it printed them, oldest first.
    """
    said = bare(lines)
    found = _matches(said)
    for number in range(len(said) - 1, -1, -1):
        line = said[number]
        if number in found and _counts(said, number, found):
            return found[number]
        if _ends_otherwise(line) and not _chained(said, number):
            return None
    return None


def _matches(said: Sequence[Line]) -> dict[int, LogMatch]:
    """The matches by the number of their last line; of several in one line, the first of the table."""
    text = "\n".join(line.text for line in said)
    ends = list(accumulate(len(line.text) + 1 for line in said))
    found: dict[int, LogMatch] = {}
    for log_pattern in table():
        for match in log_pattern.pattern.finditer(text):
            first, last = bisect_right(ends, match.start()), bisect_right(ends, max(match.start(), match.end() - 1))
            if not any(line.quiet for line in said[first : last + 1]):
                names = tuple((name, word) for name, word in match.groupdict().items() if word)
                found.setdefault(last, LogMatch(log_pattern, _shown(said, first, last), names))
    return found


def _shown(said: Sequence[Line], first: int, last: int) -> str:
    """What tells: the first line and the last two, but not where in the code it was."""
    told = (said[first], *said[max(first + 1, last - 1) : last + 1])
    return " ".join(line.shown for line in told if not _PLACE.match(line.text)) or said[last].shown


_PLACE: Final = re.compile(r"File \"|raise |at |self\.|[\^~ ]+$|os\.environ")


def _counts(said: Sequence[Line], number: int, found: Mapping[int, LogMatch]) -> bool:
    """Whether the application did not survive it."""
    later = said[number + 1 :]
    if _HANDLED.search(said[number].text) or any(_printed(_STARTED, line) for line in later):
        return False
    if found[number].log_pattern.cause in OUTSIDE and any(_printed(_CONNECTED, line) for line in later):
        return False
    if not _tried_again(said[number]):
        return True
    return all(line.quiet or _tried_again(line) or number + 1 + place in found for place, line in enumerate(later))


def _printed(pattern: re.Pattern[str], line: Line) -> bool:
    return bool(pattern.search(line.text)) and not _DENIED.search(line.text)


def _tried_again(line: Line) -> bool:
    return bool(_AGAIN.search(line.text)) and not _GAVE_UP.search(line.text)


def _ends_otherwise(line: Line) -> bool:
    ends = line.fatal or bool(_OTHER.search(line.text))
    return ends and not line.quiet and not line.inner and not _WRAPS.search(line.text)


def _chained(said: Sequence[Line], number: int) -> bool:
    """Whether a Python exception was raised because of the one printed before it."""
    for before in range(number - 1, -1, -1):
        if _TRACEBACK.search(said[before].text):
            return before > 0 and bool(_CHAIN.search(said[before - 1].text))
    return False
