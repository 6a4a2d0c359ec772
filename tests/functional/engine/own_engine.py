"""A Docker engine that is restarted, and nobody else's: run by ``test_engine.py`` in namespaces of its own.

The engine has its own network namespace, because a second ``dockerd`` beside the first would take the bridge
``docker0`` and its firewall rules over; its own mounts, so that nothing of the first one's under ``/run`` is seen; and
its own process ids, so that whatever it leaves behind ends with the namespace. Prints what came of each restart.
"""

import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import asdict, dataclass
from pathlib import Path

from seatrial.core.engine import INSTANCE_LABEL, connect_engine
from seatrial.process.control import Control
from seatrial.services.ecs.containers.spec import TASK_LABEL
from tests.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.ecs.harness import IMAGE, Harness, eventually

OWN = Path("/run/docker")
AWAY = 3.0
"""Seconds for which there is no engine."""


@dataclass(frozen=True)
class Restart:
    """How the engine is restarted: with which signal it ends, and whether containers run on without it."""

    name: str
    ending: signal.Signals
    live_restore: bool = False


RESTARTS = (
    Restart("asked", signal.SIGTERM),
    Restart("killed", signal.SIGKILL),
    Restart("restored", signal.SIGTERM, live_restore=True),
)


@dataclass(frozen=True)
class Outcome:
    """What came of a restart.

    Args:
        same_tasks: whether the tasks of before still run.
        failed: requests that failed from the end of the engine until the service was steady again.
        requests: all of them.
        orphans: containers of the embedded AWS that no running task has.
        missing: containers of running tasks that do not run.
        later: requests that failed afterwards, while another version was released.
        released: how that release ended.
        seconds: from the end of the engine until the service was steady again.
    """

    same_tasks: bool
    failed: int
    requests: int
    orphans: int
    missing: int
    later: int
    released: str
    seconds: float


class OwnEngine:
    """``dockerd``, with everything under folders that nobody else sees."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._socket = f"unix://{OWN}/own.sock"
        os.environ["DOCKER_HOST"] = self._socket

    def start(self, *, live_restore: bool) -> None:
        words = ["dockerd", "--data-root", str(self._folder / "root"), "--exec-root", str(OWN / "exec")]
        words += ["--pidfile", str(OWN / "own.pid"), "-H", self._socket, *(["--live-restore"] * live_restore)]
        with (self._folder / "dockerd.log").open("ab") as log:
            self._process = subprocess.Popen(words, stdout=log, stderr=log)
        eventually(self._answers, 120)

    def end(self, ending: signal.Signals) -> None:
        self._process.send_signal(ending)
        self._process.wait()
        if ending is signal.SIGKILL:  # its containerd runs on, as under systemd, and the next one finds it
            (OWN / "own.pid").unlink()

    def _answers(self) -> bool:
        return subprocess.run(["docker", "version"], capture_output=True, check=False).returncode == 0


def apart() -> None:
    """See nothing of the engine outside, and have a loopback interface."""
    for words in (
        ["mount", "--make-rprivate", "/"],
        ["mount", "-t", "tmpfs", "own", str(OWN)],
        ["mount", "-t", "tmpfs", "own", "/run/containerd"],
        ["ip", "link", "set", "lo", "up"],
    ):
        subprocess.run(words, check=True)


def play(stages: list[Harness], engine: OwnEngine, restart: Restart) -> Outcome:
    """Restart the engine below the services of all stages; the requests and the release are those of a new one."""
    engine.end(signal.SIGTERM)
    engine.start(live_restore=restart.live_restore)
    harness = stages[-1]
    harness.create(harness.register(VERSION="1"), count=2)
    eventually(lambda: all(steady_again(each) for each in stages), 300)
    before, began = running(harness), time.monotonic()
    assert len(before) == 2
    with harness.load(clients=2) as load:
        engine.end(restart.ending)
        time.sleep(AWAY)
        engine.start(live_restore=restart.live_restore)
        eventually(lambda: all(steady_again(each) for each in stages), 300)
        took, same = time.monotonic() - began, running(harness) == before
    with harness.load(clients=2) as later:
        released = harness.settled(harness.update(taskDefinition=harness.register(VERSION="2")), 300)
    orphans, missing = compared(stages)
    return Outcome(
        same_tasks=same,
        failed=sum(load.failed.values()),
        requests=sum(load.results.values()),
        orphans=orphans,
        missing=missing,
        later=sum(later.failed.values()),
        released=released,
        seconds=round(took, 1),
    )


def running(harness: Harness) -> set[str]:
    return {task["taskArn"] for task in harness.tasks() if task["lastStatus"] == "RUNNING"}


def steady_again(harness: Harness) -> bool:
    """All targets are healthy, and their tasks run."""
    service = harness.service()
    targets = harness.elb.describe_target_health(TargetGroupArn=harness.group)["TargetHealthDescriptions"]
    healthy = [target for target in targets if target["TargetHealth"]["State"] == "healthy"]
    return bool(service["runningCount"] == service["desiredCount"] == len(healthy) == len(running(harness)))


def compared(stages: list[Harness]) -> tuple[int, int]:
    """Containers without a task, and tasks without a container."""
    client = connect_engine()
    instance_id = stages[0].aws.settings.instance_id
    label: dict[str, str | list[str] | bool] = {"label": [f"{INSTANCE_LABEL}={instance_id}", TASK_LABEL]}
    there = {str(found.id) for found in client.containers.list(filters=label, sparse=True)}
    client.close()
    tasks = [task for harness in stages for task in harness.tasks()]
    named = {each["runtimeId"] for task in tasks for each in task["containers"] if "runtimeId" in each}
    return len(there - named), len(named - there)


def main(folder: Path) -> None:
    apart()
    engine = OwnEngine(folder)
    engine.start(live_restore=False)
    subprocess.run(["docker", "load", "-q", "-i", str(folder / "image.tar")], check=True, stdout=subprocess.DEVNULL)
    settings = fresh_settings(folder / "home")
    start(settings)
    stages: list[Harness] = []
    outcomes: dict[str, object] = {}
    try:
        for each in RESTARTS:
            stages.append(Harness(RunningAws(settings), each.name))
            outcomes[each.name] = asdict(play(stages, engine, each))
    finally:
        Control(settings).reset()
        engine.end(signal.SIGTERM)
    sys.stdout.write(json.dumps({"image": IMAGE, **outcomes}) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
