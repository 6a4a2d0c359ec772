"""A line of a log without its wrapping: colours, times, levels, loggers, JSON. Pure."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

LONGEST: Final = 2000
"""Characters of a line that are looked at: a log is somebody else's text, and may be without end."""


@dataclass(frozen=True)
class Line:
    """What one line says.

    Args:
        text: its words.
        quiet: whether it is less than an error by its own word, or tells of a single request: nobody dies of it.
        fatal: whether it calls itself fatal.
        inner: whether it is indented, and so belongs to the line before.
        shown: the line as a person sees it: as it was printed, without colours; of a document, its words.
    """

    text: str
    quiet: bool = False
    fatal: bool = False
    inner: bool = False
    shown: str = ""


_COLOUR: Final = re.compile(r"\x1b(?:\[[0-?]*[ -/]*[@-~]|\][^\x07\x1b]*(?:\x07|\x1b\\)|[@-Z\\-_])")
_CONTROL: Final = re.compile(r"[\x00-\x06\x08\x0b\x0c\x0e-\x1a\x1c-\x1f]")
_TIME: Final = (
    r"[\[(]?(?:\d{4}[-/]\d\d[-/]\d\d(?:[T ]\d\d:\d\d:\d\d)?|\d\d[-/]\w{3}[-/]\d{4}[: ]\d\d:\d\d:\d\d|"
    r"[A-Z][a-z]{2} +\d{1,2} \d\d:\d\d:\d\d|\d\d:\d\d:\d\d)"
    r"(?:[.,]\d+)?(?: ?(?:Z|UTC|GMT|[+-]\d\d:?\d\d))?[\])]?[:,]?"
)
_PREFIX: Final = re.compile(
    rf"(?:{_TIME}|\d{{10}}(?:\d{{3}})?(?:\.\d+)?(?= )|\[[^\]\s]{{0,60}}\](?=\s)|\[[a-z][\w ,-]{{0,60}}\]|\d+(?:#\d+)?:|"
    r"\d+ ---|[-|]|[a-z_][\w.]{0,80} (?=[-|] )|[\w-]{1,60} +\|(?: |$))\s*",
)
_QUIET: Final = "TRACE|DEBUG|DBG|VERBOSE|INFO|INF|INFORMATION|NOTICE|LOG|WARN|WARNING|WRN"
_LOUD: Final = "ERROR|ERR|SEVERE|EROR|CRITICAL|CRIT|FATAL|FTL|PANIC|ALERT|EMERG|EMERGENCY"
_SMALL: Final = "trce|dbug|debug|info|notice|warn|warning"
_LEVEL: Final = re.compile(
    rf"[\[(<]?\s*(?:level=)?(?:(?P<level>{_QUIET}|{_LOUD})\s*(?:[\])>](?:\s*[:|-])?|:|\s[|-]|(?=\s)|$)|"
    rf"(?P<small>{_SMALL}|fail|crit|fatal|emerg|error|panic)\s*(?:[\])>](?:\s*[:|-])?|:(?!\s+\w+ error)))\s*"
)
_LOGFMT: Final = re.compile(r"\b(?:level|lvl|severity)=\"?(?P<level>[A-Za-z]+)")
_BELOW_ERROR: Final = frozenset(f"{_QUIET}|{_SMALL}".upper().split("|"))
_FATAL: Final = frozenset({"FATAL", "FTL", "CRITICAL", "CRIT", "PANIC", "EMERG", "EMERGENCY", "ALERT"})
_PINO_ERROR, _PINO_FATAL = 50, 60
"""Levels as numbers (pino's documentation, "logger.levels"): 30 info, 40 warn, 50 error, 60 fatal."""

_WARNING: Final = re.compile(
    r"^npm (?:warn|notice|info|http)\b|\b\w*(?:Deprecation|User|Runtime|Future|Syntax|Resource|Import)Warning\b|"
    r"^\(node:\d+\) (?:\[\w+\] )?\w*Warning:|^(?:PHP )?(?:Warning|Deprecated|Notice): |: warning: |^WARNING: |^hint: ",
    re.IGNORECASE,
)
_ONE_REQUEST: Final = re.compile(
    r'"?\b(?:GET|POST|PUT|PATCH|DELETE|HEAD|OPTIONS) /\S*(?: HTTP/[\d.]+"|.{0,40}\b[1-5]\d\d\b)|, client: |'
    r"\b(?:client|browser|visitor|user|webhook|upload|form|ticket|comment|message)s?\b[^:]{0,20}"
    r"\b(?:reported|sent|submitted|posted|says|said|typed|wrote|from the browser|from user)\b|"
    r"\b(?:request body|user[- ]agent|query string|search (?:for|term))\b",
    re.IGNORECASE,
)
_MESSAGE_FIELDS: Final = (
    "message",
    "msg",
    "event",
    "log",
    "@m",
    "@mt",
    "text",
    "error",
    "err",
    "exception",
    "exc_info",
)
_STACK_FIELDS: Final = ("stack", "stack_trace", "stacktrace", "@x", "traceback")
_LEVEL_FIELDS: Final = ("level", "severity", "lvl", "levelname", "log.level", "@l", "LogLevel")


