"""CloudWatch's time: minutes, periods, and the datapoints in them. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass
from math import floor

from seatrial.services.cloudwatch.metric_store import Point
from seatrial.services.cloudwatch.samples import Samples

STANDARD_RESOLUTION = 60
# Times that are sums of fractions lie a hair beside the borders on which they belong.
_HAIR = 1e-6


@dataclass(frozen=True)
class Window:
    """Consecutive periods.

    Args:
        start: begin of the first, in seconds since 1970.
        width: the length of each, in seconds of this machine.
        count: how many.
    """

    start: float
    width: float
    count: int

    @property
    def end(self) -> float:
        """Where the last one ends."""
        return self.start + self.count * self.width

    def at(self, place: int) -> float:
        """The begin of a period, counted from 0."""
        return self.start + place * self.width

    def gathered(self, points: Sequence[Point]) -> list[Samples | None]:
        """The samples of each period, oldest first; None where nothing was measured."""
        found: list[list[Samples]] = [[] for _ in range(self.count)]
        for point in points:
            place = floor((point.at - self.start) / self.width + _HAIR)
            if 0 <= place < self.count:
                found[place].append(point.samples)
        return [Samples.merged(parts) for parts in found]


@dataclass(frozen=True)
class Minutes:
    """How long AWS's seconds take here.

    Every period is given in AWS's seconds and takes ``minute / 60`` of them, in alarms and in queries alike: what a
    query shows is what an alarm has seen.

    Args:
        minute: seconds of this machine in a minute of AWS.
    """

    minute: float

    def width(self, period: float) -> float:
        """How long a period takes here."""
        return period * self.minute / 60

    def floor(self, at: float, period: float = STANDARD_RESOLUTION) -> float:
        """The last border of periods at or before a time; periods are counted from 1970."""
        width = self.width(period)
        return floor(at / width + _HAIR) * width

    def last(self, now: float, period: int, count: int) -> Window:
        """The last ``count`` periods that an alarm sees: the newest ends with the last full minute.

        A period shorter than a minute ends with the last full period of its kind.
        """
        border = self.floor(now, min(period, STANDARD_RESOLUTION))
        width = self.width(period)
        return Window(border - count * width, width, count)

    def between(self, start: float, end: float, period: int) -> Window:
        """The periods of a query: from the full minute at or before its start until before its end."""
        first = self.floor(start, min(period, STANDARD_RESOLUTION))
        width = self.width(period)
        count = max(0, -floor(-((end - first) / width - _HAIR)))
        return Window(first, width, count)
