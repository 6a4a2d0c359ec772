"""An availability zone is lost, with a made-up engine: what is in it is replaced in the other."""

import asyncio
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest_asyncio

from seatrial.core.faults.kinds import Order
from tests.seatrial.unit.ecs.harness import GROUP
from tests.seatrial.unit.ecs.test_zones import TWO, ZONES
from tests.seatrial.unit.faults.test_ecs import Rig, rig


@pytest_asyncio.fixture
async def ecs(tmp_path: Path) -> AsyncIterator[Rig]:
    """With two zones, and nothing in them."""
    async with rig(tmp_path) as made:
        made.harness.aws.subnets = ZONES
        await made.harness.call("CreateCluster")
        yield made


async def two_zones(ecs: Rig, **more: Any) -> tuple[dict[str, Any], dict[str, Any]]:  # noqa: ANN401 - AWS's
    """A service in its steady state; its task in zone a, and that in zone b."""
    await ecs.harness.create(2, networkConfiguration=TWO, **more)
    await ecs.harness.until_status("SUCCESSFUL")
    first, second = sorted(await ecs.harness.tasks(), key=lambda task: str(task["availabilityZone"]))
    assert (first["availabilityZone"], second["availabilityZone"]) == ("eu-west-1a", "eu-west-1b")
    return first, second


def address(ecs: Rig, task: dict[str, Any]) -> str:
    return ecs.harness.containers.facts[task["containers"][0]["runtimeId"]].address


async def cut_off(ecs: Rig, task: dict[str, Any]) -> None:
    """Lose zone a, and wait until it shows."""
    ecs.faults.set(Order("zone", zone="eu-west-1a"))
    async with asyncio.timeout(5):
        while address(ecs, task):  # noqa: ASYNC110 - an engine tells nobody
            await asyncio.sleep(0.002)


async def test_the_tasks_of_a_lost_zone_are_replaced_in_the_other_once_their_checks_fail(ecs: Rig) -> None:
    lost, stays = await two_zones(ecs)
    was = address(ecs, lost)
    await cut_off(ecs, lost)
    assert len(await ecs.harness.tasks()) == 2, "ECS sees nothing until the load balancer does"
    assert [fault.hit for fault in ecs.faults.all()] == [1]
    ecs.harness.aws.targets[GROUP, was, 80] = "unhealthy"
    await ecs.harness.until_stopped()
    await ecs.harness.until(lambda found: found["runningCount"] == 2 and found["pendingCount"] == 0)
    now = await ecs.harness.tasks()
    assert [task["availabilityZone"] for task in now] == ["eu-west-1b"] * 2
    assert stays["taskArn"] in {task["taskArn"] for task in now}
    (stopped,) = await ecs.harness.tasks("STOPPED")
    assert stopped["stoppedReason"].startswith("Task failed ELB health checks")


async def test_what_still_runs_is_reached_again_when_its_zone_is_back(ecs: Rig) -> None:
    lost, _ = await two_zones(ecs)
    was = address(ecs, lost)
    await cut_off(ecs, lost)
    ecs.faults.clear()
    await ecs.harness.until(lambda _: address(ecs, lost) == was)
    assert lost["taskArn"] in {task["taskArn"] for task in await ecs.harness.tasks()}


async def test_without_a_load_balancer_a_cut_off_task_is_replaced_at_once(ecs: Rig) -> None:
    lost, _ = await two_zones(ecs, loadBalancers=[])
    ecs.faults.set(Order("zone", zone="eu-west-1a"))
    (stopped,) = await ecs.harness.until_stopped()
    assert (stopped["taskArn"], stopped["stoppedReason"]) == (lost["taskArn"], "Task's network interface was detached")


async def test_where_every_zone_of_its_subnets_is_lost_no_task_is_placed(ecs: Rig) -> None:
    ecs.faults.set(Order("zone", zone="eu-west-1a"))
    definition = await ecs.register()
    asked = {"taskDefinition": definition, "launchType": "FARGATE"}
    one = {"awsvpcConfiguration": {"subnets": ["subnet-a"]}}
    nowhere = await ecs.harness.call("RunTask", **asked, networkConfiguration=one)
    assert nowhere["failures"][0]["reason"].startswith("Capacity is unavailable at this time.")
    elsewhere = await ecs.harness.call("RunTask", **asked, networkConfiguration=TWO)
    assert [task["availabilityZone"] for task in elsewhere["tasks"]] == ["eu-west-1b"]
