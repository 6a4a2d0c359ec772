"""What ECS refuses of a task definition; each page stands beside its rule in ``definitions/limits.py``."""

from typing import Any

import pytest

from seatrial.services.ecs.definitions.limits import CONTAINER_RULES, TASK_RULES
from tests.seatrial.unit.ecs.harness import Harness, fargate

Json = dict[str, Any]
UNSUPPORTED = "Fargate compatible task definitions do not support "
SECRET_SHARED = (
    "The secret name must be unique and not shared with any new or existing environment variables"
    " set on the container, such as 'KEY'."
)


def after(name: str, condition: str = "START") -> list[Json]:
    return [{"containerName": name, "condition": condition}]


def container(name: str, **more: Any) -> Json:  # noqa: ANN401 - AWS's
    return {"name": name, "image": "web:1", **more}


LINUX = [
    ({"devices": [{"hostPath": "/dev/kvm"}]}, UNSUPPORTED + "devices."),
    ({"sharedMemorySize": 256}, UNSUPPORTED + "sharedMemorySize."),
    ({"maxSwap": 64}, UNSUPPORTED + "maxSwap."),
    ({"swappiness": 10}, UNSUPPORTED + "swappiness."),
    ({"capabilities": {"add": ["SYS_PTRACE", "SYS_ADMIN"]}}, "SYS_PTRACE capability, not SYS_ADMIN."),
]
OF_A_CONTAINER: list[tuple[Json, str]] = [
    *(({"linuxParameters": given}, message) for given, message in LINUX),
    ({"privileged": True}, UNSUPPORTED + "privileged."),
    ({"dockerSecurityOptions": ["no-new-privileges"]}, UNSUPPORTED + "dockerSecurityOptions."),
    ({"extraHosts": [{"hostname": "db", "ipAddress": "10.0.0.1"}]}, "Extra hosts are not supported on container"),
    ({"links": ["db"]}, "Links are not supported on container when networkMode=awsvpc."),
    ({"hostname": "../x"}, "Hostname is not supported on container when networkMode=awsvpc."),
    ({"dnsServers": ["10.0.0.2"]}, "DNS servers are not supported"),
    ({"dnsSearchDomains": ["internal"]}, "DNS search domains are not supported"),
    ({"disableNetworking": True}, "Disable Networking is not supported on container when networkMode=awsvpc."),
    ({"stopTimeout": 121}, "'stopTimeout' setting: 121"),
    ({"startTimeout": 1}, "'startTimeout' setting: 1"),
    ({"resourceRequirements": [{"type": "GPU", "value": "1"}]}, UNSUPPORTED + "gpu."),
    ({"logConfiguration": {"logDriver": "json-file"}}, UNSUPPORTED + "log driver json-file."),
    ({"systemControls": [{"namespace": "vm.swappiness", "value": "1"}]}, "Invalid systemControls namespace"),
    ({"systemControls": [{"namespace": "net.core.somaxconn", "value": "1"}] * 2}, "is set more than once."),
    (
        {"environment": [{"name": "KEY", "value": "1"}], "secrets": [{"name": "KEY", "valueFrom": "arn"}]},
        SECRET_SHARED,
    ),
    ({"secrets": [{"name": "KEY", "valueFrom": "a"}, {"name": "KEY", "valueFrom": "b"}]}, SECRET_SHARED),
    ({"name": "a/../b"}, "Container.name contains invalid characters."),
    ({"memory": 513}, "The 'memory' setting for container 'app' is greater than for the task."),
    ({"memoryReservation": 513}, "The 'memory' setting for container 'app' is greater than for the task."),
    ({"memory": 128, "memoryReservation": 256}, "'memory' must be greater than 'memoryReservation'."),
    ({"cpu": 257}, "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."),
    ({"mountPoints": [{"sourceVolume": "data", "containerPath": "/data"}]}, "Unknown volume 'data'."),
    ({"dependsOn": after("app")}, "cycle"),
    ({"healthCheck": {"command": ["CMD", "true"], "interval": 4}}, "'healthCheck.interval' setting: 4"),
    ({"healthCheck": {"command": ["CMD", "true"], "timeout": 61}}, "'healthCheck.timeout' setting: 61"),
    ({"healthCheck": {"command": ["CMD", "true"], "retries": 11}}, "'healthCheck.retries' setting: 11"),
    ({"healthCheck": {"command": ["CMD", "true"], "startPeriod": 301}}, "'healthCheck.startPeriod' setting: 301"),
    ({"restartPolicy": {"enabled": True, "restartAttemptPeriod": 59}}, "restartAttemptPeriod' setting: 59"),
    ({"environment": [{"name": "BIG", "value": "x" * 65_536}]}, "Max allowed length is '65536' bytes."),
    (
        {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-region": "eu-west-1"}}},
        "Log driver awslogs requires options: awslogs-group",
    ),
]
OF_A_DEFINITION: list[tuple[Json, str]] = [
    ({"pidMode": "host"}, "Fargate compatible task definitions only support the 'task' pidMode."),
    ({"ipcMode": "task"}, "Tasks using the Fargate launch type do not support ipcMode."),
    ({"placementConstraints": [{"type": "memberOf", "expression": "true"}]}, UNSUPPORTED + "constraints."),
    ({"volumes": [{"name": "host", "host": {"sourcePath": "/etc"}}]}, UNSUPPORTED + "sourcePath."),
    (
        {"volumes": [{"name": "d", "dockerVolumeConfiguration": {"scope": "task"}}]},
        UNSUPPORTED + "dockerVolumeConfiguration.",
    ),
    ({"volumes": [{"name": "../d"}]}, "Volume name '../d' contains invalid characters."),
    ({"volumes": [{"name": "d"}, {"name": "d"}]}, "Volume names must be unique: 'd'."),
    ({"ephemeralStorage": {"sizeInGiB": 20}}, "'ephemeralStorage.sizeInGiB' setting: 20"),
    ({"family": "a/../b"}, "Invalid family name."),
    ({"containerDefinitions": [container(f"c{number}") for number in range(11)]}, "Too many containers."),
    (
        {"containerDefinitions": [container("a", memory=300), container("b", memory=300)]},
        "The sum of all container 'memory' values",
    ),
    (
        {"containerDefinitions": [container("a", dependsOn=after("b")), container("b", dependsOn=after("a"))]},
        "Container dependencies form a cycle.",
    ),
    (
        {"containerDefinitions": [container("a", dependsOn=after("b", "SUCCESS")), container("b")]},
        "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container",
    ),
    (
        {"containerDefinitions": [container("a", dependsOn=after("b", "HEALTHY")), container("b")]},
        "must have a health check: 'b'.",
    ),
]


@pytest.mark.parametrize(("given", "message"), OF_A_CONTAINER)
async def test_what_fargate_refuses_of_a_container_is_refused(ecs: Harness, given: Json, message: str) -> None:
    asked = fargate() | {"executionRoleArn": "arn:aws:iam::000000000000:role/execution"}
    asked["containerDefinitions"][0].update(given)
    code, said = await ecs.refused("RegisterTaskDefinition", **asked)
    assert (code, message in said) == ("ClientException", True), said
    assert (await ecs.call("ListTaskDefinitions"))["taskDefinitionArns"] == []


@pytest.mark.parametrize(("given", "message"), OF_A_DEFINITION)
async def test_what_fargate_refuses_of_a_definition_is_refused(ecs: Harness, given: Json, message: str) -> None:
    code, said = await ecs.refused("RegisterTaskDefinition", **(fargate("web") | given))
    assert (code, message in said) == ("ClientException", True), said


@pytest.mark.parametrize(
    "given",
    [
        {"privileged": False, "extraHosts": [], "links": [], "hostname": ""},
        {"linuxParameters": {"capabilities": {"add": ["SYS_PTRACE"], "drop": ["ALL"]}, "initProcessEnabled": True}},
        {"linuxParameters": {"tmpfs": [{"containerPath": "/run", "size": 64}]}},
        {"systemControls": [{"namespace": "net.core.somaxconn", "value": "1024"}]},
        {"stopTimeout": 120, "startTimeout": 120, "memory": 512, "memoryReservation": 512, "cpu": 256},
        {"environment": [{"name": "KEY", "value": "1"}, {"name": "KEY", "value": "2"}]},
    ],
)
async def test_what_fargate_takes_is_registered(ecs: Harness, given: Json) -> None:
    assert (await ecs.register(**given)).endswith("task-definition/web:1")


async def test_what_only_fargate_refuses_is_registered_for_ec2(ecs: Harness) -> None:
    web = container("web", memory=64, privileged=True, hostname="web", links=["db:db"], stopTimeout=600)
    asked = {"family": "web", "networkMode": "bridge", "pidMode": "host", "containerDefinitions": [web]}
    answer = await ecs.call("RegisterTaskDefinition", **asked)
    assert answer["taskDefinition"]["compatibilities"] == ["EC2"]


async def test_a_container_for_ec2_needs_memory_of_its_own_where_the_task_has_none(ecs: Harness) -> None:
    asked = {"family": "web", "containerDefinitions": [container("web")]}
    _, said = await ecs.refused("RegisterTaskDefinition", **asked)
    assert said == (
        "Invalid setting for container 'web'. At least one of 'memory' or 'memoryReservation' must be specified."
    )


def test_each_rule_names_a_page_of_aws() -> None:
    assert all(rule.page.startswith("https://docs.aws.amazon.com/") for rule in (*TASK_RULES, *CONTAINER_RULES))
