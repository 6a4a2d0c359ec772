import pytest

from seatrial.services.ecs.health import Health
from tests.seatrial.unit.ecs.harness import GROUP, Harness

FINISHED = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")


async def good(ecs: Harness, count: int = 2) -> None:
    await ecs.create(count)
    await ecs.until_status("SUCCESSFUL")


async def update(ecs: Harness, **changes: object) -> str:
    arn: str = (await ecs.call("UpdateService", service="web", **changes))["service"]["currentServiceDeployment"]
    return arn


async def test_a_first_release_tells_its_story_in_awss_words(ecs: Harness) -> None:
    await good(ecs)
    service = await ecs.until(lambda found: "steady state" in found["events"][0]["message"])
    rollout = service["deployments"][0]
    said = await ecs.said()
    assert said[0].startswith("(service web) has started 2 tasks: (task ")
    assert said[1:3] == [f"(service web) registered 1 targets in (target-group {GROUP})"] * 2
    assert said[3:] == [
        f"(service web) (deployment {rollout['id']}) deployment completed.",
        "(service web) has reached a steady state.",
    ]
    assert (rollout["rolloutState"], rollout["rolloutStateReason"]) == (
        "COMPLETED",
        f"ECS deployment {rollout['id']} completed.",
    )


async def test_a_release_replaces_every_task_and_names_its_sources(ecs: Harness) -> None:
    await good(ecs)
    before = (await ecs.service())["deployments"][0]["id"]
    revision = await ecs.register()
    found = await ecs.until_status("SUCCESSFUL", arn=await update(ecs, taskDefinition=revision))
    service = await ecs.service()
    assert [rollout["id"] for rollout in service["deployments"]] != [before]
    assert service["taskDefinition"] == revision
    assert {task["taskDefinitionArn"] for task in await ecs.tasks()} == {revision}
    assert found["sourceServiceRevisions"][0]["runningTaskCount"] == 2
    assert found["targetServiceRevision"]["runningTaskCount"] == 2
    assert len(ecs.aws.targets) == 2
    stopped = await ecs.tasks("STOPPED")
    assert {task["stopCode"] for task in stopped} == {"ServiceSchedulerInitiated"}
    assert {signal for _, signal in ecs.containers.signals} == {"SIGTERM"}


async def test_a_release_that_crashes_is_rolled_back_to_the_last_completed_rollout(ecs: Harness) -> None:
    await good(ecs)
    before = (await ecs.service())["deployments"][0]
    ecs.containers.exits_at_once["shop/web:bad"] = 3
    started = await update(ecs, taskDefinition=await ecs.register(image="shop/web:bad"))
    found = await ecs.until_status(*FINISHED, arn=started)
    assert found["status"] == "ROLLBACK_SUCCESSFUL"
    assert found["statusReason"] == "Service deployment rolled back because the circuit breaker threshold was exceeded."
    assert found["rollback"]["serviceRevisionArn"].endswith(before["id"].removeprefix("ecs-svc/"))
    breaker = found["deploymentCircuitBreaker"]
    assert (breaker["status"], breaker["threshold"]) == ("TRIGGERED", 3)
    assert breaker["failureCount"] >= 3
    service = await ecs.until(lambda found: len(found["deployments"]) == 1)
    assert service["deployments"][0]["id"] == before["id"]
    assert service["taskDefinition"] == before["taskDefinition"]
    said = "\n".join(await ecs.said())
    assert "deployment failed: tasks failed to start." in said
    assert f"(service web) rolling back to deployment {before['id']}." in said


async def test_a_failed_rollout_is_seen_until_its_tasks_are_gone(ecs: Harness) -> None:
    await good(ecs)
    before = (await ecs.service())["deployments"][0]["id"]
    ecs.aws.state = "initial"
    started = await update(ecs, taskDefinition=await ecs.register())
    await ecs.until(lambda found: found["runningCount"] == 4)
    await ecs.call("StopServiceDeployment", serviceDeploymentArn=started)
    await ecs.until_status("ROLLBACK_SUCCESSFUL", arn=started)
    service = await ecs.until(lambda found: len(found["deployments"]) == 1)
    assert service["deployments"][0]["id"] == before


async def test_a_target_that_is_unhealthy_stops_its_task_with_awss_reason(ecs: Harness) -> None:
    await good(ecs)
    ecs.aws.state = "unhealthy"
    started = await update(ecs, taskDefinition=await ecs.register())
    found = await ecs.until_status(*FINISHED, arn=started)
    assert found["status"] == "ROLLBACK_SUCCESSFUL"
    reasons = {task["stoppedReason"] for task in await ecs.tasks("STOPPED")}
    assert f"Task failed ELB health checks in (target-group {GROUP})" in reasons


async def test_a_first_release_that_fails_has_no_rollback_candidate(ecs: Harness) -> None:
    ecs.containers.broken["shop/web:1"] = "not found"
    await ecs.create()
    found = await ecs.until_status(*FINISHED)
    assert found["status"] == "ROLLBACK_FAILED"
    assert found["statusReason"] == "No rollback candidate was found to run the rollback."
    task = (await ecs.tasks("STOPPED"))[0]
    assert (task["stopCode"], task["stoppedReason"]) == ("TaskFailedToStart", "CannotPullContainerError: not found")
    assert task["containers"][0]["reason"] == "CannotPullContainerError: not found"


