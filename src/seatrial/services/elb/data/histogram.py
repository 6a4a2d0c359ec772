"""A histogram of durations: bounded in memory, and fine enough for percentiles. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from math import exp, log

_STEP = log(1.02)
_ORIGIN = 1000  # Moves every bucket above 0: a millionth of a second is in bucket 302, an hour in bucket 1413.
_SHORTEST = 1e-6


@dataclass(slots=True)
class Histogram:
    """How often which duration was seen, in steps of 2 %: what is read from it is within 1 % of the truth.

    Args:
        buckets: how many durations are in each bucket; at most some 1,100 buckets, from a microsecond to an hour.
        total: seconds of all durations, exactly.
        count: how many durations.
    """

    buckets: dict[int, int] = field(default_factory=dict)
    total: float = 0.0
    count: int = 0

    def add(self, seconds: float) -> None:
        """One more duration."""
        bucket = int(log(seconds) / _STEP + _ORIGIN) if seconds > _SHORTEST else 0
        self.buckets[bucket] = self.buckets.get(bucket, 0) + 1
        self.total += seconds
        self.count += 1

    def values(self) -> list[tuple[float, int]]:
        """Durations in seconds and how often each was seen, the shortest first."""
        return [(_middle(bucket), times) for bucket, times in sorted(self.buckets.items())]

    def percentile(self, share: float) -> float:
        """The shortest duration that is not exceeded by this share of all, such as 0.99; 0 where there are none."""
        left = share * self.count
        found = 0.0
        for seconds, times in self.values():
            found = seconds
            left -= times
            if left <= 0:
                break
        return found

    def copy(self) -> "Histogram":
        """The numbers as they are now."""
        return Histogram(dict(self.buckets), self.total, self.count)

    def since(self, earlier: "Histogram") -> "Histogram":
        """What was added after an earlier copy was made."""
        buckets = {bucket: times - earlier.buckets.get(bucket, 0) for bucket, times in self.buckets.items()}
        added = {bucket: times for bucket, times in buckets.items() if times}
        return Histogram(added, self.total - earlier.total, self.count - earlier.count)


def merged(histograms: Iterable[Histogram]) -> Histogram:
    """All of them as one."""
    whole = Histogram()
    for one in histograms:
        for bucket, times in one.buckets.items():
            whole.buckets[bucket] = whole.buckets.get(bucket, 0) + times
        whole.total += one.total
        whole.count += one.count
    return whole


def _middle(bucket: int) -> float:
    return exp((bucket + 0.5 - _ORIGIN) * _STEP) if bucket else _SHORTEST
