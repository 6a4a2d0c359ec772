"""What a task's containers are answered about their own task, and only about that."""

import asyncio
import json
from collections.abc import AsyncIterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.asgi import call_app
from seatrial.core.context import AnyRole
from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.agent.protection import Protecting
from seatrial.services.ecs.agent.stats import Usage
from seatrial.services.ecs.containers.fakes import FakeContainers
from seatrial.services.ecs.containers.spec import Surroundings, environment
from seatrial.services.ecs.records import Container, Task
from seatrial.services.ecs.state import EcsState
from tests.seatrial.unit.ecs.harness import NETWORK, Harness, fargate, harness

AROUND = Surroundings(
    "abcd1234", ("seatrial-abcd1234", "seatrial-abcd1234-b"), "http://host.docker.internal:4566", "172.17.0.1"
)
LOG = {
    "logDriver": "awslogs",
    "options": {"awslogs-group": "/web", "awslogs-region": "eu-west-1", "awslogs-stream-prefix": "app"},
}


async def ask(ecs: Harness, uri: str, method: str = "GET", body: bytes = b"") -> tuple[int, Any]:
    path = uri.removeprefix(AROUND.endpoint)
    assert ecs.ecs.agent.serves(path)
    answer = await call_app(ecs.ecs.agent, {"type": "http", "method": method, "path": path, "headers": []}, body)
    return answer.status, json.loads(answer.body)


def variables(ecs: Harness, number: int = 0) -> dict[str, str]:
    """The environment of a container, which was started as the first, the second …"""
    return environment(list(ecs.containers.launches.values())[number], AROUND)


@pytest.fixture
async def running(tmp_path: Path) -> AsyncIterator[Harness]:
    """An ECS with a service of one task."""
    async with harness(tmp_path) as ecs:
        described = fargate(logConfiguration=LOG, memory=256, healthCheck={"command": ["CMD", "true"]})
        await ecs.call("RegisterTaskDefinition", **described, executionRoleArn="arn:aws:iam::000000000000:role/run")
        await ecs.create(1, taskDefinition="web:1")
        await ecs.until_running()
        yield ecs


async def test_a_container_learns_what_describe_tasks_says_of_it(running: Harness) -> None:
    task = (await running.tasks())[0]
    container = task["containers"][0]
    status, told = await ask(running, variables(running)["ECS_CONTAINER_METADATA_URI_V4"])
    assert status == 200
    assert (told["DockerId"], told["ContainerARN"], told["ImageID"]) == (
        container["runtimeId"],
        container["containerArn"],
        container["imageDigest"],
    )
    assert (told["Name"], told["DockerName"], told["Image"], told["Type"]) == ("app", "app", "shop/web:1", "NORMAL")
    assert (told["DesiredStatus"], told["KnownStatus"]) == ("RUNNING", "RUNNING")
    assert told["Limits"] == {"CPU": 0, "Memory": 256}
    assert told["Labels"] == {
        "com.amazonaws.ecs.cluster": task["clusterArn"],
        "com.amazonaws.ecs.container-name": "app",
        "com.amazonaws.ecs.task-arn": task["taskArn"],
        "com.amazonaws.ecs.task-definition-family": "web",
        "com.amazonaws.ecs.task-definition-version": "1",
    }
    assert told["LogDriver"] == "awslogs"
    assert told["LogOptions"] == {
        "awslogs-group": "/web",
        "awslogs-region": "eu-west-1",
        "awslogs-stream": f"app/app/{task['taskArn'].rpartition('/')[2]}",
    }
    assert told["CreatedAt"] <= told["StartedAt"] < "9"
    assert told["StartedAt"].endswith("Z")


