"""The embedded AWS killed in the middle, and started again."""

import os
import random
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from seatrial.core.engine import INSTANCE_LABEL, EngineClient
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from seatrial.services.ecs.containers.spec import TASK_LABEL
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.ecs.harness import Harness, eventually

pytestmark = pytest.mark.docker


@pytest.fixture
def own(tmp_path: Path, engine: EngineClient) -> Iterator[RunningAws]:
    """An embedded AWS that this test alone kills."""
    settings = fresh_settings(tmp_path / "home")
    start(settings)
    yield RunningAws(settings)
    instance.reset(settings, SystemProcesses(), SystemClock(), print)
    assert containers(engine, RunningAws(settings)) == set()


def containers(engine: EngineClient, aws: RunningAws) -> set[str]:
    """Docker's ids of every container of a task of this instance that runs."""
    label: dict[str, str | list[str] | bool] = {"label": [f"{INSTANCE_LABEL}={aws.settings.instance_id}", TASK_LABEL]}
    return {str(found.id) for found in engine.containers.list(filters=label)}


def kill(aws: RunningAws) -> None:
    pid = instance.status(aws.settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not instance.status(aws.settings).running)


def claimed(harness: Harness) -> set[str]:
    """Docker's ids of what the running tasks say they run."""
    return {item["runtimeId"] for task in harness.tasks() for item in task["containers"] if "runtimeId" in item}


def test_what_ran_is_taken_over_what_went_is_replaced_and_logs_go_on(own: RunningAws, engine: EngineClient) -> None:
    harness = Harness(own, "killed")
    harness.create(harness.register(VERSION="v1"))
    harness.steady()
    before = containers(engine, own)
    kill(own)
    gone = before.pop()
    engine.api.remove_container(gone, force=True)
    start(own.settings)
    harness.steady()
    after = containers(engine, own)
    assert before < after
    assert after == claimed(harness)
    lines = [harness.log(task) for task in harness.tasks()]
    assert lines == [["version v1 starts"]] * 2
    with harness.load() as load:
        time.sleep(1)
    assert load.failed == {}


@pytest.mark.parametrize("seed", range(3))
def test_a_release_goes_on_after_a_kill_at_any_moment(own: RunningAws, engine: EngineClient, seed: int) -> None:
    harness = Harness(own, f"moment-{seed}")
    harness.create(harness.register(VERSION="v1"))
    harness.steady()
    started = harness.update(taskDefinition=harness.register(VERSION="v2"))
    time.sleep(random.Random(seed).uniform(0, 12))
    kill(own)
    start(own.settings)
    assert harness.settled(started) == "SUCCESSFUL"
    harness.steady()
    assert containers(engine, own) == claimed(harness)
    with harness.load() as load:
        time.sleep(1)
    assert set(load.results) == {"200 v2"}
