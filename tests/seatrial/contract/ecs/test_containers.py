"""What a container definition says, seen from inside the container and from Docker."""

import json
from typing import Any
from uuid import uuid4

import pytest

from seatrial.core.engine import EngineClient
from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import IMAGE, Harness, eventually

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]


@pytest.fixture(scope="module")
def harness(local_aws: RunningAws) -> Harness:
    # A worker may run a part of this file, others, and then another part of it.
    return Harness(local_aws, f"once-{uuid4().hex[:6]}")


def definition(harness: Harness, *containers: dict[str, Any], **task: Any) -> str:  # noqa: ANN401 - AWS's
    """A task of these containers; each runs its ``python`` and logs to its own stream."""
    answer = harness.ecs.register_task_definition(
        family=harness.name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=harness.execution_role,
        containerDefinitions=[filled(harness, **container) for container in containers],
        **task,
    )
    arn: str = answer["taskDefinition"]["taskDefinitionArn"]
    return arn


def filled(harness: Harness, **container: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
    script = container.pop("python", "pass")
    described = {"name": "app", "image": IMAGE, "logConfiguration": harness.log_configuration(), **container}
    return {"command": ["python3", "-uc", script]} | described


def run(harness: Harness, arn: str, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
    """Run a task to its end."""
    answer = harness.ecs.run_task(
        cluster=harness.cluster,
        taskDefinition=arn,
        launchType="FARGATE",
        networkConfiguration=harness.network_configuration(),
        **more,
    )
    task = answer["tasks"][0]["taskArn"]
    return ended(harness, task)


def ended(harness: Harness, task: str) -> dict[str, Any]:
    def last() -> dict[str, Any] | None:
        found: dict[str, Any] = harness.ecs.describe_tasks(cluster=harness.cluster, tasks=[task])["tasks"][0]
        return found if found["lastStatus"] == "STOPPED" else None

    found: dict[str, Any] = eventually(last)
    return found


def test_a_task_that_runs_to_its_end_tells_its_exit_code_and_its_last_words(harness: Harness) -> None:
    task = run(harness, definition(harness, {"python": "print('one'); print('two'); raise SystemExit(7)"}))
    assert task["containers"][0]["exitCode"] == 7
    assert (task["stopCode"], task["stoppedReason"]) == (
        "EssentialContainerExited",
        "Essential container in task exited",
    )
    assert harness.log(task) == ["one", "two"]
    assert task["createdAt"] <= task["pullStartedAt"] <= task["startedAt"] <= task["stoppingAt"] <= task["stoppedAt"]


def test_overrides_reach_the_container(harness: Harness) -> None:
    arn = definition(
        harness, {"python": "import os; print(os.environ['WHO'])", "environment": [{"name": "WHO", "value": "a"}]}
    )
    override = {"name": "app", "environment": [{"name": "WHO", "value": "b"}]}
    assert harness.log(run(harness, arn, overrides={"containerOverrides": [override]})) == ["b"]


def test_a_client_token_runs_a_task_once(harness: Harness) -> None:
    arn = definition(harness, {})
    first = run(harness, arn, clientToken="migration-1", startedBy="release-1")
    again = run(harness, arn, clientToken="migration-1", startedBy="release-1")
    assert again["taskArn"] == first["taskArn"]
    assert first["startedBy"] == "release-1"


def test_limits_user_and_read_only_root_are_dockers_too(harness: Harness, engine: EngineClient) -> None:
    container = {
        "python": "import time; time.sleep(60)",
        "memory": 256,
        "user": "1000:1000",
        "readonlyRootFilesystem": True,
        "ulimits": [{"name": "nofile", "softLimit": 2048, "hardLimit": 4096}],
        "stopTimeout": 2,
    }
    arn = harness.ecs.run_task(
        cluster=harness.cluster,
        taskDefinition=definition(harness, container),
        launchType="FARGATE",
        networkConfiguration=harness.network_configuration(),
    )["tasks"][0]["taskArn"]
    task = eventually(
        lambda: next(
            (item for item in harness.tasks() if item["taskArn"] == arn and item["lastStatus"] == "RUNNING"), None
        )
    )
    seen = engine.api.inspect_container(task["containers"][0]["runtimeId"])
    host = seen["HostConfig"]
    assert (host["Memory"], host["MemorySwap"], host["NanoCpus"]) == (256 << 20, 256 << 20, 250_000_000)
    assert host["ReadonlyRootfs"]
    assert seen["Config"]["User"] == "1000:1000"
    assert host["Ulimits"] == [{"Name": "nofile", "Soft": 2048, "Hard": 4096}]
    assert task["attachments"][0]["details"][-1]["name"] == "privateIPv4Address"
    harness.ecs.stop_task(cluster=harness.cluster, task=arn, reason="seen enough")
    stopped = ended(harness, arn)
    assert (stopped["stopCode"], stopped["stoppedReason"]) == ("UserInitiated", "seen enough")
    # Python as process 1 has no handler for SIGTERM, so the kernel drops it and SIGKILL comes after stopTimeout.
    assert stopped["containers"][0]["exitCode"] == 137


BURST = """
import sys
sys.stdout.write("".join(f"{number}\\n" for number in range(5_000)))
sys.stdout.write("A" * 40_010 + "\\n" + "B" * 300_000)
"""


def test_a_burst_arrives_whole_and_a_long_line_is_one_event(harness: Harness) -> None:
    lines = harness.log(run(harness, definition(harness, {"python": BURST})))
    assert lines[:5_000] == [str(number) for number in range(5_000)]
    assert [len(line) for line in lines[5_000:]] == [40_010, 262_118, 300_000 - 262_118]


def test_processes_and_what_docker_keeps_of_the_output_are_bounded(harness: Harness, engine: EngineClient) -> None:
    arn = harness.ecs.run_task(
        cluster=harness.cluster,
        taskDefinition=definition(harness, {"python": "import time; time.sleep(60)", "stopTimeout": 2}),
        launchType="FARGATE",
        networkConfiguration=harness.network_configuration(),
    )["tasks"][0]["taskArn"]
    task = eventually(lambda: next((item for item in harness.tasks() if item["lastStatus"] == "RUNNING"), None))
    host = engine.api.inspect_container(task["containers"][0]["runtimeId"])["HostConfig"]
    assert host["PidsLimit"] == 4096
    assert host["LogConfig"] == {"Type": "json-file", "Config": {"max-size": "256m", "max-file": "2"}}
    harness.ecs.stop_task(cluster=harness.cluster, task=arn)
    ended(harness, arn)


def test_too_much_memory_is_named(harness: Harness) -> None:
    task = run(
        harness,
        definition(harness, {"python": "x = bytearray(400 << 20); x[::4096] = b'1' * len(x[::4096])", "memory": 64}),
    )
    assert task["containers"][0]["exitCode"] == 137
    assert task["containers"][0]["reason"] == "OutOfMemoryError: Container killed due to memory usage"


def test_containers_of_a_task_share_localhost(harness: Harness) -> None:
    server = "import http.server as h; h.HTTPServer(('127.0.0.1', 9000), h.SimpleHTTPRequestHandler).serve_forever()"
    client = "import urllib.request as u; print(u.urlopen('http://127.0.0.1:9000/').status)"
    check = {"command": ["CMD", "python3", "-c", client], "interval": 5, "retries": 5, "startPeriod": 1}
    task = run(
        harness,
        definition(
            harness,
            {"python": client, "dependsOn": [{"containerName": "side", "condition": "HEALTHY"}]},
            {"name": "side", "python": server, "healthCheck": check, "stopTimeout": 2},
        ),
    )
    assert harness.log(task) == ["200"]
    assert {item["name"]: item["exitCode"] for item in task["containers"]} == {"app": 0, "side": 137}


def test_a_container_that_another_waits_for_runs_first(harness: Harness) -> None:
    first: dict[str, Any] = {"name": "first", "python": "print('first')", "essential": False}
    waits = [{"containerName": "first", "condition": "SUCCESS"}]
    task = run(harness, definition(harness, {"python": "print('then')", "dependsOn": waits}, first))
    assert harness.log(task, "first") == ["first"]
    assert harness.log(task) == ["then"]


def test_a_dependency_that_fails_fails_the_task(harness: Harness) -> None:
    first: dict[str, Any] = {"name": "first", "python": "raise SystemExit(4)", "essential": False}
    waits = [{"containerName": "first", "condition": "SUCCESS"}]
    task = run(harness, definition(harness, {"dependsOn": waits}, first))
    assert task["stopCode"] == "TaskFailedToStart"
    assert "first" in task["stoppedReason"]


def test_secrets_and_parameters_are_injected(local_aws: RunningAws, harness: Harness) -> None:
    # AWS's own policy for execution roles holds neither ("Amazon ECS task execution IAM role").
    reading = {"Effect": "Allow", "Action": ["secretsmanager:GetSecretValue", "ssm:GetParameters"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [reading]})
    local_aws.client("iam").put_role_policy(RoleName="execution", PolicyName="secrets", PolicyDocument=document)
    secrets, parameters = local_aws.client("secretsmanager"), local_aws.client("ssm")
    secret = secrets.create_secret(Name="ecs-contract", SecretString=json.dumps({"user": "ada"}))["ARN"]
    parameters.put_parameter(Name="/ecs/contract", Value="hidden", Type="SecureString")
    parameter = parameters.get_parameter(Name="/ecs/contract")["Parameter"]["ARN"]
    wanted = {"USER": f"{secret}:user::", "ALL": secret, "BY_ARN": parameter, "BY_NAME": "/ecs/contract"}
    script = f"import os; print([os.environ[name] for name in {list(wanted)}])"
    container: dict[str, Any] = {
        "python": script,
        "secrets": [{"name": key, "valueFrom": value} for key, value in wanted.items()],
    }
    task = run(harness, definition(harness, container))
    assert task["stoppedReason"] == "Essential container in task exited"
    assert harness.log(task) == [str(["ada", '{"user": "ada"}', "hidden", "hidden"])]


def test_a_secret_that_cannot_be_read_keeps_the_task_from_starting(harness: Harness) -> None:
    missing = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:nowhere-AbCdEf"
    task = run(harness, definition(harness, {"secrets": [{"name": "X", "valueFrom": missing}]}))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("ResourceInitializationError: unable to pull secrets or registry auth")
    assert missing in task["stoppedReason"]


def test_a_missing_log_group_keeps_the_task_from_starting(harness: Harness) -> None:
    options = {"awslogs-group": "/nowhere", "awslogs-region": "eu-central-1", "awslogs-stream-prefix": "app"}
    task = run(harness, definition(harness, {"logConfiguration": {"logDriver": "awslogs", "options": options}}))
    assert task["stopCode"] == "TaskFailedToStart"
    assert task["stoppedReason"].startswith("ResourceInitializationError: failed to validate logger args")


def test_a_container_reaches_the_aws_that_runs_it(harness: Harness) -> None:
    script = (
        "import os, urllib.request as u; "
        "print(os.environ['AWS_REGION'], u.urlopen(os.environ['AWS_ENDPOINT_URL'] + '/_seatrial/health').status)"
    )
    assert harness.log(run(harness, definition(harness, {"python": script}))) == ["eu-central-1 200"]


def test_nothing_of_a_stopped_task_is_left_in_docker(harness: Harness, engine: EngineClient) -> None:
    task = run(harness, definition(harness, {}))
    label: dict[str, Any] = {"label": f"seatrial.task={task['taskArn']}"}
    assert engine.containers.list(all=True, filters=label) == []
