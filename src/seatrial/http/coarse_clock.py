"""The time, as far as a request needs it: moved on a few times a second instead of being read for each byte."""

from datetime import datetime
from email.utils import format_datetime
from itertools import count
from secrets import token_hex

from seatrial.ground.clock import Clock


class CoarseClock:
    """A coarse clock, the ``Date`` header and trace ids, for one event loop.

    Args:
        clock: the wall clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._ids = count()
        self._process = token_hex(6)
        self.move_on(0.0)

    def move_on(self, now: float) -> None:
        """It is ``now`` on the loop's clock."""
        self.now = now
        self.wall = self._clock.now()
        self.date = format_datetime(self.wall, usegmt=True).encode()
        self._epoch = f"1-{int(self.wall.timestamp()):08x}-{self._process}".encode()

    @property
    def exactly(self) -> datetime:
        """The wall clock, read now."""
        return self._clock.now()

    def trace(self) -> bytes:
        """A new trace id: version, seconds since 1970, 24 hexadecimal digits."""
        return b"%b%012x" % (self._epoch, next(self._ids))
