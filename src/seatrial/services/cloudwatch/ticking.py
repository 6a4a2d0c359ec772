"""When alarms are evaluated: each once a minute of AWS, at a second of its own."""

import asyncio
import heapq
import logging
from collections.abc import Callable
from math import floor
from zlib import crc32

from seatrial.services.cloudwatch.periods import STANDARD_RESOLUTION, Minutes

_SHORT = 10
_SOON = 5
_LONGEST_WAIT = 60.0
_log = logging.getLogger("seatrial.services.cloudwatch")


class Ticking:
    """Calls ``evaluate`` for each planned alarm when it is due. Without alarms it sleeps.

    CloudWatch evaluates an alarm every minute, one with a period of 10 or 30 seconds every 10 (alarm-evaluation); here
    always at the same second of the minute, in the middle half of it, for the metrics of a minute arrive a little after
    its end.

    Args:
        minutes: CloudWatch's time.
        now: seconds since 1970.
        evaluate: takes an alarm's ARN.
    """

    def __init__(self, minutes: Minutes, now: Callable[[], float], evaluate: Callable[[str], None]) -> None:
        self._minutes = minutes
        self._now = now
        self._evaluate = evaluate
        self._periods: dict[str, int] = {}
        self._due: list[tuple[float, str]] = []
        self._planned = asyncio.Event()

    def plan(self, arn: str, period: int) -> None:
        """Evaluate an alarm soon, and from then on whenever it is due."""
        self._periods[arn] = period
        self._due = [(at, other) for at, other in self._due if other != arn]
        heapq.heapify(self._due)
        heapq.heappush(self._due, (self._now() + self._minutes.width(_SOON), arn))
        self._planned.set()

    def forget(self, arn: str) -> None:
        """Do not evaluate an alarm any more."""
        self._periods.pop(arn, None)

    async def run(self) -> None:
        """Evaluate, until cancelled."""
        while True:
            self._planned.clear()
            while self._due and self._due[0][0] <= self._now():
                _, arn = heapq.heappop(self._due)
                self._evaluated(arn)
                await asyncio.sleep(0)
            wait = min(self._due[0][0] - self._now(), _LONGEST_WAIT) if self._due else None
            try:
                await asyncio.wait_for(self._planned.wait(), None if wait is None else max(wait, 0.0))
            except TimeoutError:
                continue

    def _evaluated(self, arn: str) -> None:
        if arn not in self._periods:
            return
        try:
            self._evaluate(arn)
        except Exception:  # noqa: BLE001 - one alarm must not end the clock of all
            _log.exception("alarm %s could not be evaluated", arn)
        if arn in self._periods:
            heapq.heappush(self._due, (self._next(arn, self._periods[arn]), arn))

    def _next(self, arn: str, period: int) -> float:
        interval = self._minutes.width(STANDARD_RESOLUTION if period >= STANDARD_RESOLUTION else _SHORT)
        place = (0.25 + crc32(arn.encode()) / 2**33) * interval
        now = self._now()
        return (floor((now - place) / interval) + 1) * interval + place
