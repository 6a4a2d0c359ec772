"""When a scheduled action runs next: ``at(…)``, ``rate(…)``, ``cron(…)``. Pure.

Source: Application Auto Scaling API reference, PutScheduledAction. Times are those of the wall clock, in the action's
time zone; daylight saving moves what an expression means in UTC.
"""

import math
import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from seatrial.services.autoscaling.cron import BadCron, Cron
from seatrial.services.autoscaling.errors import invalid

_AT = re.compile(r"at\((\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(?::\d{2})?)\)")
_RATE = re.compile(r"rate\(([1-9]\d*) (minute|hour|day)s?\)")
_CRON = re.compile(r"cron\((.+)\)")
_SECONDS = {"minute": 60, "hour": 3600, "day": 86400}


@dataclass(frozen=True)
class Schedule:
    """When a scheduled action runs.

    Args:
        expression: AWS's.
        zone: a name of the IANA database.
        created: seconds since 1970; a rate counts from ``start``, else from here.
        start: the time before which it does not run.
        end: the time after which it does not run.
    """

    expression: str
    zone: str = "UTC"
    created: float = 0.0
    start: float | None = None
    end: float | None = None

    def after(self, moment: float) -> float | None:
        """The first run later than this moment, both in seconds since 1970; None where there is none.

        Raises:
            AwsCallError: ``ValidationException`` where expression or time zone are none.
        """
        zone = _zone(self.zone)
        # A run at the start itself is a run.
        begin = max(moment, self.start - 1e-6) if self.start is not None else moment
        found = self._next(zone, begin)
        return found if found is not None and (self.end is None or found <= self.end) else None

    def _next(self, zone: ZoneInfo, moment: float) -> float | None:
        if at := _AT.fullmatch(self.expression):
            found = _moment(_written(at[1], self.expression), zone)
            return found if found > moment else None
        if rate := _RATE.fullmatch(self.expression):
            return self._rated(int(rate[1]) * _SECONDS[rate[2]], moment)
        if cron := _CRON.fullmatch(self.expression):
            return _cron(cron[1], zone, moment, self.expression)
        raise _bad(self.expression)

    def _rated(self, seconds: int, moment: float) -> float:
        if self.start is None:
            return self.created + max(1, math.floor((moment - self.created) / seconds) + 1) * seconds
        return self.start + max(0, math.floor((moment - self.start) / seconds) + 1) * seconds


def _cron(fields: str, zone: ZoneInfo, moment: float, expression: str) -> float | None:
    try:
        cron = Cron.parse(fields)
    except BadCron:
        raise _bad(expression) from None
    # An hour that the clock goes back over comes twice: start before it, and take the first that is later.
    local: datetime | None = datetime.fromtimestamp(moment, zone).replace(tzinfo=None) - timedelta(hours=1)
    while local is not None and (local := cron.after(local)) is not None:
        if (found := _moment(local, zone)) > moment:
            return found
    return None


def _moment(local: datetime, zone: ZoneInfo) -> float:
    return local.replace(tzinfo=zone).astimezone(UTC).timestamp()


def _written(text: str, expression: str) -> datetime:
    try:
        return datetime.fromisoformat(text)
    except ValueError:
        raise _bad(expression) from None


def _zone(name: str) -> ZoneInfo:
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise invalid(f"Invalid timezone: {name}") from None


def _bad(expression: str) -> Exception:
    return invalid(f"Invalid schedule expression: {expression}")
