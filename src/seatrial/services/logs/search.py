"""FilterLogEvents by AWS's patterns and in pages: MiniStack reads patterns otherwise, and knows no pages.

MiniStack lets case not count, cuts quoted phrases at their blanks, takes ``?`` for a wildcard, matches every event
with a JSON pattern, and ignores ``logStreamNamePrefix`` and ``nextToken``.
"""

import asyncio
from collections.abc import Mapping
from contextvars import ContextVar
from typing import Any

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.logs.pattern import Pattern, parse
from seatrial.services.logs.values import InvalidPattern

MOST = 10_000
"""The most events of one answer (API reference, ``FilterLogEvents``)."""

PAGE = 2_000
"""How many events are asked of MiniStack at once: few enough that it does not hold up the loop."""

Json = dict[str, Any]

_PASSED_ON = ("logGroupName", "logGroupIdentifier", "logStreamNames", "endTime")
_asking: ContextVar[bool] = ContextVar("asking", default=False)


def asking_ministack() -> bool:
    """Whether this is our own question, which MiniStack is to answer."""
    return _asking.get()


async def search(aws: Aws, asked: Mapping[str, Any], region: str) -> Json:
    """The answer to ``FilterLogEvents``.

    Raises:
        AwsCallError: ``InvalidParameterException``, or what MiniStack says.
    """
    if asked.get("logStreamNames") and asked.get("logStreamNamePrefix"):
        raise AwsCallError("InvalidParameterException", "logStreamNames and logStreamNamePrefix exclude each other.")
    try:
        pattern = parse(asked.get("filterPattern") or "")
    except InvalidPattern as error:
        raise AwsCallError("InvalidParameterException", str(error)) from error
    limit, prefix = min(asked.get("limit") or MOST, MOST), asked.get("logStreamNamePrefix") or ""
    start, skip = _position(asked)
    given = {name: asked[name] for name in _PASSED_ON if asked.get(name) is not None}
    events: list[Json] = []
    while True:
        size = min(skip + PAGE, MOST)
        page = await _ask(aws, region, start, {**given, "limit": size})
        found, read = await asyncio.to_thread(_matching, page[skip:], pattern, prefix, limit - len(events))
        events += found
        if len(page) < size and skip + read >= len(page):
            return {"events": events, "searchedLogStreams": []}
        start, skip = _next(page, skip + read)
        if len(events) >= limit:
            return {"events": events, "searchedLogStreams": [], "nextToken": f"{start}:{skip}"}


async def _ask(aws: Aws, region: str, start: int | None, params: Json) -> list[Json]:
    since = {} if start is None else {"startTime": start}
    token = _asking.set(True)
    try:
        answer = await aws.call("logs", "FilterLogEvents", region=region, **params, **since)
    finally:
        _asking.reset(token)
    events: list[Json] = answer.get("events", [])
    return events


def _matching(page: list[Json], pattern: Pattern, prefix: str, limit: int) -> tuple[list[Json], int]:
    """The events that match, at most so many, and how many were read for it."""
    found: list[Json] = []
    for read, event in enumerate(page):
        if len(found) >= limit:
            return found, read
        if event.get("logStreamName", "").startswith(prefix) and pattern.match(event.get("message", "")) is not None:
            found.append(event)
    return found, len(page)


def _next(page: list[Json], read: int) -> tuple[int, int]:
    """From which time to go on, and how many events of that time have been read.

    A page with one time only, all of it read, cannot be continued by time: the search goes on after that time.
    """
    at: int = page[read - 1]["timestamp"] if read else page[0]["timestamp"]
    if read >= MOST and page[0]["timestamp"] == at:
        return at + 1, 0
    return at, sum(event["timestamp"] == at for event in page[:read])


def _position(asked: Mapping[str, Any]) -> tuple[int | None, int]:
    token = asked.get("nextToken")
    if not token:
        return asked.get("startTime"), 0
    start, _, skip = str(token).partition(":")
    if not (start.isdigit() and skip.isdigit()):
        raise AwsCallError("InvalidParameterException", "The specified nextToken is invalid.")
    return int(start), int(skip)
