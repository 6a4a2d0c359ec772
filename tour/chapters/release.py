"""The next version, while people use the app: not one of their requests fails."""

import time

from scripts.probe import Probe
from tour.chapter import Chapter, Claims
from tour.stage import Stage
from tour.systems import Sight

RATE = 60


def play(stage: Stage, claims: Claims) -> None:
    """Ship a version under load."""
    url = stage.asked("status")["url"]
    stage.app.wear(stage.app.next_version())
    probe = Probe(f"{url}/api/version", RATE)
    probe.start()
    try:
        began = time.monotonic()
        version = stage.ship()
        taken = time.monotonic() - began
    finally:
        report = probe.stop()
    figure = f"{report.failed} of {report.requests} requests failed, {report.rate:.0f} a second"
    claims.claim("no request fails while a version takes over", report.failed == 0, figure)
    claims.claim("old and new were live one after the other", version in report.versions, f"{version} in {taken:.0f} s")
    record = stage.asked("history")[0]
    claims.claim("the record has the verdict", record["verdict"] == "released", record["verdict"])
    status = stage.asked("status")
    claims.claim("status says that it is live", status["live"]["version"] == version, version)


CHAPTER = Chapter(
    "release",
    "a version takes over under load, and no request fails",
    play,
    needs=("images",),
    sees=(Sight("verdict"),),
    minutes=6,
)