async def test_its_network_is_the_one_at_which_the_task_is_reached(running: Harness) -> None:
    details = (await running.tasks())[0]["attachments"][0]["details"]
    described = {item["name"]: item["value"] for item in details}
    address = described["privateIPv4Address"]
    _, told = await ask(running, variables(running)["ECS_CONTAINER_METADATA_URI_V4"])
    assert told["Networks"] == [
        {
            "NetworkMode": "awsvpc",
            "IPv4Addresses": [address],
            "DomainNameServers": ["127.0.0.11"],
            "DomainNameSearchList": ["eu-west-1.compute.internal"],
            "PrivateDNSName": f"ip-{address.replace('.', '-')}.eu-west-1.compute.internal",
            "AttachmentIndex": 0,
            "MACAddress": described["macAddress"],
            "IPv4SubnetCIDRBlock": "10.0.0.0/8",
            "SubnetGatewayIpv4Address": "10.0.0.1/8",
        }
    ]


async def test_a_task_learns_what_fargate_tells_of_it(running: Harness) -> None:
    running.containers.bytes_written = 3 << 20
    task = (await running.tasks())[0]
    status, told = await ask(running, f"{variables(running)['ECS_CONTAINER_METADATA_URI_V4']}/task")
    assert status == 200
    assert (told["Cluster"], told["TaskARN"]) == (task["clusterArn"], task["taskArn"])
    assert (told["Family"], told["Revision"], told["ServiceName"]) == ("web", "1", "web")
    assert (told["LaunchType"], told["AvailabilityZone"]) == ("FARGATE", task["availabilityZone"])
    assert (told["DesiredStatus"], told["KnownStatus"]) == ("RUNNING", "RUNNING")
    assert told["Limits"] == {"CPU": 0.25, "Memory": 512}
    assert told["EphemeralStorageMetrics"] == {"Utilized": 3, "Reserved": 20 * 1024}
    assert told["ClockDrift"]["ClockSynchronizationStatus"] == "SYNCHRONIZED"
    assert told["PullStartedAt"] <= told["PullStoppedAt"]
    assert [item["Name"] for item in told["Containers"]] == ["app"]


async def test_a_task_of_no_service_names_none(tmp_path: Path) -> None:
    async with harness(tmp_path) as ecs:
        await ecs.call("CreateCluster")
        await ecs.call("RegisterTaskDefinition", **fargate(), ephemeralStorage={"sizeInGiB": 30})
        await ecs.call("RunTask", taskDefinition="web", launchType="FARGATE", networkConfiguration=NETWORK)
        await ecs.until_running()
        _, told = await ask(ecs, f"{variables(ecs)['ECS_CONTAINER_METADATA_URI_V4']}/task")
    assert "ServiceName" not in told
    assert told["EphemeralStorageMetrics"]["Reserved"] == 30 * 1024


async def test_two_tasks_learn_of_themselves_alone(tmp_path: Path) -> None:
    async with harness(tmp_path) as ecs:
        await ecs.create(2)
        await ecs.until(lambda service: service["runningCount"] == 2)
        uris = [variables(ecs, number)["ECS_CONTAINER_METADATA_URI_V4"] for number in (0, 1)]
        told = [(await ask(ecs, f"{uri}/task"))[1]["TaskARN"] for uri in uris]
        known = [task["taskArn"] for task in await ecs.tasks()]
    assert sorted(told) == sorted(known)
    assert len(set(told)) == 2


async def test_an_id_that_differs_in_its_secret_half_is_nobodys(running: Harness) -> None:
    uri = variables(running)["ECS_CONTAINER_METADATA_URI_V4"]
    for path in ("", "/task", "/stats", "/task/stats"):
        assert (await ask(running, f"{uri[:-1]}{'0' if uri[-1] != '0' else '1'}{path}"))[0] == 404
    agent = variables(running)["ECS_AGENT_URI"]
    wrong = f"{agent[:-1]}{'0' if agent[-1] != '0' else '1'}/task-protection/v1/state"
    assert (await ask(running, wrong, "PUT", b'{"ProtectionEnabled": true}'))[0] == 404


async def test_a_task_that_is_gone_is_answered_no_more(running: Harness) -> None:
    uri = variables(running)["ECS_CONTAINER_METADATA_URI_V4"]
    await running.call("UpdateService", service="web", desiredCount=0)
    for _ in range(2000):
        if (await running.until_stopped())[0]["lastStatus"] == "STOPPED":
            break
        await asyncio.sleep(0.002)
    assert (await ask(running, uri))[0] == 404


