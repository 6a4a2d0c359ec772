"""Tasks reach Aurora under AWS's names, this machine reaches it on loopback, and the broom leaves nothing of it."""

import os
import signal
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError
from docker.errors import ImageNotFound

from seatrial.core.engine import INSTANCE_LABEL, EngineClient
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.ecs.harness import IMAGE, eventually

pytestmark = pytest.mark.docker

DATABASE = "postgres:17-alpine"
NAME = "notes-local"
ASKS_FOR_TLS = """
import os, socket
for host in os.environ["HOSTS"].split():
    with socket.create_connection((host, 5432), 5) as connection:
        connection.sendall(bytes.fromhex("0000000804d2162f"))
        answer = connection.recv(1)
    assert answer in (b"S", b"N"), (host, answer)
"""
"""PostgreSQL's SSLRequest, which it answers with one letter."""


@dataclass(frozen=True)
class Harness:
    """An embedded AWS with one Aurora cluster."""

    aws: RunningAws
    engine: EngineClient

    def add(self, name: str) -> None:
        self.aws.client("rds").create_db_instance(
            DBInstanceIdentifier=name,
            DBClusterIdentifier=NAME,
            Engine="aurora-postgresql",
            DBInstanceClass="db.r7g.large",
        )
        self.wait()

    def wait(self) -> None:
        """Until every instance of the cluster is there."""
        rds = self.aws.client("rds")
        eventually(
            lambda: {each["DBInstanceStatus"] for each in rds.describe_db_instances()["DBInstances"]} == {"available"}
        )

    def endpoints(self) -> list[str]:
        rds = self.aws.client("rds")
        cluster = rds.describe_db_clusters(DBClusterIdentifier=NAME)["DBClusters"][0]
        members = [each["Endpoint"] for each in rds.describe_db_instances()["DBInstances"]]
        assert {cluster["Port"], *(each["Port"] for each in members)} == {5432}
        return [cluster["Endpoint"], cluster["ReaderEndpoint"], *(each["Address"] for each in members)]

    def reached(self) -> bool:
        """Whether a task speaks PostgreSQL with whatever is behind every endpoint."""
        ecs, name = self.aws.client("ecs"), f"contract-{uuid4().hex[:8]}"
        ecs.create_cluster(clusterName=name)
        ecs.register_task_definition(
            family=name,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[
                {
                    "name": "app",
                    "image": IMAGE,
                    "command": ["python3", "-c", ASKS_FOR_TLS],
                    "environment": [{"name": "HOSTS", "value": " ".join(self.endpoints())}],
                }
            ],
        )
        subnet = self.aws.client("ec2").describe_subnets()["Subnets"][0]["SubnetId"]
        task = ecs.run_task(
            cluster=name,
            taskDefinition=name,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": [subnet]}},
        )["tasks"][0]["taskArn"]
        ended = eventually(lambda: _stopped(ecs.describe_tasks(cluster=name, tasks=[task])["tasks"][0]))
        return bool(ended["containers"][0]["exitCode"] == 0)

    def databases(self) -> list[Any]:
        label = [f"{INSTANCE_LABEL}={self.aws.settings.instance_id}", "ministack=rds"]
        return self.engine.containers.list(filters={"label": label})


@pytest.fixture(scope="module")
def harness(tmp_path_factory: pytest.TempPathFactory, engine: EngineClient) -> Iterator[Harness]:
    """One for this file alone, for it is killed; swept up at the end, the cluster still in it."""
    try:
        engine.images.get(DATABASE)
    except ImageNotFound:
        pytest.skip(f"There is no image: seatrial images {DATABASE}")
    settings = fresh_settings(tmp_path_factory.mktemp("home"))
    start(settings)
    harness = Harness(RunningAws(settings), engine)
    create_cluster(harness)
    yield harness
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def create_cluster(harness: Harness) -> None:
    harness.aws.client("rds").create_db_cluster(
        DBClusterIdentifier=NAME,
        Engine="aurora-postgresql",
        EngineVersion="17.5",
        MasterUsername="almighty",
        MasterUserPassword="TheMastersPassword1",
        DatabaseName="notes",
    )
    harness.add("notes-local-1")


def _stopped(task: dict[str, Any]) -> dict[str, Any] | None:
    return task if task["lastStatus"] == "STOPPED" else None


def test_a_task_reaches_writer_reader_and_instance_by_their_names(harness: Harness) -> None:
    assert harness.reached()


def test_a_second_instance_is_reached_too(harness: Harness) -> None:
    harness.add("notes-local-2")
    assert len(harness.endpoints()) == 4
    assert eventually(harness.reached, 30)


def test_the_database_is_published_on_loopback_only(harness: Harness) -> None:
    (database,) = harness.databases()
    assert {bound["HostIp"] for bound in database.ports["5432/tcp"]} == {"127.0.0.1"}


def test_another_major_version_is_refused_and_the_database_goes_on(harness: Harness) -> None:
    rds = harness.aws.client("rds")
    with pytest.raises(ClientError, match=r"InvalidParameterCombination.*from 17\.5 to 16\.11"):
        rds.modify_db_cluster(DBClusterIdentifier=NAME, EngineVersion="16.11", AllowMajorVersionUpgrade=True)
    assert rds.describe_db_clusters(DBClusterIdentifier=NAME)["DBClusters"][0]["EngineVersion"] == "17.5"
    assert harness.reached()


def test_it_is_reached_after_a_crash(harness: Harness) -> None:
    pid = instance.status(harness.aws.settings).pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    start(harness.aws.settings)
    harness.wait()
    assert eventually(harness.reached, 30)


def test_it_is_reached_after_down_and_up(harness: Harness) -> None:
    instance.down(harness.aws.settings, SystemProcesses(), SystemClock(), print)
    assert harness.databases() == []
    start(harness.aws.settings)
    harness.wait()
    assert eventually(harness.reached, 30)


def test_a_container_that_somebody_took_out_of_the_network_comes_back(harness: Harness) -> None:
    (database,) = harness.databases()
    harness.engine.networks.get(f"seatrial-{harness.aws.settings.instance_id}").disconnect(database)
    assert eventually(harness.reached, 30)


def test_another_embedded_aws_has_a_cluster_of_the_same_name(
    harness: Harness, tmp_path_factory: pytest.TempPathFactory
) -> None:
    settings = fresh_settings(tmp_path_factory.mktemp("other"))
    start(settings)
    other = Harness(RunningAws(settings), harness.engine)
    try:
        create_cluster(other)
        assert other.reached()
        assert harness.reached()
    finally:
        instance.reset(settings, SystemProcesses(), SystemClock(), print)
    assert len(harness.databases()) == 1


def test_the_broom_leaves_no_container_network_or_volume(harness: Harness) -> None:
    label: dict[str, str | list[str] | bool] = {"label": f"{INSTANCE_LABEL}={harness.aws.settings.instance_id}"}
    assert len(harness.engine.volumes.list(filters=label)) == 1
    instance.reset(harness.aws.settings, SystemProcesses(), SystemClock(), print)
    engine = harness.engine
    left = (engine.containers.list(all=True, filters=label), engine.networks.list(filters=label))
    assert (*left, engine.volumes.list(filters=label)) == ([], [], [])
