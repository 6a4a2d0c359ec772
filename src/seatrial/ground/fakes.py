"""A stand-in for the clock, kept beside the real one so that they change together."""

from datetime import UTC, datetime, timedelta


class ManualClock:
    """A clock that moves only when somebody sleeps."""

    def __init__(self, start: datetime = datetime(2026, 1, 1, tzinfo=UTC)) -> None:
        self._start = start
        self.elapsed = 0.0

    def now(self) -> datetime:
        """The start, and what was slept since."""
        return self._start + timedelta(seconds=self.elapsed)

    def monotonic(self) -> float:
        """Seconds slept so far."""
        return self.elapsed

    def sleep(self, seconds: float) -> None:
        """Move on at once."""
        self.elapsed += seconds
