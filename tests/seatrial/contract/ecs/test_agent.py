"""What a container learns of its own task, asked by a program in the container."""

import json
from typing import Any
from uuid import uuid4

import httpx
import pytest

from seatrial.core.engine import EngineClient
from tests.seatrial.contract.conftest import RunningAws, role
from tests.seatrial.contract.ecs.harness import IMAGE, Harness, eventually

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]

ASKING = """
import json, os, time, urllib.request
def asked(uri, method="GET", body=None):
    request = urllib.request.Request(uri, body, {"content-type": "application/json"}, method=method)
    try:
        with urllib.request.urlopen(request) as answer:
            return [answer.status, json.load(answer)]
    except urllib.error.HTTPError as error:
        return [error.code, json.load(error)]
me, agent = os.environ["ECS_CONTAINER_METADATA_URI_V4"], os.environ["ECS_AGENT_URI"] + "/task-protection/v1/state"
for path in ("", "/task", "/stats", "/task/stats"):
    print(json.dumps(asked(me + path)))
print(json.dumps(asked(me[:-1] + ("1" if me[-1] == "0" else "0") + "/task")))
print(json.dumps(asked(agent, "PUT", b'{"ProtectionEnabled": true, "ExpiresInMinutes": 5}')))
print(json.dumps(asked(agent)))
print("asked")
time.sleep(300)
"""


@pytest.fixture(scope="module")
def harness(local_aws: RunningAws) -> Harness:
    return Harness(local_aws, f"agent-{uuid4().hex[:6]}")


@pytest.fixture(scope="module")
def protecting(local_aws: RunningAws) -> str:
    """A role that may protect tasks."""
    statement = {"Effect": "Allow", "Action": ["ecs:UpdateTaskProtection", "ecs:GetTaskProtection"], "Resource": "*"}
    document = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    arn = role(local_aws, "protecting")
    local_aws.client("iam").put_role_policy(RoleName="protecting", PolicyName="protects", PolicyDocument=document)
    return arn


@pytest.fixture(scope="module")
def told(harness: Harness, protecting: str) -> tuple[dict[str, Any], list[Any]]:
    """A task of a service as ECS describes it, and what its container ``app`` was answered; ``side`` runs beside it."""
    common = {"image": IMAGE, "logConfiguration": harness.log_configuration()}
    definition = harness.ecs.register_task_definition(
        family=harness.name,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=harness.execution_role,
        taskRoleArn=protecting,
        containerDefinitions=[
            {"name": "app", "command": ["python3", "-uc", ASKING], **common},
            {"name": "side", "command": ["sleep", "300"], **common},
        ],
    )["taskDefinition"]["taskDefinitionArn"]
    harness.create(definition, count=1, balanced=False)
    task = eventually(lambda: next((item for item in harness.tasks() if item["lastStatus"] == "RUNNING"), None))
    lines = eventually(lambda: (said := harness.log(task)) and said[-1] == "asked" and said)
    return task, [json.loads(line) for line in lines[:-1]]


def test_a_container_learns_what_ecs_says_of_it(told: tuple[dict[str, Any], list[Any]]) -> None:
    task, answers = told
    described = next(item for item in task["containers"] if item["name"] == "app")
    status, mine = answers[0]
    assert (status, mine["Name"], mine["DockerId"]) == (200, "app", described["runtimeId"])
    assert (mine["ContainerARN"], mine["KnownStatus"]) == (described["containerArn"], "RUNNING")
    network, address = mine["Networks"][0], described["networkInterfaces"][0]["privateIpv4Address"]
    assert network["IPv4Addresses"] == [address]
    assert network["SubnetGatewayIpv4Address"].partition("/")[2] == network["IPv4SubnetCIDRBlock"].partition("/")[2]


def test_its_task_is_its_own(told: tuple[dict[str, Any], list[Any]]) -> None:
    task, answers = told
    status, mine = answers[1]
    assert (status, mine["TaskARN"], mine["Cluster"]) == (200, task["taskArn"], task["clusterArn"])
    assert (mine["LaunchType"], mine["Limits"]) == ("FARGATE", {"CPU": 0.25, "Memory": 512})
    assert [item["Name"] for item in mine["Containers"]] == ["app", "side"]
    assert mine["EphemeralStorageMetrics"]["Reserved"] == 20480


def test_what_it_uses_is_dockers_own_with_the_tasks_network(told: tuple[dict[str, Any], list[Any]]) -> None:
    _, answers = told
    (_, mine), (_, every), (_, known) = answers[2], answers[3], answers[1]
    assert mine["memory_stats"]["usage"] > 0
    assert mine["cpu_stats"]["cpu_usage"]["total_usage"] > 0
    assert mine["networks"]["eth1"]["rx_bytes"] > 0
    assert every[mine["id"]]["precpu_stats"] == mine["cpu_stats"]
    assert sorted(every) == sorted(item["DockerId"] for item in known["Containers"])
    assert every[mine["id"]]["network_rate_stats"]["rx_bytes_per_sec"] >= 0


def test_another_id_is_not_found(told: tuple[dict[str, Any], list[Any]]) -> None:
    assert told[1][4][0] == 404


def test_a_container_keeps_its_own_task_from_scale_in(harness: Harness, told: tuple[dict[str, Any], list[Any]]) -> None:
    task, answers = told
    for status, answer in answers[5:7]:
        assert (status, answer["protection"]["ProtectionEnabled"]) == (200, True)
        assert answer["protection"]["TaskArn"] == task["taskArn"]
    found = harness.ecs.get_task_protection(cluster=harness.cluster, tasks=[task["taskArn"]])["protectedTasks"][0]
    assert found["protectionEnabled"]


def test_a_web_page_gets_nothing_of_it(
    harness: Harness, told: tuple[dict[str, Any], list[Any]], engine: EngineClient
) -> None:
    inside = engine.api.inspect_container(told[0]["containers"][0]["runtimeId"])["Config"]["Env"]
    uri = next(each for each in inside if each.startswith("ECS_CONTAINER_METADATA_URI_V4=")).partition("=")[2]
    here = harness.aws.endpoint + uri[uri.index("/v4/") :]
    assert httpx.get(here, trust_env=False).status_code == 200
    assert httpx.get(here, headers={"origin": "https://evil.example"}, trust_env=False).status_code == 403
