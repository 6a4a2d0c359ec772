"""What befalls tasks, with a made-up engine: in the words and numbers that ECS reports."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest_asyncio

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.faults.kinds import Order
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import SystemClock
from seatrial.services.ecs.containers.fakes import FakeAws, FakeContainers
from seatrial.services.ecs.service import Ecs
from seatrial.services.ecs.tasks.restarting import RestartingContainers
from tests.seatrial.unit.ecs.harness import NETWORK, QUICK, Harness, fargate

SECRET = "arn:aws:secretsmanager:eu-west-1:000000000000:secret:db-AbCdEf"


@dataclass
class Rig:
    """An ECS, and the faults that can be set in it."""

    harness: Harness
    faults: Faults

    async def update(self, **container: Any) -> str:  # noqa: ANN401 - AWS's
        """Deploy a revision whose tasks the load balancer has not found healthy yet; returns the service deployment."""
        self.harness.aws.state = "initial"
        answer = await self.harness.call(
            "UpdateService", service="web", taskDefinition=await self.register(**{"image": "shop/web:2", **container})
        )
        arn: str = answer["service"]["currentServiceDeployment"]
        return arn

    async def rolls_back(self, **container: Any) -> bool:  # noqa: ANN401 - as above
        """Whether a release is rolled back."""
        arn = await self.update(**container)
        return bool(await self.harness.until_status("ROLLBACK_SUCCESSFUL", arn=arn))

    async def register(self, **container: Any) -> str:  # noqa: ANN401 - as above
        """A revision with an execution role."""
        registration = fargate(**container) | {"executionRoleArn": "arn:aws:iam::000000000000:role/shop-execution"}
        answer = await self.harness.call("RegisterTaskDefinition", **registration)
        arn: str = answer["taskDefinition"]["taskDefinitionArn"]
        return arn

    async def stopped(self, code: str) -> dict[str, Any]:
        """A stopped task with this stop code."""
        tasks = await self.harness.tasks("STOPPED")
        found: dict[str, Any] = next(task for task in tasks if task.get("stopCode") == code)
        return found


@asynccontextmanager
async def rig(directory: Path) -> AsyncIterator[Rig]:
    store, aws, containers = Store(directory / "state.sqlite"), FakeAws(), FakeContainers()
    faults = Faults(store)
    context = ServiceContext(
        settings=InstanceSettings(home=directory),
        clock=SystemClock(),
        store=store,
        aws=aws,
        bus=EventBus(),
        faults=faults,
    )
    harness = Harness(Ecs(context, QUICK), aws, containers)
    await harness.ecs.start_with(RestartingContainers(containers, faults))
    await harness.ecs.start()
    try:
        yield Rig(harness, faults)
    finally:
        await harness.ecs.stop()
        store.close()


@pytest_asyncio.fixture
async def ecs(tmp_path: Path) -> AsyncIterator[Rig]:
    """With a good first release of ``web``."""
    async with rig(tmp_path) as made:
        await made.harness.create()
        await made.harness.until_status("SUCCESSFUL")
        yield made


async def test_an_image_that_is_missing_rolls_the_release_back(ecs: Rig) -> None:
    ecs.faults.set(Order("image-missing", "web"))
    ecs.faults.set(Order("crash", "other", seconds=0))
    assert await ecs.rolls_back()
    task = await ecs.stopped("TaskFailedToStart")
    assert task["stoppedReason"] == (
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref shop/web:2: "
        "shop/web:2: not found"
    )


async def test_a_crash_is_exit_code_1_of_an_essential_container(ecs: Rig) -> None:
    ecs.faults.set(Order("crash", seconds=0))
    assert await ecs.rolls_back()
    task = await ecs.stopped("EssentialContainerExited")
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 1


async def test_out_of_memory_is_said_of_the_container(ecs: Rig) -> None:
    ecs.faults.set(Order("out-of-memory", seconds=0))
    assert await ecs.rolls_back()
    container = (await ecs.stopped("EssentialContainerExited"))["containers"][0]
    assert container["reason"] == "OutOfMemoryError: Container killed due to memory usage"


async def test_a_denied_secret_spares_the_tasks_that_have_none(ecs: Rig) -> None:
    ecs.faults.set(Order("secret-denied"))
    await ecs.update()
    await ecs.harness.until(lambda found: found["deployments"][0]["runningCount"] == 2)


async def test_a_denied_secret_is_said_in_awss_words(ecs: Rig) -> None:
    ecs.harness.aws.secrets[SECRET] = "hush"
    ecs.faults.set(Order("secret-denied"))
    assert await ecs.rolls_back(secrets=[{"name": "DB", "valueFrom": SECRET}])
    reason = str((await ecs.stopped("TaskFailedToStart"))["stoppedReason"])
    assert reason.startswith(
        "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: "
        "unable to retrieve secret from asm: service call has been retried 1 time(s): failed to fetch secret "
        f"{SECRET} from secrets manager: AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/"
    )
    assert "is not authorized to perform: secretsmanager:GetSecretValue on resource: " + SECRET in reason
    assert "hush" not in reason


async def test_a_denied_log_stream_is_said_in_awss_words(ecs: Rig) -> None:
    ecs.faults.set(Order("log-denied"))
    options = {"awslogs-group": "/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "web"}
    logged = {"logDriver": "awslogs", "options": options}
    assert await ecs.rolls_back(logConfiguration=logged)
    reason = str((await ecs.stopped("TaskFailedToStart"))["stoppedReason"])
    assert reason.startswith("ResourceInitializationError: failed to validate logger args: create stream has been ")
    assert "log-group:/web:log-stream:web/app/" in reason


async def test_a_slow_start_pauses_the_container_and_lets_it_go_on(ecs: Rig) -> None:
    ecs.faults.set(Order("slow-start", seconds=0.3))
    await ecs.update()
    paused = ecs.harness.containers.paused
    await ecs.harness.until(lambda _: len(paused) == 2)
    await ecs.harness.until(lambda _: not paused)
    assert await ecs.harness.tasks("STOPPED") == []


async def test_a_fault_that_is_set_spares_the_tasks_that_run_already(ecs: Rig) -> None:
    ecs.faults.set(Order("crash", seconds=0))
    before = {task["taskArn"] for task in await ecs.harness.tasks()}
    assert await ecs.rolls_back()
    assert before <= {task["taskArn"] for task in await ecs.harness.tasks()}


async def test_unwell_tasks_fail_their_container_health_check_too(ecs: Rig) -> None:
    ecs.faults.set(Order("health-503", seconds=0))
    check = {"command": ["CMD", "true"]}
    assert await ecs.rolls_back(healthCheck=check)
    reasons = {task.get("stoppedReason") for task in await ecs.harness.tasks("STOPPED")}
    assert "Task failed container health checks" in reasons


async def test_without_capacity_a_service_says_so_and_keeps_what_runs(ecs: Rig) -> None:
    ecs.faults.set(Order("no-capacity"))
    before = {task["taskArn"] for task in await ecs.harness.tasks()}
    await ecs.update()
    await ecs.harness.until(lambda found: "unable to place a task" in found["events"][0]["message"])
    said = await ecs.harness.said()
    assert said[-1] == (
        "(service web) was unable to place a task. Reason: Capacity is unavailable at this time. "
        "Please try again later or in a different availability zone."
    )
    assert {task["taskArn"] for task in await ecs.harness.tasks()} == before
    definition = await ecs.register()
    answer = await ecs.harness.call(
        "RunTask", taskDefinition=definition, launchType="FARGATE", networkConfiguration=NETWORK
    )
    assert (answer["tasks"], len(answer["failures"])) == ([], 1)
    assert answer["failures"][0]["reason"].startswith("Capacity is unavailable at this time.")


async def test_what_befalls_a_task_is_in_its_record_when_it_starts(tmp_path: Path) -> None:
    async with rig(tmp_path) as before:
        before.faults.set(Order("crash", seconds=600))
        await before.harness.create()
        await before.harness.until_running()
        before.faults.clear()
    records = Store(tmp_path / "state.sqlite").all("ecs.task").values()
    assert {record["faults"]["ends_after"] for record in records} == {600}
    assert all(record["faults"]["began_at"] for record in records)


async def test_an_engine_that_restarts_kills_everything_and_the_service_comes_back(ecs: Rig) -> None:
    before = {task["taskArn"] for task in await ecs.harness.tasks()}
    ecs.faults.set(Order("engine-restart", seconds=0.1))
    await ecs.harness.until(lambda found: found["runningCount"] == 0)
    await ecs.harness.until(lambda found: found["runningCount"] == found["desiredCount"])
    assert before.isdisjoint({task["taskArn"] for task in await ecs.harness.tasks()})
