from pathlib import Path

from seatrial.services.ecs.containers.docker import ContainerFacts
from seatrial.services.ecs.containers.fakes import FakeContainers
from tests.seatrial.unit.ecs.harness import harness


async def test_running_containers_are_taken_over_as_they_are(tmp_path: Path) -> None:
    containers = FakeContainers()
    async with harness(tmp_path, containers=containers) as before:
        await before.create()
        await before.until_status("SUCCESSFUL")
        ran, targets = set(containers.facts), dict(before.aws.targets)
    async with harness(tmp_path, containers=containers) as after:
        after.aws.targets = targets
        service = await after.until(lambda found: found["runningCount"] == 2)
        assert service["currentServiceDeployment"] == (await after.deployment())["serviceDeploymentArn"]
        assert set(containers.facts) == ran


async def test_a_container_that_went_meanwhile_is_replaced(tmp_path: Path) -> None:
    containers = FakeContainers()
    async with harness(tmp_path, containers=containers) as before:
        await before.create(count=1)
        await before.until_status("SUCCESSFUL")
    containers.facts.clear()
    async with harness(tmp_path, containers=containers) as after:
        await after.until(lambda found: found["runningCount"] == 1 and len(containers.facts) == 1)
        assert (await after.tasks("STOPPED"))[0]["stopCode"] == "EssentialContainerExited"


async def test_containers_that_no_task_claims_are_removed(tmp_path: Path) -> None:
    containers = FakeContainers()
    containers.facts["stray"] = ContainerFacts("stray", "arn:aws:ecs:eu-west-1:1:task/default/gone", "app", "running")
    async with harness(tmp_path, containers=containers):
        assert containers.facts == {}


async def test_without_an_engine_tasks_wait_and_the_service_says_why(tmp_path: Path) -> None:
    async with harness(tmp_path, engine=False) as ecs:
        await ecs.create(count=1)
        service = await ecs.until(lambda found: bool(found["events"]))
        assert "No Docker engine answers" in service["events"][0]["message"]
        assert [task["lastStatus"] for task in await ecs.tasks()] == ["PROVISIONING"]
        await ecs.call("StopTask", task=(await ecs.tasks())[0]["taskArn"])
        await ecs.until(lambda found: found["pendingCount"] == 1)
        assert (await ecs.tasks("STOPPED"))[0]["stopCode"] == "UserInitiated"


async def test_a_task_that_waits_for_an_engine_can_be_stopped_after_a_restart_without_one(tmp_path: Path) -> None:
    async with harness(tmp_path, engine=False) as before:
        await before.create(count=1)
        await before.until(lambda found: found["pendingCount"] == 1)
    async with harness(tmp_path, engine=False) as after:
        await after.call("DeleteService", service="web", force=True)
        await after.until(lambda found: found["status"] == "INACTIVE")
        assert [task["lastStatus"] for task in await after.tasks("STOPPED")] == ["STOPPED"]
