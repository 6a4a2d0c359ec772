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
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.ecs.stage import Stage, eventually

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
    """Docker's ids of everything of this instance that runs."""
    label: dict[str, str | list[str] | bool] = {"label": f"{INSTANCE_LABEL}={aws.settings.instance_id}"}
    return {str(found.id) for found in engine.containers.list(filters=label)}


def kill(aws: RunningAws) -> None:
    pid = instance.status(aws.settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    eventually(lambda: not instance.status(aws.settings).running)


def claimed(stage: Stage) -> set[str]:
    """Docker's ids of what the running tasks say they run."""
    return {item["runtimeId"] for task in stage.tasks() for item in task["containers"] if "runtimeId" in item}


def test_what_ran_is_taken_over_what_went_is_replaced_and_logs_go_on(own: RunningAws, engine: EngineClient) -> None:
    stage = Stage(own, "killed")
    stage.create(stage.register(VERSION="v1"))
    stage.steady()
    before = containers(engine, own)
    kill(own)
    gone = before.pop()
    engine.api.remove_container(gone, force=True)
    start(own.settings)
    stage.steady()
    after = containers(engine, own)
    assert before < after
    assert after == claimed(stage)
    lines = [stage.log(task) for task in stage.tasks()]
    assert lines == [["version v1 starts"]] * 2
    with stage.load() as load:
        time.sleep(1)
    assert load.failed == {}


@pytest.mark.parametrize("seed", range(3))
def test_a_release_goes_on_after_a_kill_at_any_moment(own: RunningAws, engine: EngineClient, seed: int) -> None:
    stage = Stage(own, f"moment-{seed}")
    stage.create(stage.register(VERSION="v1"))
    stage.steady()
    started = stage.update(taskDefinition=stage.register(VERSION="v2"))
    time.sleep(random.Random(seed).uniform(0, 12))
    kill(own)
    start(own.settings)
    assert stage.settled(started) == "SUCCESSFUL"
    stage.steady()
    assert containers(engine, own) == claimed(stage)
    with stage.load() as load:
        time.sleep(1)
    assert set(load.results) == {"200 v2"}
