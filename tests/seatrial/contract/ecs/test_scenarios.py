"""Releases that go well and releases that go wrong, under load, with real containers.

The table of these scenarios is in ``docs/seatrial/ecs-scheduler.md``.
"""

import pytest

from seatrial.core.engine import EngineClient, resource_name
from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import Harness, Load, eventually

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]


def good(harness: Harness, **behaviour: str) -> None:
    """Version one, in its steady state."""
    harness.create(harness.register(VERSION="v1", **behaviour), grace=int(behaviour.pop("GRACE", "0")))
    assert harness.settled() == "SUCCESSFUL"


def release(harness: Harness, clients: int = 4, **behaviour: str) -> tuple[str, Load]:
    """Version two under load; returns the service deployment's last status and what the requests got."""
    with harness.load(clients) as load:
        status = harness.settled(harness.update(taskDefinition=harness.register(VERSION="v2", **behaviour)))
    return status, load


def test_a_version_that_starts_at_once_replaces_the_old_one_without_a_failed_request(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "fast")
    good(harness)
    status, load = release(harness)
    assert status == "SUCCESSFUL"
    assert load.failed == {}
    assert load.results["200 v2"] > 0


def test_requests_under_way_end_well_while_their_task_drains(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "inflight", delay=10)
    good(harness, SLOW="6")
    status, load = release(harness, clients=8, SLOW="0")
    assert status == "SUCCESSFUL"
    assert load.failed == {}


def test_an_application_that_ends_its_requests_after_sigterm_gets_its_stop_timeout(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "sigterm", delay=5)
    good(harness, SLOW="3", LEAVE_AFTER="5")
    for _ in range(2):
        status, load = release(harness, clients=8, SLOW="3", LEAVE_AFTER="5")
        assert status == "SUCCESSFUL"
        assert load.failed == {}


def test_a_version_that_listens_late_is_waited_for_within_the_grace_period(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "late")
    good(harness)
    harness.update(healthCheckGracePeriodSeconds=60)
    status, load = release(harness, LISTEN_AFTER="6")
    assert status == "SUCCESSFUL"
    assert load.failed == {}


def test_a_version_that_listens_too_late_is_rolled_back(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "toolate")
    good(harness)
    status, load = release(harness, LISTEN_AFTER="600")
    assert status == "ROLLBACK_SUCCESSFUL"
    assert load.failed == {}
    assert {task["stoppedReason"] for task in harness.tasks("STOPPED")} >= {
        f"Task failed ELB health checks in (target-group {harness.group})"
    }


@pytest.mark.parametrize(("name", "seconds"), [("crash-at-once", "0.3"), ("crash-later", "3"), ("crash-at-five", "5")])
def test_a_version_that_crashes_is_rolled_back_and_the_old_one_serves_on(
    local_aws: RunningAws, name: str, seconds: str
) -> None:
    harness = Harness(local_aws, name)
    good(harness)
    status, load = release(harness, CRASH_AFTER=seconds)
    assert status == "ROLLBACK_SUCCESSFUL"
    assert load.failed == {}
    # The last ones may crash while the rollback stops them already; these ended by themselves.
    ended = [task for task in harness.tasks("STOPPED") if task["stopCode"] == "EssentialContainerExited"]
    crashed = next(task for task in ended if task["containers"][0].get("exitCode") == 3)
    assert crashed["stoppedReason"] == "Essential container in task exited"
    assert harness.log(crashed)[-1] == "last words"


def test_a_version_without_an_image_is_rolled_back(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "noimage")
    good(harness)
    status, load = release(harness, IMAGE=f"{local_aws.settings.registry}/nowhere:v2")
    assert status == "ROLLBACK_SUCCESSFUL"
    assert load.failed == {}
    # The rollback may stop a task that has not come so far as to fail.
    failed = [task for task in harness.tasks("STOPPED") if task["stopCode"] == "TaskFailedToStart"]
    assert failed
    assert all(task["stoppedReason"].startswith("CannotPullContainerError: ") for task in failed)


def test_a_version_that_says_it_is_unwell_is_rolled_back(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "unwell")
    good(harness)
    status, load = release(harness, HEALTH="503")
    assert status == "ROLLBACK_SUCCESSFUL"
    assert load.failed == {}
    said = harness.said()
    assert any("deployment failed: tasks failed to start." in message for message in said)
    assert any("rolling back to deployment ecs-svc/" in message for message in said)


def test_a_first_release_that_fails_has_nothing_to_go_back_to(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "first")
    harness.create(harness.register(CRASH_AFTER="0.1"))
    assert harness.settled() == "ROLLBACK_FAILED"
    assert harness.deployment()["statusReason"] == "No rollback candidate was found to run the rollback."
    assert harness.service()["deployments"][0]["rolloutState"] == "FAILED"


def test_a_newer_release_supersedes_one_that_is_under_way(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "newer")
    good(harness)
    slow = harness.update(taskDefinition=harness.register(VERSION="v2", LISTEN_AFTER="600"))
    status, load = release(harness)
    assert harness.settled(slow) == "STOPPED"
    assert status == "SUCCESSFUL"
    assert load.failed == {}


def test_a_release_that_a_person_stops_is_rolled_back(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "person")
    good(harness)
    harness.update(healthCheckGracePeriodSeconds=600)
    started = harness.update(taskDefinition=harness.register(VERSION="v2", LISTEN_AFTER="600"))
    harness.ecs.stop_service_deployment(serviceDeploymentArn=started, stopType="ROLLBACK")
    assert harness.settled(started) == "ROLLBACK_SUCCESSFUL"
    harness.steady()


def test_a_release_that_sets_off_its_alarm_is_rolled_back(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "alarmed")
    good(harness)
    cloudwatch = local_aws.client("cloudwatch")
    cloudwatch.put_metric_alarm(
        AlarmName="alarmed",
        Namespace="Shop",
        MetricName="Errors",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="ignore",
    )
    cloudwatch.set_alarm_state(AlarmName="alarmed", StateValue="OK", StateReason="test")
    alarms = {"alarms": {"alarmNames": ["alarmed"], "enable": True, "rollback": True}}
    with harness.load() as load:
        started = harness.update(taskDefinition=harness.register(VERSION="v2"), deploymentConfiguration=alarms)
        eventually(lambda: harness.deployment(started)["alarms"]["status"] == "MONITORING")
        eventually(lambda: load.results["200 v2"])
        cloudwatch.set_alarm_state(AlarmName="alarmed", StateValue="ALARM", StateReason="test")
        assert harness.settled(started) == "ROLLBACK_SUCCESSFUL"
    assert load.failed == {}
    assert harness.deployment(started)["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["alarmed"],
        "triggeredAlarmNames": ["alarmed"],
    }
    assert any("deployment failed: alarm detected." in message for message in harness.said())


def test_a_container_that_has_lost_its_network_is_replaced_though_its_address_is_given_out_again(
    local_aws: RunningAws, engine: EngineClient
) -> None:
    harness = Harness(local_aws, "netless")
    harness.create(harness.register(VERSION="v1"), count=1)
    assert harness.settled() == "SUCCESSFUL"
    (before,) = harness.tasks()
    network = resource_name(local_aws.settings.instance_id)
    engine.api.disconnect_container_from_network(before["containers"][0]["runtimeId"], network, force=True)
    eventually(lambda: before["taskArn"] not in {task["taskArn"] for task in harness.tasks()})
    harness.steady()
    with harness.load(clients=1) as load:
        eventually(lambda: load.results["200 v1"] > 10, seconds=30)
    assert load.failed == {}
    assert any("has lost its network interface" in said for said in harness.said())
