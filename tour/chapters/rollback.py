"""A version that crashes at its start: it is rolled back, and the cause is named in the container's own words."""

from scripts.demo_app import MISSING_SETTING
from scripts.probe import Probe
from tour.chapter import Chapter, Claims
from tour.stage import Stage

ROLLED_BACK = 11


def play(stage: Stage, claims: Claims) -> None:
    """Ship a version that cannot start, then go back by hand."""
    before = stage.asked("status")
    stage.app.break_it()
    version = stage.app.next_version()
    stage.app.tag(version)
    probe = Probe(f"{before['url']}/api/version", 20)
    probe.start()
    try:
        failed = stage.refused("deploy", version)
    finally:
        report = probe.stop()
        stage.app.take_back()
    code = failed.returncode if failed else 0
    claims.claim("a version that crashes is rolled back by ECS", code == ROLLED_BACK, f"exit code {code}")
    claims.claim("no request failed meanwhile", report.failed == 0, f"{report.failed} of {report.requests}")
    diagnosis = stage.asked("history")[0]["services"]["api"]["diagnosis"]
    claims.claim(
        "its own last lines say why", MISSING_SETTING in diagnosis["log_lines"][-1], diagnosis["log_lines"][-1]
    )
    now = stage.asked("status")["live"]["version"]
    claims.claim("the version before is live", now == before["live"]["version"], now)
    _there_and_back(stage, claims, now)


def _there_and_back(stage: Stage, claims: Claims, now: str) -> None:
    good = [each["version"] for each in stage.asked("history") if each["verdict"] == "released"]
    earlier = next((version for version in good if version != now), None)
    if earlier is None:  # one version was shipped so far
        return
    stage.type("rollback", earlier)
    claims.claim(
        "rollback brings an earlier version back", stage.asked("status")["live"]["version"] == earlier, earlier
    )
    stage.type("rollback", now)


CHAPTER = Chapter("rollback", "a version that crashes never becomes an outage", play, needs=("images",), minutes=12)