async def test_the_secret_is_told_by_no_call_and_no_event(running: Harness) -> None:
    secret = variables(running)["ECS_AGENT_URI"].rpartition("/")[2]
    assert secret not in json.dumps(await running.tasks())
    assert secret not in repr(running.told)


async def test_the_addresses_outlast_a_restart(tmp_path: Path) -> None:
    containers = FakeContainers()
    async with harness(tmp_path, containers=containers) as ecs:
        await ecs.create(1)
        await ecs.until_running()
        uri = variables(ecs)["ECS_CONTAINER_METADATA_URI_V4"]
    async with harness(tmp_path, containers=containers) as again:
        assert (await ask(again, uri))[0] == 200


@pytest.mark.parametrize(("path", "method"), [("/nothing", "GET"), ("", "POST"), ("/task", "PUT")])
async def test_nothing_else_is_answered(running: Harness, path: str, method: str) -> None:
    uri = variables(running)["ECS_CONTAINER_METADATA_URI_V4"]
    assert await ask(running, uri + path, method) == (404, "404 page not found")


@pytest.mark.parametrize("path", ["/v4/", "/v4/x", "/api/key", "/v4/" + "0" * 64, "/x/v4/" + "0" * 32 + "-" + "0" * 32])
async def test_objects_of_buckets_are_not_taken_for_its_addresses(ecs: Harness, path: str) -> None:
    assert not ecs.ecs.agent.serves(path)


