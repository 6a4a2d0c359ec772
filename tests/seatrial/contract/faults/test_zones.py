"""Two Docker networks as two availability zones, with real containers: who reaches whom, and the loss of one."""

import time
from typing import Any

import pytest

from seatrial.core.engine import EngineClient, resource_name
from tests.seatrial.contract.conftest import REGION, RunningAws
from tests.seatrial.contract.ecs.harness import PORT, Harness, eventually
from tests.seatrial.contract.faults.test_faults import fault

pytestmark = [pytest.mark.docker, pytest.mark.usefixtures("engine")]
A, B = f"{REGION}a", f"{REGION}b"


def address(task: dict[str, Any]) -> str:
    """The private IPv4 address that DescribeTasks answers."""
    interface: dict[str, Any] = task["containers"][0]["networkInterfaces"][0]
    return str(interface["privateIpv4Address"])


def networks(engine: EngineClient, task: dict[str, Any]) -> dict[str, str]:
    """The container's addresses by Docker network."""
    seen = engine.api.inspect_container(task["containers"][0]["runtimeId"])
    return {name: joined["IPAddress"] for name, joined in seen["NetworkSettings"]["Networks"].items()}


def answers(engine: EngineClient, task: dict[str, Any], where: str) -> str:
    """What a task is answered by HTTP at this address."""
    program = f"import urllib.request as u; print(u.urlopen('http://{where}:{PORT}/', timeout=5).read().decode())"
    done = engine.containers.get(task["containers"][0]["runtimeId"]).exec_run(["python3", "-c", program])
    assert isinstance(done.output, bytes)
    return done.output.decode().strip()


def zones(harness: Harness) -> list[str]:
    return sorted(task["availabilityZone"] for task in harness.tasks())


def test_each_task_is_in_its_zones_network_and_reaches_the_other(local_aws: RunningAws, engine: EngineClient) -> None:
    harness = Harness(local_aws, "zones-reach")
    harness.create(harness.register(VERSION="v1"))
    assert harness.settled() == "SUCCESSFUL"
    first, second = sorted(harness.tasks(), key=lambda task: str(task["availabilityZone"]))
    assert (first["availabilityZone"], second["availabilityZone"]) == (A, B)
    name = resource_name(local_aws.settings.instance_id)
    assert networks(engine, first)[name] == address(first)
    assert networks(engine, second)[f"{name}-b"] == address(second)
    assert answers(engine, first, address(second)) == answers(engine, second, address(first)) == "v1"
    label = {"label": f"seatrial.instance={local_aws.settings.instance_id}"}
    assert len(engine.networks.list(filters=label)) == 2


def test_a_lost_zone_is_replaced_in_the_other_and_users_are_served(local_aws: RunningAws) -> None:
    harness = Harness(local_aws, "zones-lost")
    harness.create(harness.register(VERSION="v1"), count=4)
    assert harness.settled() == "SUCCESSFUL"
    harness.steady()
    assert zones(harness) == [A, A, B, B]
    lost = {task["taskArn"] for task in harness.tasks() if task["availabilityZone"] == A}
    with fault(local_aws, "zone", zone=A):
        with harness.load() as load:
            eventually(lambda: zones(harness) == [B] * 4 and harness.service()["runningCount"] == 4)
            harness.steady()
        with harness.load() as after:
            time.sleep(2)
    reasons = {task["stoppedReason"].partition(" in ")[0] for task in harness.tasks("STOPPED")}
    assert lost.isdisjoint({task["taskArn"] for task in harness.tasks()})
    assert reasons == {"Task failed ELB health checks"}
    assert load.results["200 v1"] > sum(load.failed.values())
    assert after.failed == {}


def test_a_short_loss_ends_with_the_same_tasks(local_aws: RunningAws, engine: EngineClient) -> None:
    harness = Harness(local_aws, "zones-short", interval=30)
    harness.create(harness.register(VERSION="v1"))
    assert harness.settled() == "SUCCESSFUL"
    before = {task["taskArn"]: networks(engine, task) for task in harness.tasks()}
    (there,) = (task for task in harness.tasks() if task["availabilityZone"] == B)
    with fault(local_aws, "zone", zone=B):
        eventually(lambda: networks(engine, there) == {})
    eventually(lambda: networks(engine, there).keys() == before[there["taskArn"]].keys())
    assert networks(engine, there)[resource_name(local_aws.settings.instance_id, "b")] == address(there)
    with harness.load() as load:
        time.sleep(2)
    assert load.failed == {}
    assert {task["taskArn"] for task in harness.tasks()} == before.keys()
