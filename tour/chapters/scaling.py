"""Load brings another task; when it ends, the task goes. Then an availability zone is lost, where one can be."""

import time
from collections.abc import Callable
from typing import Any

from scripts.probe import Probe
from tour.chapter import Chapter, Claims
from tour.stage import Stage
from tour.systems import Sight

RATE = 12
PATIENCE = 40
"""Minutes of AWS: three until an alarm, a cooldown, and fifteen of quiet until tasks go."""
ZONE_PATIENCE = 300
"""Seconds until the loss of a zone must be mended: health checks, a start, and the checks of the new tasks."""


def play(stage: Stage, claims: Claims) -> None:
    """Load the app until it scales out, and wait until it has scaled in."""
    url = stage.asked("status")["url"]
    least = _least(stage)
    quiet = _wait(stage, lambda count: count == least)  # the load of chapters before may have added tasks
    claims.claim("without load as few tasks run as the manifest allows", quiet, f"{least}")
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
    if stage.embedded:
        lose_zone(stage, claims, url)


def lose_zone(stage: Stage, claims: Claims, url: str) -> None:
    """Lose the zone of a task while people use the app, until as many healthy tasks run in the other."""
    lost = _zones(stage)[0]
    probe = Probe(f"{url}/api/version", RATE)
    probe.start()
    try:
        stage.tagship("local", "fault", "zone", lost)
        began = time.monotonic()
        while not _healthy_without(stage, lost) and time.monotonic() - began < ZONE_PATIENCE:
            time.sleep(1)
        taken = time.monotonic() - began
    finally:
        report = probe.stop()
        stage.tagship("local", "fault", "clear")
    claims.claim(
        "when a zone is lost its tasks are replaced in the other",
        taken < ZONE_PATIENCE,
        f"all healthy {taken:.0f} s later, {report.failed} of {report.requests} requests failed",
    )


def _zones(stage: Stage) -> list[str]:
    """The zones of the tasks that are meant to run."""
    ecs = stage.client("ecs")
    tasks = ecs.list_tasks(cluster=stage.cluster, serviceName=stage.service)["taskArns"]
    return sorted(task["availabilityZone"] for task in ecs.describe_tasks(cluster=stage.cluster, tasks=tasks)["tasks"])


def _healthy_without(stage: Stage, lost: str) -> bool:
    """Whether as many tasks as there should be are healthy, all of them outside of a zone."""
    service = _service(stage)
    (group,) = {each["targetGroupArn"] for each in service["loadBalancers"]}
    targets = stage.client("elbv2").describe_target_health(TargetGroupArn=group)["TargetHealthDescriptions"]
    states = [each["TargetHealth"]["State"] for each in targets]
    return states == ["healthy"] * service["desiredCount"] and lost not in _zones(stage)


def _least(stage: Stage) -> int:
    """The lower bound of the scaling."""
    name = f"service/{stage.cluster}/{stage.service}"
    scaling = stage.client("application-autoscaling")
    (target,) = scaling.describe_scalable_targets(ServiceNamespace="ecs", ResourceIds=[name])["ScalableTargets"]
    return int(target["MinCapacity"])


def _desired(stage: Stage) -> int:
    return int(_service(stage)["desiredCount"])


def _service(stage: Stage) -> dict[str, Any]:
    ecs = stage.client("ecs")
    described = ecs.describe_services(cluster=stage.cluster, services=[stage.service])
    found: dict[str, Any] = described["services"][0]
    return found


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
