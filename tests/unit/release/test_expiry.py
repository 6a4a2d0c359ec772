from datetime import UTC, datetime, timedelta

import pytest

from tagship.base.events import Event, Events
from tagship.cli.narration import narrate
from tagship.release.planning.expiry import warn_of_expiry

NOW = datetime(2026, 1, 1, 12, tzinfo=UTC)


def told(left: float | None) -> list[str]:
    heard: list[Event] = []
    expires = None if left is None else NOW + timedelta(seconds=left)
    warn_of_expiry(expires, NOW, 1800, Events(heard.append))
    return [line for event in heard for line in narrate(event)]


@pytest.mark.parametrize("left", [None, 1800, 3600])
def test_credentials_that_last_long_enough_are_no_news(left: float | None) -> None:
    assert told(left) == []


@pytest.mark.parametrize(("left", "minutes"), [(1799, 29), (60, 1), (-60, 0)])
def test_credentials_that_end_before_the_watch_may_are_told_at_the_start(left: float, minutes: int) -> None:
    line, way_out = told(left)
    assert f"in {minutes} minutes" in line
    assert "the release may take 30 minutes" in line
    assert "tagship deploy --resume newest" in way_out
