"""GetLogEvents: a page may be empty or partial although more lines lie beyond it; a token that repeats is the end."""

from typing import Any, cast

import pytest

from tagship.aws.logs import AwsLogs
from tagship.aws.session import Aws
from tagship.base.fakes import ManualClock

Page = list[str]


class Stream:
    """Pages in their order, each with the token of the next; the session and its client in one."""

    def __init__(self, *pages: Page, after: int = 0) -> None:
        self.pages, self.calls, self._after = pages, 0, after

    def client(self, _: str) -> "Stream":
        return self

    def get_log_events(self, **asked: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.calls += 1
        at = int(asked.get("nextToken", 0))
        late = self.calls <= self._after
        page = [] if late or at >= len(self.pages) else self.pages[at]
        following = str(at if late else min(at + 1, len(self.pages)))
        events = [{"message": f"{line}\n"} for line in page]
        return {"events": events, "nextBackwardToken": following, "nextForwardToken": following}


def logs_of(stream: Stream) -> tuple[AwsLogs, ManualClock]:
    clock = ManualClock()
    return AwsLogs(cast("Aws", stream), clock), clock


def test_empty_and_partial_pages_are_gone_through_for_the_last_lines() -> None:
    logs, _ = logs_of(Stream([], ["three"], [], ["one", "two"]))
    assert logs.last_lines("g", "s", 10) == ["one", "two", "three"]


def test_no_more_pages_are_read_than_are_needed() -> None:
    stream = Stream(["two", "three"], ["one"])
    assert logs_of(stream)[0].last_lines("g", "s", 2) == ["two", "three"]
    assert stream.calls == 1


def test_a_stream_of_empty_pages_is_given_up() -> None:
    stream = Stream(*([] for _ in range(50)), ["old"])
    assert logs_of(stream)[0].last_lines("g", "s", 2) == []
    assert stream.calls == 10


def test_last_words_that_are_late_are_waited_for() -> None:
    logs, clock = logs_of(Stream(["the end"], after=6))
    assert logs.last_words("g", "s", 5) == ["the end"]
    assert clock.elapsed <= 10


def test_last_words_that_never_come_are_not_waited_for_long() -> None:
    logs, clock = logs_of(Stream())
    assert logs.last_words("g", "s", 5) == []
    assert clock.elapsed == 10


def test_onward_reads_to_the_end_and_goes_on_from_there() -> None:
    stream = Stream(["one"], [], ["two"])
    logs, _ = logs_of(stream)
    lines, token = logs.lines_after("g", "s", "")
    assert lines == ["one", "two"]
    assert logs.lines_after("g", "s", token) == ([], token)
    stream.pages = (*stream.pages, ["three"])
    assert logs.lines_after("g", "s", token)[0] == ["three"]


@pytest.mark.parametrize("token", ["", "3"])
def test_onward_of_nothing_is_nothing(token: str) -> None:
    assert logs_of(Stream())[0].lines_after("g", "s", token)[0] == []
