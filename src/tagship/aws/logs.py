"""The door to CloudWatch Logs: what containers printed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Any, Final, Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.clock import Clock, SystemClock
from tagship.base.errors import AwsNotFound

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_logs import CloudWatchLogsClient

_MILLISECONDS = 1000

_PAGES: Final = 10
"""A page may be empty although more lines lie before it; only a token that comes back is the end (GetLogEvents)."""

_MOST: Final = 10_000
"""Lines that one page holds at most (GetLogEvents, ``limit``)."""

LATE: Final = 10
"""Seconds after a task's end in which its lines may still arrive: the driver sends them in batches."""


@dataclass(frozen=True)
class LogLine:
    """A line of a stream; ``at`` is milliseconds since 1970, as CloudWatch counts."""

    id: str
    at: int
    stream: str
    text: str


class Logs(Protocol):
    """CloudWatch Logs, as far as tagship reads them."""

    def last_lines(self, group: str, stream: str, count: int) -> list[str]:
        """The last lines of one stream, oldest first; empty where there is no such stream."""
        ...

    def last_words(self, group: str, stream: str, count: int) -> list[str]:
        """The last lines of a container that has ended: where there are none, they are waited for, for ``LATE``."""
        ...

    def lines_after(self, group: str, stream: str, token: str) -> tuple[list[str], str]:
        """The lines of one stream that follow a token, oldest first, and the token of what follows those.

        The first token is empty; no line is told twice, and none is left out.
        """
        ...

    def since(self, group: str, start: datetime) -> list[LogLine]:
        """All lines of a group from a moment on, oldest first; empty where there is no such group."""
        ...


class AwsLogs:
    """CloudWatch Logs by its API; see ``Logs``."""

    def __init__(self, aws: Aws, clock: Clock | None = None) -> None:
        self._aws, self._clock = aws, clock or SystemClock()

    @cached_property
    def _client(self) -> "CloudWatchLogsClient":
        return cast("CloudWatchLogsClient", self._aws.client("logs"))

    def last_lines(self, group: str, stream: str, count: int) -> list[str]:
        """See ``Logs.last_lines``."""
        lines, token = list[str](), ""
        for _ in range(_PAGES):
            found, following = self._page(group, stream, token, limit=count, forward=False)
            lines = [*found, *lines]
            if len(lines) >= count or following == token:
                break
            token = following
        return lines[-count:]

    def last_words(self, group: str, stream: str, count: int) -> list[str]:
        """See ``Logs.last_words``."""
        for _ in range(LATE):
            if lines := self.last_lines(group, stream, count):
                return lines
            self._clock.sleep(1)
        return self.last_lines(group, stream, count)

    def lines_after(self, group: str, stream: str, token: str) -> tuple[list[str], str]:
        """See ``Logs.lines_after``."""
        lines = list[str]()
        while True:
            found, following = self._page(group, stream, token, limit=_MOST, forward=True)
            lines += found
            if following == token or not following:
                return lines, token
            token = following

    def _page(self, group: str, stream: str, token: str, *, limit: int, forward: bool) -> tuple[list[str], str]:
        """Some lines, and the token of those that follow in that direction; none where there is no such stream."""
        named: dict[str, Any] = {"nextToken": token} if token else {}
        try:
            with translated():
                found = self._client.get_log_events(
                    logGroupName=group, logStreamName=stream, limit=limit, startFromHead=forward, **named
                )
        except AwsNotFound:
            return [], token
        following = found["nextForwardToken"] if forward else found["nextBackwardToken"]
        return [event["message"].rstrip("\n") for event in found["events"]], following

    def since(self, group: str, start: datetime) -> list[LogLine]:
        """See ``Logs.since``."""
        try:
            with translated():
                pages = self._client.get_paginator("filter_log_events").paginate(
                    logGroupName=group, startTime=int(start.timestamp() * _MILLISECONDS)
                )
                lines = [
                    LogLine(event["eventId"], event["timestamp"], event["logStreamName"], event["message"].rstrip("\n"))
                    for page in pages
                    for event in page["events"]
                ]
        except AwsNotFound:
            return []
        return sorted(lines, key=lambda line: line.at)
