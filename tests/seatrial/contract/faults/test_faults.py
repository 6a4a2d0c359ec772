"""Faults on request, with real containers: what AWS says of them, and what becomes of a release."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import boto3
import httpx
import pytest
from botocore.config import Config
from botocore.exceptions import ClientError

from tests.seatrial.contract.conftest import REGION, RunningAws
from tests.seatrial.contract.ecs.harness import Harness, eventually

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]


@contextmanager
def fault(aws: RunningAws, kind: str, **order: Any) -> Iterator[str]:  # noqa: ANN401 - JSON
    """A fault that is set inside the block; yields its id."""
    page = f"{aws.endpoint}/_seatrial/faults"
    answer = httpx.post(page, json={"kind": kind, **order}, headers=aws.shown)
    assert answer.status_code == 201, answer.text
    identity: str = answer.json()["id"]
    try:
        yield identity
    finally:
        httpx.delete(f"{page}/{identity}", headers=aws.shown)


def good(aws: RunningAws, name: str, **more: Any) -> Harness:  # noqa: ANN401 - AWS's
    """Version one of a service of one task, released."""
    harness = Harness(aws, name)
    harness.create(harness.register(VERSION="v1"), count=1, **more)
    assert harness.settled() == "SUCCESSFUL"
    return harness


def release(harness: Harness, **behaviour: str) -> str:
    """Version two under load, by which no request may fail; returns the service deployment's last status."""
    with harness.load(clients=2) as load:
        status = harness.settled(harness.update(taskDefinition=harness.register(VERSION="v2", **behaviour)))
    assert load.failed == {}
    return status


def stopped(harness: Harness, code: str) -> dict[str, Any]:
    """A stopped task with this stop code."""
    return next(task for task in harness.tasks("STOPPED") if task.get("stopCode") == code)


def test_an_image_that_is_missing_rolls_back(local_aws: RunningAws) -> None:
    harness = good(local_aws, "fault-image")
    with fault(local_aws, "image-missing", service="fault-image"):
        assert release(harness) == "ROLLBACK_SUCCESSFUL"
    assert stopped(harness, "TaskFailedToStart")["stoppedReason"].startswith(
        "CannotPullContainerError: pull image manifest has been retried 1 time(s): failed to resolve ref "
    )


def test_a_crash_rolls_back_with_exit_code_1(local_aws: RunningAws) -> None:
    harness = good(local_aws, "fault-crash")
    with fault(local_aws, "crash", service="fault-crash", seconds=5):
        assert release(harness) == "ROLLBACK_SUCCESSFUL"
    task = stopped(harness, "EssentialContainerExited")
    assert task["stoppedReason"] == "Essential container in task exited"
    assert task["containers"][0]["exitCode"] == 1
    assert harness.log(task) == ["version v2 starts"]


def test_a_slow_start_within_the_grace_period_is_waited_for(local_aws: RunningAws) -> None:
    harness = good(local_aws, "fault-slow", grace=120)
    with fault(local_aws, "slow-start", service="fault-slow", seconds=22):
        started = harness.update(taskDefinition=harness.register(VERSION="v2"))
        eventually(lambda: "Target.Timeout" in reasons(harness) or "Target.FailedHealthChecks" in reasons(harness))
        assert harness.settled(started) == "SUCCESSFUL"
    with harness.load(clients=1) as load:
        eventually(lambda: load.results)
    assert set(load.results) == {"200 v2"}


def test_a_slow_start_without_a_grace_period_rolls_back(local_aws: RunningAws) -> None:
    harness = good(local_aws, "fault-slower")
    with fault(local_aws, "slow-start", service="fault-slower", seconds=600):
        assert release(harness) == "ROLLBACK_SUCCESSFUL"
    reason = f"Task failed ELB health checks in (target-group {harness.group})"
    assert reason in {task.get("stoppedReason") for task in harness.tasks("STOPPED")}


def test_health_checks_that_get_503_roll_back(local_aws: RunningAws) -> None:
    harness = good(local_aws, "fault-503")
    seen: set[tuple[str, str]] = set()
    with fault(local_aws, "health-503", service="fault-503"):
        started = harness.update(taskDefinition=harness.register(VERSION="v2"))

        def mismatched() -> bool:
            seen.update(target_health(harness))
            return ("Target.ResponseCodeMismatch", "Health checks failed with these codes: [503]") in seen

        eventually(mismatched)
        assert harness.settled(started) == "ROLLBACK_SUCCESSFUL"
    assert {task["lastStatus"] for task in harness.tasks()} == {"RUNNING"}