def bare(lines: Sequence[str]) -> list[Line]:
    """What these lines say, oldest first; a JSON document with a stack trace is several lines, an empty one none."""
    found: list[Line] = []
    below_quiet = of_request = False
    for line in lines:
        text = _CONTROL.sub("", _COLOUR.sub("", line[:LONGEST])).rstrip()
        for part in _parts(text):
            if not part.inner:
                below_quiet = part.quiet and bool(_HEAD_OF_MORE.search(part.text))
            of_request = bool(_REQUEST_FAILED.search(part.text)) or (of_request and _goes_on(part))
            if part.text:
                found.append(replace(part, quiet=part.quiet or below_quiet or of_request))
    return found


_HEAD_OF_MORE: Final = re.compile(r"\[\d+\]$")
"""How .NET's console logger ends the line whose message is indented below it."""


_REQUEST_FAILED: Final = re.compile(
    r"Exception on /\S* \[|^Internal Server Error: /|Exception in (?:ASGI|WSGI) application|Error handling request|"
    r"Servlet\.service\(\) for servlet|unhandled exception (?:has occurred while executing the request|was thrown by)"
)
"""How Flask, Django, uvicorn, gunicorn, Tomcat and ASP.NET Core begin to tell of one request that failed."""
_TRACE_GOES_ON: Final = re.compile(
    r"^(?:Traceback |The above exception|During handling|Caused by: |at |\.\.\. |[\w.$]+(?:[Ee]rror|Exception)\b|$)"
)


def _goes_on(part: Line) -> bool:
    return part.inner or bool(_TRACE_GOES_ON.search(part.text))


def _parts(text: str) -> Iterator[Line]:
    start = text.find("{")
    document = _document(text[start:]) if start >= 0 else None
    # A document may stand behind a time, a level or a name, and before nothing.
    before, level = _peeled(text[: max(start, 0)])
    if document is None or before.strip():
        yield _of_text(text)
    else:
        quiet, _ = _weight(level)
        yield from (replace(part, quiet=part.quiet or quiet) for part in _of_document(document))


def _document(text: str) -> Mapping[str, Any] | None:
    try:
        found = json.loads(text) if text.endswith("}") else None
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def _of_document(document: Mapping[str, Any]) -> Iterator[Line]:
    level = next((document[name] for name in _LEVEL_FIELDS if name in document), "")
    quiet, fatal = _weight(level)
    for text in _texts(document):
        for part in text.splitlines():
            line = _of_text(part)
            yield replace(line, quiet=quiet or line.quiet, fatal=fatal)
            fatal = False  # only its first line: a stack trace that follows says nothing new


def _texts(document: Mapping[str, Any]) -> Iterator[str]:
    for name in (*_MESSAGE_FIELDS, *_STACK_FIELDS):
        match document.get(name):
            case str(text):
                yield text[:LONGEST]
            case dict(inner):
                yield from _texts(inner)


def _weight(level: object) -> tuple[bool, bool]:
    """Whether it is below an error, and whether it is fatal."""
    if isinstance(level, int):
        return level < _PINO_ERROR, level >= _PINO_FATAL
    word = str(level).upper()
    return word in _BELOW_ERROR, word in _FATAL


def _of_text(text: str) -> Line:
    rest, level = _peeled(text)
    if not level and (told := _LOGFMT.search(text)):
        level = told["level"]
    quiet, fatal = _weight(level)
    quiet = quiet or bool(_WARNING.search(rest) or _WARNING.search(text) or _ONE_REQUEST.search(text))
    return Line(rest, quiet, fatal, text[:1].isspace() and not level, text.strip())


def _peeled(text: str) -> tuple[str, str]:
    """The text without what loggers put before it, and the level that they gave it, empty where none."""
    rest, level = text.strip(), ""
    while rest:
        if not level and (found := _LEVEL.match(rest)):
            level = found["level"] or found["small"]
        elif not (found := _PREFIX.match(rest)):
            break
        rest = rest[found.end() :]
    return rest, level
