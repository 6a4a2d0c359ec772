"""Tools of others, which know nothing of it, find the ECS that they know."""

import json
from typing import Any

import pytest
from botocore.exceptions import WaiterError

from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import IMAGE, eventually
from tests.seatrial.contract.tools.aws_cli import aws_cli

GOOD = "import time; time.sleep(600)"
BAD = "import sys; sys.exit(3)"
BREAKER = {"deploymentCircuitBreaker": {"enable": True, "rollback": True}}
QUICK = {"Delay": 1, "MaxAttempts": 120}


class Service:
    """One service of one task, made and changed with the AWS CLI alone."""

    def __init__(self, aws: RunningAws, name: str) -> None:
        self.aws, self.name = aws, name
        ec2 = aws.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        subnet = ec2.create_subnet(VpcId=vpc, CidrBlock="10.0.0.0/24")["Subnet"]["SubnetId"]
        self.network = f"awsvpcConfiguration={{subnets=[{subnet}]}}"
        self.cli("create-cluster", "--cluster-name", name)
        first = self.register(GOOD)
        self.cli(
            "create-service", "--cluster", name, "--service-name", "web", "--task-definition", first,
            "--desired-count", "1", "--deployment-configuration", json.dumps(BREAKER),
            "--launch-type", "FARGATE", "--network-configuration", self.network,
        )  # fmt: skip
        self.wait()
        # The waiter asks for a count of tasks that run; a rollback needs a deployment that was completed.
        eventually(self.is_completed)

    def cli(self, *words: str) -> dict[str, Any]:
        """What ``aws ecs …`` answers."""
        done = aws_cli(self.aws, "ecs", *words, "--output", "json")
        assert done.returncode == 0, done.stderr
        found: dict[str, Any] = json.loads(done.stdout or "{}")
        return found

    def register(self, program: str) -> str:
        """A revision that runs a Python program; its ARN."""
        health = {"command": ["CMD-SHELL", "true"], "interval": 5, "retries": 1}
        container = {"name": "app", "image": IMAGE, "command": ["python3", "-c", program], "healthCheck": health}
        made = self.cli(
            "register-task-definition", "--family", self.name, "--container-definitions", json.dumps([container]),
            "--requires-compatibilities", "FARGATE", "--network-mode", "awsvpc", "--cpu", "256", "--memory", "512",
        )  # fmt: skip
        return str(made["taskDefinition"]["taskDefinitionArn"])

    def update(self, revision: str) -> None:
        """``aws ecs update-service``."""
        self.cli("update-service", "--cluster", self.name, "--service", "web", "--task-definition", revision)

    def wait(self) -> None:
        """``aws ecs wait services-stable``."""
        self.cli("wait", "services-stable", "--cluster", self.name, "--services", "web")

    def is_completed(self) -> bool:
        """Whether its one deployment is."""
        return [each["rolloutState"] for each in self.described()["deployments"]] == ["COMPLETED"]

    def described(self) -> dict[str, Any]:
        """The service, as ``aws ecs describe-services`` has it."""
        (found,) = self.cli("describe-services", "--cluster", self.name, "--services", "web")["services"]
        return dict(found)


@pytest.mark.docker
def test_the_aws_cli_updates_a_service_and_waits_until_it_is_stable(local_aws: RunningAws) -> None:
    service = Service(local_aws, "cli-good")
    second = service.register(GOOD)

    service.update(second)
    service.wait()

    found = service.described()
    assert (found["taskDefinition"], found["runningCount"]) == (second, 1)
    assert service.is_completed()


@pytest.mark.docker
def test_what_the_aws_cli_waits_for_after_a_bad_version_is_the_version_before(local_aws: RunningAws) -> None:
    service = Service(local_aws, "cli-bad")
    first = service.described()["taskDefinition"]

    service.update(service.register(BAD))
    service.wait()

    found = service.described()
    assert (found["taskDefinition"], found["runningCount"]) == (first, 1)
    assert any("rolling back" in event["message"] for event in found["events"])


@pytest.mark.docker
def test_the_waiters_of_boto3_see_tasks_start_and_stop(local_aws: RunningAws) -> None:
    service = Service(local_aws, "waiters")
    ecs = local_aws.client("ecs")
    one = service.cli(
        "run-task", "--cluster", "waiters", "--task-definition", service.register(GOOD),
        "--launch-type", "FARGATE", "--network-configuration", service.network,
    )  # fmt: skip
    started = one["tasks"][0]["taskArn"]
    named = {"cluster": "waiters", "tasks": [started], "WaiterConfig": QUICK}

    ecs.get_waiter("tasks_running").wait(**named)
    ecs.stop_task(cluster="waiters", task=started)
    ecs.get_waiter("tasks_stopped").wait(**named)
    ecs.update_service(cluster="waiters", service="web", desiredCount=0)
    ecs.get_waiter("services_stable").wait(cluster="waiters", services=["web"], WaiterConfig=QUICK)
    ecs.delete_service(cluster="waiters", service="web")
    ecs.get_waiter("services_inactive").wait(cluster="waiters", services=["web"], WaiterConfig=QUICK)

    with pytest.raises(WaiterError, match="MISSING"):
        ecs.get_waiter("services_stable").wait(cluster="waiters", services=["never"], WaiterConfig=QUICK)
