"""The door to CloudWatch Logs: what containers printed."""

from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsNotFound

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_logs import CloudWatchLogsClient

_MILLISECONDS = 1000


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

    def since(self, group: str, start: datetime) -> list[LogLine]:
        """All lines of a group from a moment on, oldest first; empty where there is no such group."""
        ...


class AwsLogs:
    """CloudWatch Logs by its API; see ``Logs``."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> "CloudWatchLogsClient":
        return cast("CloudWatchLogsClient", self._aws.client("logs"))

    def last_lines(self, group: str, stream: str, count: int) -> list[str]:
        """See ``Logs.last_lines``."""
        try:
            with translated():
                found = self._client.get_log_events(
                    logGroupName=group, logStreamName=stream, limit=count, startFromHead=False
                )
        except AwsNotFound:
            return []
        return [event["message"].rstrip("\n") for event in found["events"]]

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
