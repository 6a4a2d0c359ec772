"""The lines of an environment's containers, once or as they come."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta

from tagship.aws.logs import LogLine, Logs
from tagship.base.clock import Clock
from tagship.base.errors import AwsThrottled, AwsUnreachable

POLL = 2.0
"""Seconds between two looks; FilterLogEvents is one call a service, of a quota that the whole region shares."""

_LONGEST = 30.0
"""Seconds between two looks while AWS throttles or does not answer."""

_LATE = timedelta(seconds=30)
"""How late a line may arrive in CloudWatch and still be shown: the agent sends in batches."""

_MILLISECOND = timedelta(milliseconds=1)
_SINCE_1970 = datetime.fromtimestamp(0, UTC)


def read_logs(logs: Logs, groups: Mapping[str, str], *, since: timedelta, clock: Clock) -> list[tuple[str, LogLine]]:
    """The lines of every group (log group by service), oldest first, with the service they belong to."""
    return _lines(logs, groups, clock.now() - since)


def follow_logs(
    logs: Logs, groups: Mapping[str, str], *, since: timedelta, clock: Clock
) -> Iterator[tuple[str, LogLine]]:
    """The same, and then every new line; ends only with the caller.

    Where to go on from is told by the newest line itself, and not by this machine's clock.
    """
    start, seen, wait = clock.now() - since, frozenset[str](), POLL
    while True:
        try:
            found = _lines(logs, groups, start)
            wait = max(POLL, wait / 2)
        except (AwsThrottled, AwsUnreachable):
            wait = min(wait * 2, _LONGEST)
        else:
            yield from (entry for entry in found if entry[1].id not in seen)
            seen = frozenset(line.id for _, line in found)
            newest = max((_SINCE_1970 + line.at * _MILLISECOND for _, line in found), default=start)
            start = max(start, newest - _LATE)
        clock.sleep(wait)


def _lines(logs: Logs, groups: Mapping[str, str], start: datetime) -> list[tuple[str, LogLine]]:
    lines = [(service, line) for service, group in groups.items() for line in logs.since(group, start)]
    return sorted(lines, key=lambda found: found[1].at)
