"""A distribution's port outlives the process."""

from pathlib import Path

from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.cloudfront.distributions import build
from tests.seatrial.contract.cloudfront.names import asked, named
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start


def test_after_a_kill_a_distribution_answers_at_the_same_ports_and_names(tmp_path: Path) -> None:
    settings = fresh_settings(tmp_path)
    start(settings)
    try:
        place = build(RunningAws(settings))
        place.put("index.html", "hello")
        before, names = place.url, named(RunningAws(settings))
        instance.kill(settings, SystemProcesses(), SystemClock(), print)
        assert place.url == before
        assert named(RunningAws(settings)) == names
        assert asked(names, f"https://{place.domain}/")[2] == "hello"
        assert place.get("/").text == "hello"
    finally:
        instance.reset(settings, SystemProcesses(), SystemClock(), print)
