"""A task that serves nobody is replaced, also where Docker gives its address to the task that replaces it."""

from typing import Any

from seatrial.services.ecs.deployments.views import states_of, target_owners
from seatrial.services.ecs.records import Task
from tests.seatrial.unit.ecs.harness import GROUP, Harness

DETACHED = "Task's network interface was detached"


async def served(ecs: Harness, count: int = 1) -> list[dict[str, Any]]:
    """The tasks of a service in its steady state."""
    await ecs.create(count)
    await ecs.until(lambda found: found["deployments"][0]["rolloutState"] == "COMPLETED")
    await ecs.until(lambda found: "steady state" in found["events"][0]["message"])
    return await ecs.tasks()


def runtime(task: dict[str, Any]) -> str:
    identity: str = task["containers"][0]["runtimeId"]
    return identity


def registered(ecs: Harness) -> set[str]:
    return {address for _, address, _ in ecs.aws.targets}


def steady_again(ecs: Harness) -> Any:  # noqa: ANN401 - a predicate
    return lambda found: found["runningCount"] == 1 and len(ecs.containers.facts) == 1


async def test_a_container_that_has_lost_its_network_is_replaced_and_it_is_said(ecs: Harness) -> None:
    (task,) = await served(ecs)
    ecs.containers.disconnect(runtime(task))
    await ecs.until(lambda _: runtime(task) not in ecs.containers.facts)
    await ecs.until(steady_again(ecs))
    (stopped,) = await ecs.tasks("STOPPED")
    assert (stopped["taskArn"], stopped["stoppedReason"]) == (task["taskArn"], DETACHED)
    assert f"(task {task['taskArn'][-32:]}) has lost its network interface" in "\n".join(await ecs.said())


async def test_the_task_that_got_the_old_address_serves_on_it(ecs: Harness) -> None:
    (task,) = await served(ecs)
    (address,) = registered(ecs)
    ecs.containers.next_address = address
    ecs.containers.disconnect(runtime(task))
    await ecs.until(lambda _: runtime(task) not in ecs.containers.facts)
    await ecs.until(steady_again(ecs))
    (new,) = await ecs.tasks()
    assert new["taskArn"] != task["taskArn"]
    assert registered(ecs) == {address}


async def test_of_two_tasks_with_one_address_the_younger_one_stays_even_where_nobody_saw_the_network_go(
    ecs: Harness,
) -> None:
    (task,) = await served(ecs)
    (address,) = registered(ecs)
    ecs.containers.next_address = address
    ecs.aws.targets[GROUP, address, 80] = "unhealthy"
    await ecs.until(lambda _: runtime(task) not in ecs.containers.facts)
    await ecs.until(steady_again(ecs))
    (new,) = await ecs.tasks()
    assert (new["taskArn"] != task["taskArn"], registered(ecs)) == (True, {address})


async def test_a_running_task_that_somebody_took_out_of_its_target_group_is_replaced(ecs: Harness) -> None:
    (task,) = await served(ecs)
    ecs.aws.targets.clear()
    await ecs.until(lambda _: runtime(task) not in ecs.containers.facts)
    await ecs.until(steady_again(ecs))
    assert len(registered(ecs)) == 1
    said = "\n".join(await ecs.said())
    assert "due to (reason Target is not registered to the target group)" in said


def test_what_is_said_of_an_address_is_said_of_the_task_that_was_registered_last() -> None:
    old, new = task_at("10.0.0.2", connected_at=1), task_at("10.0.0.2", connected_at=2)
    owners = target_owners([new, old])
    states: Any = {GROUP: {("10.0.0.2", 80): "healthy", ("10.0.0.3", 80): "healthy"}}
    seen: Any = states_of(old, states, owners)
    assert states_of(new, states, owners) == states
    assert seen == {GROUP: {("10.0.0.3", 80): "healthy"}}


def task_at(address: str, connected_at: float) -> Task:
    return Task(
        arn=f"arn:aws:ecs:eu-west-1:000000000000:task/default/{connected_at}",
        cluster_arn="cluster",
        definition_arn="definition",
        group="service:web",
        launch_type="FARGATE",
        cpu="256",
        memory="512",
        containers=[],
        created_at=0,
        availability_zone="eu-west-1a",
        address=address,
        connected_at=connected_at,
        targets=[{"group": GROUP, "address": address, "port": 80}],
    )
