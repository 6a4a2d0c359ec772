"""A distribution's port outlives the process."""

from pathlib import Path

from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.cloudfront.distributions import build
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start


def test_after_a_kill_a_distribution_answers_at_the_same_port(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    start(settings)
    try:
        place = build(RunningAws(settings))
        place.put("index.html", "hello")
        before = place.url
        instance.kill(settings, SystemProcesses(), SystemClock(), print)
        assert place.url == before
        assert place.get("/").text == "hello"
    finally:
        instance.reset(settings, SystemProcesses(), SystemClock(), print)
