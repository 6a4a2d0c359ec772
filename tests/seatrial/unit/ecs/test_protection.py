"""Task protection, tags that are propagated, and early success: what a deployment and a scale-in may stop, and when."""

import pytest

from seatrial.services.ecs.deployments.scheduler import Complete, ServiceView, Start, Stop, TaskView, plan
from seatrial.services.ecs.health import Health
from tests.seatrial.unit.ecs.harness import Harness, fargate


def task(name: str, rollout: str = "new", **more: object) -> TaskView:
    return TaskView(id=name, rollout=rollout, **more)  # type: ignore[arg-type]


def test_a_protected_task_stays_at_scale_in_and_others_go_for_it() -> None:
    view = ServiceView(1, "new", "COMPLETED", tasks=[task("a", protected=True), task("b"), task("c")])
    assert {action.task for action in plan(view) if isinstance(action, Stop)} == {"b", "c"}


def test_a_protected_task_holds_a_deployment_up() -> None:
    old = [task("a", "old", protected=True), task("b", "old")]
    view = ServiceView(2, "new", others=["old"], tasks=[*old, task("c"), task("d")])
    assert plan(view) == [Stop("b")]
    assert plan(ServiceView(2, "new", others=["old"], tasks=[old[0], task("c"), task("d")])) == []


def test_a_protected_task_that_is_unhealthy_goes_all_the_same() -> None:
    old = task("a", "old", protected=True, health=Health.UNHEALTHY)
    assert plan(ServiceView(1, "new", others=["old"], tasks=[old, task("c")])) == [Stop("a")]


def test_early_success_with_deferred_cleanup_is_complete_before_the_old_tasks_go() -> None:
    tasks = [task("a", "old"), task("b", "old"), task("c"), task("d", health=Health.WAITING)]
    view = ServiceView(2, "new", others=["old"], tasks=tasks, enough=1, cleans_first=False, minimum_percent=50)
    assert plan(view)[-1] == Complete()
    after = ServiceView(2, "new", "COMPLETED", ["old"], tasks, 50, enough=1, cleans_first=False)
    assert plan(after) == [Stop("a"), Stop("b")]


def test_early_success_with_blocking_cleanup_removes_the_old_tasks_first() -> None:
    tasks = [task("a", "old"), task("b", "old"), task("c"), task("d", health=Health.WAITING)]
    view = ServiceView(2, "new", others=["old"], tasks=tasks, enough=1, minimum_percent=50)
    assert plan(view) == [Stop("a"), Stop("b")]
    gone = ServiceView(3, "new", tasks=[task("c"), task("d", health=Health.WAITING)], enough=1, minimum_percent=33)
    assert plan(gone) == [Start(1), Complete()]


async def test_protection_is_set_read_and_taken_away(ecs: Harness) -> None:
    await ecs.create(1)
    await ecs.until_status("SUCCESSFUL")
    arn = (await ecs.tasks())[0]["taskArn"]
    put = await ecs.call("UpdateTaskProtection", cluster="default", tasks=[arn], protectionEnabled=True)
    assert put["protectedTasks"][0]["protectionEnabled"]
    read = await ecs.call("GetTaskProtection", cluster="default")
    assert read["protectedTasks"] == put["protectedTasks"]
    await ecs.call("UpdateService", service="web", forceNewDeployment=True)
    await ecs.until(lambda found: found["runningCount"] == 2)
    assert arn in {item["taskArn"] for item in await ecs.tasks()}
    off = await ecs.call("UpdateTaskProtection", cluster="default", tasks=[arn], protectionEnabled=False)
    assert off["protectedTasks"] == [{"taskArn": arn, "protectionEnabled": False}]
    await ecs.until(lambda found: len(found["deployments"]) == 1)
    assert arn not in {item["taskArn"] for item in await ecs.tasks()}


async def test_only_tasks_of_services_can_be_protected(ecs: Harness) -> None:
    await ecs.call("CreateCluster")
    await ecs.call("RegisterTaskDefinition", **fargate())
    network = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}
    run = await ecs.call("RunTask", taskDefinition="web", launchType="FARGATE", networkConfiguration=network)
    arn = run["tasks"][0]["taskArn"]
    answer = await ecs.call("UpdateTaskProtection", cluster="default", tasks=[arn, "nobody"], protectionEnabled=True)
    assert [item["reason"] for item in answer["failures"]] == ["TASK_NOT_VALID", "MISSING"]
    for minutes in (0, 2881):
        params = {"cluster": "default", "tasks": [arn], "protectionEnabled": True, "expiresInMinutes": minutes}
        assert (await ecs.refused("UpdateTaskProtection", **params))[0] == "InvalidParameterException"


@pytest.mark.parametrize(
    ("settings", "tags"),
    [
        ({}, {}),
        ({"propagateTags": "SERVICE"}, {"team": "shop"}),
        ({"propagateTags": "TASK_DEFINITION"}, {"from": "definition"}),
        ({"enableECSManagedTags": True}, {"aws:ecs:clusterName": "default", "aws:ecs:serviceName": "web"}),
    ],
)
async def test_a_services_tasks_get_the_tags_that_it_propagates(
    ecs: Harness, settings: dict[str, object], tags: dict[str, str]
) -> None:
    await ecs.call("RegisterTaskDefinition", **fargate(), tags=[{"key": "from", "value": "definition"}])
    await ecs.create(1, taskDefinition="web:1", tags=[{"key": "team", "value": "shop"}], **settings)
    await ecs.until_running()
    arns = (await ecs.call("ListTasks"))["taskArns"]
    found = (await ecs.call("DescribeTasks", tasks=arns, include=["TAGS"]))["tasks"][0]
    assert {tag["key"]: tag["value"] for tag in found["tags"]} == tags


async def test_a_strategy_spreads_tasks_over_its_providers(ecs: Harness) -> None:
    await ecs.call("CreateCluster", capacityProviders=["FARGATE", "FARGATE_SPOT"])
    strategy = [{"capacityProvider": "FARGATE", "base": 1}, {"capacityProvider": "FARGATE_SPOT", "weight": 1}]
    definition = await ecs.register()
    await ecs.call(
        "CreateService",
        serviceName="web",
        taskDefinition=definition,
        desiredCount=3,
        capacityProviderStrategy=strategy,
        networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
    )
    await ecs.until(lambda found: found["runningCount"] == 3)
    providers = sorted(item["capacityProviderName"] for item in await ecs.tasks())
    assert providers == ["FARGATE", "FARGATE_SPOT", "FARGATE_SPOT"]
