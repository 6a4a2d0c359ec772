"""Load brings another task; when it ends, the task goes."""

import time
from collections.abc import Callable

from scripts.probe import Probe
from tour.chapter import Chapter, Claims
from tour.stage import Stage
from tour.systems import Sight

RATE = 12
PATIENCE = 40
"""Minutes of AWS: three until an alarm, a cooldown, and fifteen of quiet until tasks go."""


def play(stage: Stage, claims: Claims) -> None:
    """Load the app until it scales out, and wait until it has scaled in."""
    url = stage.asked("status")["url"]
    least = _desired(stage)
    probe = Probe(f"{url}/api/version", RATE)
    probe.start()
    try:
        out = _wait(stage, lambda count: count > least)
    finally:
        report = probe.stop()
    claims.claim(
        "under load another task starts",
        out,
        f"{least} to {_desired(stage)} after {out / stage.minute:.0f} minutes of AWS",
    )
    claims.claim("no request failed", report.failed == 0, f"{report.failed} of {report.requests}")
    back = _wait(stage, lambda count: count == least)
    claims.claim("without load it goes again", back, f"after {back / stage.minute:.0f} minutes of AWS")


def _desired(stage: Stage) -> int:
    ecs = stage.client("ecs")
    return int(ecs.describe_services(cluster=stage.cluster, services=[stage.service])["services"][0]["desiredCount"])


def _wait(stage: Stage, so: Callable[[int], bool]) -> float:
    """Seconds until it was so; 0 where it never was."""
    began = time.monotonic()
    while (taken := time.monotonic() - began) < PATIENCE * stage.minute:
        if so(_desired(stage)):
            return max(taken, 0.1)
        time.sleep(stage.minute / 5)
    return 0.0


CHAPTER = Chapter(
    "scaling",
    "load adds tasks, and quiet takes them away",
    play,
    needs=("images",),
    sees=(Sight("scaling", "the scaling of the embedded AWS"),),
    minutes=35,
    dollars=0.1,
)
