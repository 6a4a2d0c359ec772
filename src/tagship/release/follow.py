"""The lines of an environment's containers, once or as they come."""

from collections.abc import Iterator, Mapping
from datetime import timedelta

from tagship.aws.logs import LogLine, Logs
from tagship.base.clock import Clock

POLL = 1.0
"""Seconds between two looks."""

_LATE = timedelta(seconds=30)
"""How late a line may arrive in CloudWatch and still be shown: the agent sends in batches."""


def read_logs(logs: Logs, groups: Mapping[str, str], *, since: timedelta, clock: Clock) -> list[tuple[str, LogLine]]:
    """The lines of every group (log group by service), oldest first, with the service they belong to."""
    start = clock.now() - since
    lines = [(service, line) for service, group in groups.items() for line in logs.since(group, start)]
    return sorted(lines, key=lambda found: found[1].at)


def follow_logs(
    logs: Logs, groups: Mapping[str, str], *, since: timedelta, clock: Clock
) -> Iterator[tuple[str, LogLine]]:
    """The same, and then every new line; ends only with the caller."""
    seen: set[str] = set()
    while True:
        for service, line in read_logs(logs, groups, since=since, clock=clock):
            if line.id not in seen:
                seen.add(line.id)
                yield service, line
        since = min(since, _LATE)
        clock.sleep(POLL)