def sample(read: str, received: int, sent: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - Docker's
    return {"read": read, "networks": {"eth0": {"rx_bytes": received, "tx_bytes": sent}}, **more}


def two_containers() -> Task:
    made = [Container(arn=f"arn:{name}", name=name, image="web", runtime_id=name) for name in ("app", "side", "ended")]
    return Task(
        arn="arn:task",
        cluster_arn="arn:cluster",
        definition_arn="arn:task-definition/web:1",
        group="family:web",
        launch_type="FARGATE",
        cpu="256",
        memory="512",
        containers=made,
        created_at=0,
        availability_zone="eu-west-1a",
    )


async def test_containers_of_a_task_share_its_interface_and_its_rates() -> None:
    containers, task = FakeContainers(), two_containers()
    usage = Usage(containers)
    containers.used = {
        "app": sample("2026-11-29T10:00:00.123456789Z", 100, 50, cpu_stats={"at": 1}),
        "side": {"read": "2026-11-29T10:00:00Z", "cpu_stats": {"at": 1}},
    }
    first = await usage.of_task(task)
    assert first["side"]["networks"] == {"eth1": {"rx_bytes": 100, "tx_bytes": 50}}
    assert "network_rate_stats" not in first["side"]
    containers.used = {
        "app": sample("2026-11-29T10:00:02.123456789Z", 300, 60, cpu_stats={"at": 3}),
        "side": {"read": "2026-11-29T10:00:02Z", "cpu_stats": {"at": 3}},
    }
    told = await usage.of_task(task)
    assert told["ended"] is None
    for name in ("app", "side"):
        assert (told[name]["cpu_stats"], told[name]["precpu_stats"]) == ({"at": 3}, {"at": 1})
        assert told[name]["networks"] == {"eth1": {"rx_bytes": 300, "tx_bytes": 60}}
        assert told[name]["network_rate_stats"] == {"rx_bytes_per_sec": 100.0, "tx_bytes_per_sec": 5.0}


async def test_of_containers_that_are_gone_nothing_is_kept() -> None:
    containers, task = FakeContainers(), two_containers()
    usage = Usage(containers)
    containers.used = {"app": sample("2026-11-29T10:00:00Z", 1, 1, cpu_stats={"at": 1})}
    await usage.of_task(task)
    usage.forget_others(["side"])
    assert "preread" not in (await usage.of_task(task))["app"]


class Answering:
    """ECS, which answers one call as it is told."""

    def __init__(self, answer: dict[str, Any] | AwsCallError) -> None:
        self.answer = answer
        self.asked: list[tuple[str, dict[str, Any]]] = []

    async def call(
        self,
        service: str,  # noqa: ARG002 - the shape of the real one
        operation: str,
        /,
        *,
        region: str | None = None,  # noqa: ARG002 - as above
        **params: Any,  # noqa: ANN401 - AWS's
    ) -> dict[str, Any]:
        """See ``InProcessAws.call``."""
        self.asked.append((operation, params))
        if isinstance(self.answer, AwsCallError):
            raise self.answer
        return self.answer


async def protection(
    ecs: Harness, body: bytes | None, answer: dict[str, Any] | AwsCallError, role: str = "arn:aws:iam::1:role/app"
) -> tuple[int, Any, Answering]:
    """What a task with this role is answered where ECS answers so."""
    aws, state = Answering(answer), EcsState(ecs.ecs._context.store)
    task = next(iter(state.tasks.values()))
    task.overrides = {"taskRoleArn": role} if role else {}
    status, told = await Protecting(state, aws, AnyRole()).answer("GET" if body is None else "PUT", body or b"", task)
    return status, told, aws


UNTIL = datetime(2026, 11, 29, 12, 0, 0, 500_000, tzinfo=UTC)
GOOD = {"protectedTasks": [{"taskArn": "arn:t", "protectionEnabled": True, "expirationDate": UNTIL}], "failures": []}


async def test_a_container_protects_its_own_task_as_its_tasks_role(running: Harness) -> None:
    task = (await running.tasks())[0]
    body = b'{"ProtectionEnabled": true, "ExpiresInMinutes": 60}'
    status, told, aws = await protection(running, body, GOOD)
    asked = {
        "cluster": task["clusterArn"],
        "tasks": [task["taskArn"]],
        "protectionEnabled": True,
        "expiresInMinutes": 60,
    }
    assert aws.asked == [("UpdateTaskProtection", asked)]
    shown = {"ExpirationDate": "2026-11-29T12:00:00.500Z", "ProtectionEnabled": True, "TaskArn": "arn:t"}
    assert (status, told) == (200, {"protection": shown})


async def test_a_container_reads_its_tasks_protection(running: Harness) -> None:
    off = {"protectedTasks": [{"taskArn": "arn:t", "protectionEnabled": False}], "failures": []}
    status, told, aws = await protection(running, None, off)
    shown = {"ExpirationDate": None, "ProtectionEnabled": False, "TaskArn": "arn:t"}
    assert (status, told) == (200, {"protection": shown})
    assert aws.asked[0][0] == "GetTaskProtection"


async def test_a_task_that_cannot_be_protected_is_a_failure(running: Harness) -> None:
    failing = {"protectedTasks": [], "failures": [{"arn": "arn:t", "reason": "TASK_NOT_VALID"}]}
    status, told, _ = await protection(running, b'{"ProtectionEnabled": true}', failing)
    assert (status, told) == (200, {"failure": {"Arn": "arn:t", "Detail": None, "Reason": "TASK_NOT_VALID"}})


async def test_what_its_role_may_not_is_refused_in_ecss_words(running: Harness) -> None:
    task = (await running.tasks())[0]["taskArn"]
    denied = AwsCallError("AccessDeniedException", "User: … is not authorized", 400)
    status, told, _ = await protection(running, b'{"ProtectionEnabled": true}', denied)
    assert status == 400
    assert told["error"] == {"Arn": task, "Code": "AccessDeniedException", "Message": "User: … is not authorized"}


async def test_a_task_without_a_role_is_refused(running: Harness) -> None:
    status, told, aws = await protection(running, b'{"ProtectionEnabled": true}', GOOD, role="")
    assert (status, told["error"]["Code"], aws.asked) == (403, "AccessDeniedException", [])


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b'{"Protect": true}', b'{"ProtectionEnabled": "yes"}'])
async def test_what_is_not_a_request_is_refused(running: Harness, body: bytes) -> None:
    status, told, aws = await protection(running, body, GOOD)
    assert (status, told["error"]["Code"], aws.asked) == (400, "InvalidParameterException", [])
