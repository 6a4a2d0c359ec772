from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import islice

import pytest

from tagship.aws.fakes import FakeLogs
from tagship.aws.logs import LogLine
from tagship.base.errors import AwsError, AwsThrottled, AwsUnreachable
from tagship.base.fakes import ManualClock
from tagship.release.logs import follow_logs

TRUTH = datetime(2026, 1, 1, tzinfo=UTC)


class Printing(FakeLogs):
    """One line a second, by a clock of its own; answers as it is told."""

    def __init__(self, clock: ManualClock, trouble: dict[int, AwsError] | None = None) -> None:
        super().__init__()
        self._clock, self._trouble, self.asked = clock, trouble or {}, list[float]()

    def since(self, group: str, start: datetime) -> list[LogLine]:
        self.asked.append(self._clock.elapsed)
        if error := self._trouble.get(len(self.asked)):
            raise error
        now = TRUTH + timedelta(seconds=self._clock.elapsed)
        times = (TRUTH + timedelta(seconds=second) for second in range(int(self._clock.elapsed) + 1))
        return [
            LogLine(f"{group}{at}", int(at.timestamp() * 1000), "s", f"{(at - TRUTH).seconds}")
            for at in times
            if start <= at <= now
        ]


def texts(lines: Iterator[tuple[str, LogLine]], count: int) -> list[str]:
    return [line.text for _, line in islice(lines, count)]


@pytest.mark.parametrize("off", [timedelta(), -timedelta(days=1)])
def test_every_line_is_told_once_however_late_this_machines_clock_is(off: timedelta) -> None:
    clock = ManualClock(TRUTH + off)
    followed = follow_logs(Printing(clock), {"api": "g"}, since=timedelta(minutes=1), clock=clock)
    assert texts(followed, 100) == [str(number) for number in range(100)]


@pytest.mark.parametrize("error", [AwsThrottled("slow"), AwsUnreachable("gone")])
def test_where_aws_does_not_answer_it_is_asked_less_often_and_no_line_is_lost(error: AwsError) -> None:
    clock = ManualClock(TRUTH)
    logs = Printing(clock, {3: error, 4: error, 5: error})
    assert texts(follow_logs(logs, {"api": "g"}, since=timedelta(0), clock=clock), 60) == [str(n) for n in range(60)]
    waits = [later - sooner for sooner, later in zip(logs.asked, logs.asked[1:], strict=False)]
    assert waits[2:6] == [4.0, 8.0, 16.0, 8.0]