async def test_without_rollback_a_failed_release_stays_where_it_is(ecs: Harness) -> None:
    await good(ecs)
    ecs.containers.broken["shop/web:bad"] = "not found"
    configuration = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    bad = await ecs.register(image="shop/web:bad")
    started = await update(ecs, taskDefinition=bad, deploymentConfiguration=configuration)
    assert (await ecs.until_status(*FINISHED, arn=started))["status"] == "STOPPED"
    service = await ecs.service()
    assert [rollout["rolloutState"] for rollout in service["deployments"]] == ["FAILED", "COMPLETED"]
    assert service["deployments"][1]["runningCount"] == 2


async def test_a_newer_release_supersedes_the_one_under_way(ecs: Harness) -> None:
    await good(ecs)
    ecs.aws.state = "initial"
    first = await update(ecs, taskDefinition=await ecs.register())
    await ecs.until_status("IN_PROGRESS", arn=first)
    ecs.aws.state = "healthy"
    second = await update(ecs, taskDefinition=await ecs.register())
    assert (await ecs.until_status(*FINISHED, arn=second))["status"] == "SUCCESSFUL"
    assert (await ecs.deployment(first))["status"] == "STOPPED"
    await ecs.until(lambda found: len(found["deployments"]) == 1)


@pytest.mark.parametrize(
    "change",
    [
        {"desiredCount": 3},
        {"deploymentConfiguration": {"maximumPercent": 150, "minimumHealthyPercent": 50}},
        {"enableExecuteCommand": True},
        {"healthCheckGracePeriodSeconds": 60},
        {"propagateTags": "SERVICE"},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}},
    ],
)
async def test_what_starts_no_deployment(ecs: Harness, change: dict[str, object]) -> None:
    await good(ecs)
    before = (await ecs.service())["currentServiceDeployment"]
    assert await update(ecs, **change) == before


@pytest.mark.parametrize(
    "change",
    [
        {"forceNewDeployment": True},
        {"networkConfiguration": {"awsvpcConfiguration": {"subnets": ["subnet-2"]}}},
        {"platformVersion": "1.4.0"},
        {"loadBalancers": []},
    ],
)
async def test_what_starts_a_deployment(ecs: Harness, change: dict[str, object]) -> None:
    await good(ecs)
    before = (await ecs.service())["currentServiceDeployment"]
    assert await update(ecs, **change) != before


async def test_a_task_that_ends_is_replaced(ecs: Harness) -> None:
    await good(ecs, count=1)
    ecs.containers.end((await ecs.tasks())[0]["containers"][0]["runtimeId"], 1)
    await ecs.until_stopped()
    await ecs.until(lambda found: found["runningCount"] == 1 and "steady" in found["events"][0]["message"])
    stopped = (await ecs.tasks("STOPPED"))[0]
    assert (stopped["stopCode"], stopped["containers"][0]["exitCode"]) == ("EssentialContainerExited", 1)


async def test_a_stop_is_refused_for_a_deployment_that_is_over(ecs: Harness) -> None:
    await good(ecs)
    arn = (await ecs.service())["currentServiceDeployment"]
    assert (await ecs.refused("StopServiceDeployment", serviceDeploymentArn=arn))[0] == "ConflictException"
    code, _ = await ecs.refused("StopServiceDeployment", serviceDeploymentArn=arn + "x")
    assert code == "ServiceDeploymentNotFoundException"


async def test_deployments_are_listed_newest_first_and_by_status(ecs: Harness) -> None:
    await good(ecs)
    second = await update(ecs, forceNewDeployment=True)
    await ecs.until_status("SUCCESSFUL", arn=second)
    listed = (await ecs.call("ListServiceDeployments", service="web"))["serviceDeployments"]
    assert listed[0]["serviceDeploymentArn"] == second
    none = await ecs.call("ListServiceDeployments", service="web", status=["IN_PROGRESS"])
    assert none["serviceDeployments"] == []


async def test_a_revision_tells_the_digests_that_its_tasks_run(ecs: Harness) -> None:
    await good(ecs)
    arn = (await ecs.service())["currentServiceRevisions"][0]["arn"]
    revision = (await ecs.call("DescribeServiceRevisions", serviceRevisionArns=[arn]))["serviceRevisions"][0]
    assert revision["containerImages"] == [
        {"containerName": "app", "image": "shop/web:1", "imageDigest": "sha256:" + "0" * 64}
    ]
    assert ecs.containers.pulled[-1] == "shop/web@sha256:" + "0" * 64


async def test_a_deleted_service_drains_and_is_inactive(ecs: Harness) -> None:
    await good(ecs)
    code, message = await ecs.refused("DeleteService", service="web")
    assert (code, message) == (
        "InvalidParameterException",
        "The service cannot be stopped while it is scaled above 0.",
    )
    deleted = await ecs.call("DeleteService", service="web", force=True)
    assert deleted["service"]["status"] == "DRAINING"
    await ecs.until(lambda found: found["status"] == "INACTIVE")
    assert ecs.containers.facts == {}
    assert (await ecs.refused("UpdateService", service="web", desiredCount=1))[0] == "ServiceNotActiveException"
    await ecs.call("DeleteCluster", cluster="default")


async def test_scale_out_and_in_change_the_tasks_and_no_rollout(ecs: Harness) -> None:
    await good(ecs)
    for count in (4, 1):
        await update(ecs, desiredCount=count)
        await ecs.until(lambda found, count=count: found["runningCount"] == count)  # type: ignore[misc]
    assert Health.HEALTHY.value in ecs.aws.targets.values()
    assert len((await ecs.call("ListServiceDeployments", service="web"))["serviceDeployments"]) == 1
