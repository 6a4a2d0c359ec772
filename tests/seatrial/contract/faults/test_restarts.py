"""The embedded AWS killed, and the engine restarted, by the commands that do it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.core.engine import EngineClient
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.ecs.harness import Harness, eventually

pytestmark = pytest.mark.docker


@pytest.fixture
def own(tmp_path: Path, engine: EngineClient) -> Iterator[RunningAws]:  # noqa: ARG001 - skips without one
    """An embedded AWS that this test alone kills."""
    settings = fresh_settings(tmp_path / "home")
    start(settings)
    yield RunningAws(settings)
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def seatrial(aws: RunningAws, *words: str) -> str:
    """What the command prints to stdout."""
    done = subprocess.run(
        [sys.executable, "-m", "seatrial", "fault", *words],
        env={**os.environ, "SEATRIAL_HOME": str(aws.settings.home), "SEATRIAL_PORT": str(aws.settings.port)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def gone(harness: Harness, task: str) -> None:
    """Wait until a task has stopped by itself."""
    eventually(lambda: any(found["taskArn"] == task for found in harness.tasks("STOPPED")))


def test_after_a_kill_state_faults_and_containers_are_there_again(own: RunningAws) -> None:
    harness = Harness(own, "fault-kill")
    harness.create(harness.register(VERSION="v1"), count=1)
    harness.steady()
    before, tasks = instance.status(own.settings).pid, {task["taskArn"] for task in harness.tasks()}
    seatrial(own, "crash", "1s", "--service", "somebody-else")
    seatrial(own, "kill")
    assert instance.status(own.settings).pid not in {None, before}
    assert {task["taskArn"] for task in harness.tasks()} == tasks
    assert "somebody-else" in seatrial(own, "list")
    with harness.load(clients=1) as load:
        harness.steady()
    assert load.failed == {}


def test_a_crash_that_was_due_while_nobody_was_there_still_comes(own: RunningAws) -> None:
    harness = Harness(own, "fault-due")
    seatrial(own, "crash", "30s", "--tasks", "1")
    harness.create(harness.register(VERSION="v1"), count=1)
    assert harness.settled() == "SUCCESSFUL"
    (doomed,) = harness.tasks()
    seatrial(own, "kill")
    gone(harness, doomed["taskArn"])
    crashed = next(task for task in harness.tasks("STOPPED") if task["taskArn"] == doomed["taskArn"])
    assert (crashed["stopCode"], crashed["containers"][0]["exitCode"]) == ("EssentialContainerExited", 1)


def test_an_engine_that_restarts_ends_every_task_and_the_service_recovers(own: RunningAws) -> None:
    harness = Harness(own, "fault-engine")
    harness.create(harness.register(VERSION="v1"))
    harness.steady()
    tasks = {task["taskArn"] for task in harness.tasks()}
    seatrial(own, "engine-restart", "3s")
    for task in tasks:
        gone(harness, task)
    harness.steady()
    assert tasks.isdisjoint({task["taskArn"] for task in harness.tasks()})
