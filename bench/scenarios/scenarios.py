"""The scenarios: what is released, what Amazon's ECS does with it, and by which of AWS's rules."""

from collections.abc import Mapping
from dataclasses import dataclass, field

IN_FLIGHT = {"SLOW": "8"}
NO_TASKS = "(nothing ever answered)"


@dataclass(frozen=True)
class Scenario:
    """A release under load.

    Args:
        key: its letter.
        title: what is released.
        rule: what ECS does, by which rule.
        theirs: what MiniStack's own ECS and load balancer did: requests, failed.
        status: the service deployment's last status at ECS.
        answers: the version that answers afterwards.
        clean: whether no request fails at ECS.
        old: the application's behaviour before.
        new: the application's behaviour after; ``CONTAINER`` as in ``Harness.register``.
        delay: ``deregistration_delay.timeout_seconds``.
        grace: ``healthCheckGracePeriodSeconds``.
        rate: requests a second.
        count: tasks.
        percent: minimum and maximum healthy percent.
        releases: how many, one after the other.
        act: what happens besides: ``missing`` image, ``first`` deployment, ``stop`` in between, ``stuck``, ``sidecar``.
    """

    key: str
    title: str
    rule: str
    theirs: str = "not run"
    status: str = "SUCCESSFUL"
    answers: str = "v2"
    clean: bool = True
    old: Mapping[str, str] = field(default_factory=dict)
    new: Mapping[str, str] = field(default_factory=dict)
    delay: int = 5
    grace: int = 0
    rate: float = 40
    count: int = 2
    percent: tuple[int, int] = (100, 200)
    releases: int = 1
    act: str = ""


def _rolled_back(key: str, title: str, rule: str, **more: object) -> Scenario:
    return Scenario(key, title, rule, status="ROLLBACK_SUCCESSFUL", answers="v1", **more)  # type: ignore[arg-type]


SCENARIOS = [
    Scenario(
        "A",
        "starts fast, short requests",
        "minimumHealthyPercent 100: an old task stops only when a new one is healthy; it is deregistered and drained "
        "before SIGTERM",
        "8,189, 0 failed",
    ),
    Scenario(
        "A2",
        "requests of 1.5 s under way",
        "deregistered targets finish what is under way within the deregistration delay",
        "150, 0 failed",
        old={"SLOW": "1.5"},
        new={"SLOW": "1.5"},
        rate=10,
    ),
    Scenario(
        "B",
        "listens after 20 s, grace 60",
        "failing checks do not count within the grace period; no request goes to a target that is not healthy",
        "8,116, 1,637 failed (5 s)",
        new={"LISTEN_AFTER": "20"},
        grace=60,
    ),
    _rolled_back(
        "B3",
        "listens after 60 s, grace 3",
        "after the grace period a target that its load balancer finds unhealthy is replaced and counts as failed; "
        "3 failures trip the breaker",
        new={"LISTEN_AFTER": "60"},
        grace=3,
    ),
    Scenario(
        "C",
        "requests of 8 s under way, deregistration delay 10",
        "SIGTERM comes after draining",
        "40, 4 failed",
        old=IN_FLIGHT,
        new=IN_FLIGHT,
        delay=10,
        rate=5,
    ),
    Scenario(
        "C2",
        "requests of 8 s under way, deregistration delay 1, ends at SIGTERM",
        "the delay is shorter than the requests, so the target ends them: AWS documents a 5xx for each",
        old=IN_FLIGHT,
        new=IN_FLIGHT,
        delay=1,
        rate=5,
        clean=False,
    ),
    Scenario(
        "D",
        "requests of 8 s, serves on for 20 s after SIGTERM, stopTimeout 30, two releases",
        "draining, then SIGTERM, then SIGKILL only after stopTimeout",
        "50, 9 failed",
        old={**IN_FLIGHT, "LEAVE_AFTER": "20", "CONTAINER": '{"stopTimeout": 30}'},
        new={**IN_FLIGHT, "LEAVE_AFTER": "20", "CONTAINER": '{"stopTimeout": 30}'},
        delay=10,
        rate=5,
        releases=2,
    ),
    _rolled_back(
        "E",
        "crashes after 0.3 s",
        "stage 1 of the breaker: tasks that do not reach RUNNING; old tasks stay",
        theirs="7,981, 87 failed",
        new={"CRASH_AFTER": "0.3"},
    ),
    _rolled_back(
        "F",
        "crashes after 5 s",
        "tasks that end before they are healthy count as failed; old tasks stay until new ones are healthy",
        theirs="3,284, 1,957 failed",
        new={"CRASH_AFTER": "5"},
    ),
    _rolled_back(
        "F2",
        "crashes after 8 s, having answered",
        "a target that has passed its checks gets requests, so those under way when it crashes get a 502",
        new={"CRASH_AFTER": "8"},
        clean=False,
    ),
    _rolled_back(
        "G",
        "image tag missing",
        "CannotPullContainerError counts as failed to start",
        theirs="rolled back",
        act="missing",
    ),
    _rolled_back(
        "H",
        "/healthz says 503",
        "an unhealthy target gets no request and never replaces a healthy one",
        theirs="bad version live",
        new={"HEALTH": "503"},
    ),
    _rolled_back(
        "I",
        "container HEALTHCHECK fails",
        "with a container check and a load balancer both must pass (API reference, minimumHealthyPercent)",
        new={"CONTAINER": '{"healthCheck": {"command": ["CMD", "false"], "interval": 5, "timeout": 2, "retries": 2}}'},
    ),
    Scenario(
        "J",
        "a sidecar that must be HEALTHY first and is asked at localhost",
        "dependsOn HEALTHY; containers of a task share localhost",
        act="sidecar",
    ),
    _rolled_back(
        "K",
        "StopServiceDeployment ROLLBACK in the middle",
        "rolls back to the last COMPLETED deployment",
        new={"LISTEN_AFTER": "600"},
        grace=600,
        act="stop",
    ),
    Scenario(
        "L",
        "first deployment, crashes after 0.1 s",
        "no COMPLETED deployment to return to: the deployment stalls, and no task is started any more",
        status="ROLLBACK_FAILED",
        answers=NO_TASKS,
        new={"CRASH_AFTER": "0.1"},
        act="first",
    ),
    Scenario(
        "M",
        "desired 1 with 100/100",
        "the minimum forbids to stop the old task, the maximum to start the new one: nothing moves",
        status="IN_PROGRESS",
        answers="v1",
        count=1,
        percent=(100, 100),
        act="stuck",
    ),
]
