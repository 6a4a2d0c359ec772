"""What EventBridge is told of a release."""

from typing import Any

import pytest

from seatrial.core.bus import Announcement
from seatrial.services.ecs.event_shapes import stamp
from tests.seatrial.unit.ecs.harness import Harness

LIFE = ["PROVISIONING", "PENDING", "ACTIVATING", "RUNNING"]
DEATH = ["DEACTIVATING", "STOPPING", "DEPROVISIONING", "STOPPED"]


def once(items: list[str]) -> list[str]:
    """Without repetitions of the one before."""
    return [item for place, item in enumerate(items) if place == 0 or items[place - 1] != item]


def of_kind(told: list[Announcement], kind: str) -> list[dict[str, Any]]:
    return [dict(item.detail) for item in told if item.detail_type == f"ECS {kind}"]


async def released(ecs: Harness) -> None:
    await ecs.create(1)
    await ecs.until_status("SUCCESSFUL")
    answer = await ecs.call("UpdateService", service="web", forceNewDeployment=True)
    await ecs.until_status("SUCCESSFUL", arn=answer["service"]["currentServiceDeployment"])
    await ecs.until(lambda found: "steady state" in found["events"][0]["message"])


async def test_a_tasks_events_tell_its_states_in_order(ecs: Harness) -> None:
    await released(ecs)
    first = of_kind(ecs.told, "Task State Change")[0]["taskArn"]
    events = [item for item in of_kind(ecs.told, "Task State Change") if item["taskArn"] == first]
    assert once([event["lastStatus"] for event in events]) == [*LIFE, *DEATH]
    versions = [event["version"] for event in events]
    assert versions == sorted(set(versions))
    assert once([event["desiredStatus"] for event in events]) == ["RUNNING", "STOPPED"]
    last = events[-1]
    assert (last["stopCode"], last["containers"][0]["exitCode"]) == ("ServiceSchedulerInitiated", 143)
    assert last["stoppedReason"].startswith("Scaling activity initiated by (deployment ecs-svc/")


async def test_a_task_event_has_the_members_that_aws_documents(ecs: Harness) -> None:
    await released(ecs)
    running = next(item for item in of_kind(ecs.told, "Task State Change") if item["lastStatus"] == "RUNNING")
    assert "healthStatus" not in running
    assert running["attachments"][0]["type"] == "eni"
    assert running["overrides"] == {"containerOverrides": [{"name": "app"}]}
    for name in ("createdAt", "connectivityAt", "pullStartedAt", "pullStoppedAt", "startedAt", "updatedAt"):
        assert running[name].endswith("Z"), name
    container = running["containers"][0]
    assert set(container) == {
        "containerArn",
        "taskArn",
        "name",
        "image",
        "imageDigest",
        "runtimeId",
        "lastStatus",
        "networkInterfaces",
        "cpu",
    }
    assert container["networkInterfaces"][0]["attachmentId"] == running["attachments"][0]["id"]


async def test_a_release_tells_of_its_deployment_and_of_its_service(ecs: Harness) -> None:
    await released(ecs)
    deployments = of_kind(ecs.told, "Deployment State Change")
    assert [item["eventName"] for item in deployments] == [
        "SERVICE_DEPLOYMENT_IN_PROGRESS",
        "SERVICE_DEPLOYMENT_COMPLETED",
    ] * 2
    first, second = deployments[:2]
    assert first["reason"] == f"ECS deployment {first['deploymentId']} in progress."
    assert second["reason"] == f"ECS deployment {first['deploymentId']} completed."
    assert set(first) == {"eventType", "eventName", "deploymentId", "updatedAt", "reason"}
    actions = of_kind(ecs.told, "Service Action")
    assert actions[-1]["eventName"] == "SERVICE_STEADY_STATE"
    assert set(actions[-1]) == {"eventType", "eventName", "clusterArn", "createdAt"}
    assert "TASKS_STOPPED" in {item["eventName"] for item in actions}
    service = (await ecs.service())["serviceArn"]
    told = [item for item in ecs.told if item.detail_type != "ECS Task State Change"]
    assert {item.resources for item in told} == {(service,)}
    assert {(item.source, item.region) for item in ecs.told} == {("aws.ecs", "eu-west-1")}


async def test_a_rollback_is_a_failure_and_a_deployment_in_progress_that_says_so(ecs: Harness) -> None:
    await ecs.create(1)
    await ecs.until_status("SUCCESSFUL")
    good = (await ecs.service())["deployments"][0]["id"]
    ecs.containers.exits_at_once["shop/web:bad"] = 3
    answer = await ecs.call("UpdateService", service="web", taskDefinition=await ecs.register(image="shop/web:bad"))
    await ecs.until_status("ROLLBACK_SUCCESSFUL", arn=answer["service"]["currentServiceDeployment"])
    told = [
        (item["eventType"], item["eventName"], item["reason"]) for item in of_kind(ecs.told, "Deployment State Change")
    ]
    failed = "ECS deployment circuit breaker: tasks failed to start."
    back = f"ECS deployment circuit breaker: rolling back to deploymentId {good}."
    assert told[3:5] == [
        ("ERROR", "SERVICE_DEPLOYMENT_FAILED", failed),
        ("INFO", "SERVICE_DEPLOYMENT_IN_PROGRESS", back),
    ]
    assert ("WARN", "SERVICE_TASK_START_IMPAIRED") in {
        (item["eventType"], item["eventName"]) for item in of_kind(ecs.told, "Service Action")
    }


@pytest.mark.parametrize(("seconds", "text"), [(0, "1970-01-01T00:00:00.000Z"), (1.0625, "1970-01-01T00:00:01.062Z")])
def test_times_have_milliseconds(seconds: float, text: str) -> None:
    assert stamp(seconds) == text