def test_a_fault_after_the_release_replaces_the_task_that_fell_ill(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "fault-later")
    with fault(local_aws, "health-503", service="fault-later", seconds=20, tasks=1):
        harness.create(harness.register(VERSION="v1"), count=1)
        assert harness.settled() == "SUCCESSFUL"
        (ill,) = harness.tasks()
        eventually(lambda: [task["taskArn"] for task in harness.tasks("STOPPED")] == [ill["taskArn"]], 120)
        harness.steady()


def test_a_denied_secret_rolls_back(local_aws: RunningAws) -> None:
    harness = good(local_aws, "fault-secret")
    secret = local_aws.client("secretsmanager").create_secret(Name="fault-secret", SecretString="hush")["ARN"]
    container = json.dumps({"secrets": [{"name": "DB", "valueFrom": secret}]})
    with fault(local_aws, "secret-denied", service="fault-secret"):
        assert release(harness, CONTAINER=container) == "ROLLBACK_SUCCESSFUL"
    reason = stopped(harness, "TaskFailedToStart")["stoppedReason"]
    assert reason.startswith("ResourceInitializationError: unable to pull secrets or registry auth: ")
    assert "AccessDeniedException: User: arn:aws:sts::000000000000:assumed-role/execution/" in reason


def test_a_throttled_account_answers_some_calls_with_throttling_exception(local_aws: RunningAws) -> None:
    once = impatient(local_aws, attempts=1)
    with fault(local_aws, "throttle", share=0.5):
        codes = [code_of(once) for _ in range(20)]
        assert codes.count("") == codes.count("ThrottlingException: Rate exceeded") == 10
        assert code_of(impatient(local_aws, attempts=6)) == ""
    assert code_of(once) == ""


def test_a_caller_that_is_too_fast_is_throttled_without_any_fault(local_aws: RunningAws) -> None:
    once = impatient(local_aws, attempts=1)
    codes = {code_of(once, "list_account_settings") for _ in range(300)}
    assert codes == {"", "ThrottlingException: Rate exceeded"}


def test_another_deployer_supersedes_the_release(local_aws: RunningAws) -> None:
    harness = good(local_aws, "fault-other")
    before = harness.service()["taskDefinition"]
    with fault(local_aws, "other-deployer", service="fault-other", seconds=2) as identity:
        started = harness.update(taskDefinition=harness.register(VERSION="v2"))
        assert harness.settled(started) == "STOPPED"
        assert harness.settled() == "SUCCESSFUL"
        assert identity not in {item["id"] for item in set_faults(local_aws)}
    service = harness.service()
    assert service["taskDefinition"] != before
    with harness.load(clients=1) as load:
        eventually(lambda: load.results)
    assert set(load.results) == {"200 v1"}


def reasons(harness: Harness) -> set[str]:
    return {reason for reason, _ in target_health(harness)}


def target_health(harness: Harness) -> set[tuple[str, str]]:
    """Reason and description of each target of the harness's group."""
    described = harness.elb.describe_target_health(TargetGroupArn=harness.group)["TargetHealthDescriptions"]
    states = [item["TargetHealth"] for item in described]
    return {(state.get("Reason", ""), state.get("Description", "")) for state in states}


def set_faults(aws: RunningAws) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = httpx.get(f"{aws.endpoint}/_seatrial/faults", headers=aws.shown).json()["faults"]
    return found


def impatient(aws: RunningAws, *, attempts: int) -> Any:  # noqa: ANN401 - boto3's own
    """An ECS client that tries so many times."""
    return boto3.client(
        "ecs",
        endpoint_url=aws.endpoint,
        region_name=REGION,
        aws_access_key_id=aws.keys.access_key,
        aws_secret_access_key=aws.keys.secret_key,
        config=Config(retries={"mode": "standard", "total_max_attempts": attempts}),
    )


def code_of(client: Any, operation: str = "list_clusters") -> str:  # noqa: ANN401 - as above
    """The error of one call; empty where there is none."""
    try:
        getattr(client, operation)()
    except ClientError as error:
        return f"{error.response['Error']['Code']}: {error.response['Error']['Message']}"
    return ""
