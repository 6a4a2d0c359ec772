from dataclasses import dataclass, field
from typing import Any, cast

import pytest
import requests

from seatrial.core.engine import EngineClient
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.metrics_publisher.containers import Machine
from seatrial.services.metrics_publisher.databases import (
    Answer,
    Database,
    ask_databases,
    databases,
    joined,
    parsed,
    published,
)
from seatrial.services.metrics_publisher.readings import Use

REGION = "eu-west-1"
MACHINE = Machine(cores=2, memory=1000)
CLUSTER = {"DBClusterMembers": [{"DBInstanceIdentifier": "one", "IsClusterWriter": True}]}


def instance(name: str, cluster: str = "main", engine: str = "aurora-postgresql") -> dict[str, Any]:
    return {
        "DBInstanceIdentifier": name,
        "DBClusterIdentifier": cluster,
        "Engine": engine,
        "MasterUsername": "root",
    }


def container(identity: str, **labels: str) -> dict[str, Any]:
    return {"Id": identity, "Labels": {"ministack": "rds", "region": REGION, **labels}}


def test_members_of_a_cluster_share_its_container_unless_they_have_their_own() -> None:
    there = [container("shared", cluster_id="main"), container("own", cluster_id="main", db_id="two")]
    assert joined(REGION, [instance("one"), instance("two"), instance("three")], [CLUSTER], there) == [
        Database(REGION, "one", "main", "WRITER", "shared", "root"),
        Database(REGION, "two", "main", "READER", "own", "root"),
        Database(REGION, "three", "main", "READER", "shared", "root"),
    ]


def test_an_instance_of_no_cluster_has_no_role_and_one_without_a_container_is_left_out() -> None:
    there = [container("own", db_id="alone")]
    found = joined(REGION, [instance("alone", cluster="", engine="mysql"), instance("planned")], [], there)
    assert found == [Database(REGION, "alone", "", "", "own", "")]


WRITER = Database(REGION, "one", "main", "WRITER", "a", "root")
READER = Database(REGION, "two", "main", "READER", "b", "root")


def test_each_metric_is_there_by_instance_by_cluster_and_by_role() -> None:
    uses = {"a": Use(0.5, 100), "b": Use(1.0, 300)}
    answers = {"a": Answer(7, None), "b": Answer(2, 12.5)}
    data = published([WRITER, READER], uses, answers, machine=MACHINE, at=60)[REGION]
    found = {(datum.name, *sorted(datum.dimensions.values())): dict(datum.samples) for datum in data}
    assert found["CPUUtilization", "one"] == {25.0: 1}
    assert found["CPUUtilization", "main"] == {25.0: 1, 50.0: 1}
    assert found["CPUUtilization", "READER", "main"] == {50.0: 1}
    assert found["FreeableMemory", "WRITER", "main"] == {900.0: 1}
    assert found["DatabaseConnections", "main"] == {7: 1, 2: 1}
    assert {key for key in found if key[0] == "AuroraReplicaLag"} == {
        ("AuroraReplicaLag", "two"),
        ("AuroraReplicaLag", "main"),
        ("AuroraReplicaLag", "READER", "main"),
    }
    assert {datum.unit for datum in data if datum.name == "AuroraReplicaLag"} == {"Milliseconds"}


def test_what_is_not_known_is_not_published() -> None:
    alone = Database(REGION, "alone", "", "", "a", "")
    assert published([alone], {}, {}, machine=MACHINE, at=60) == {}
    assert published([alone], {}, {"a": Answer(3, None)}, machine=MACHINE, at=60) == {
        REGION: [Datum("DatabaseConnections", 60, {3: 1}, {"DBInstanceIdentifier": "alone"}, "Count")]
    }


@pytest.mark.parametrize(
    ("output", "answer"),
    [
        (b"3|f|\n", Answer(3, None)),
        (b"3|t|12.5\n", Answer(3, 12.5)),
        (b"3|t|0\n", Answer(3, 0)),
        (b"3|t|\n", Answer(3, None)),
        (b"psql: error: no\n", None),
        (b"3|t|soon\n", None),
        (b"", None),
    ],
)
def test_an_answer_is_read(output: bytes, answer: Answer | None) -> None:
    assert parsed(output) == answer


@dataclass
class Api:
    """An engine with database containers; ``down`` does not answer."""

    listed: list[dict[str, Any]] = field(default_factory=list)

    def containers(self, *, filters: dict[str, str]) -> list[dict[str, Any]]:
        assert filters == {"label": "ministack=rds"}
        return self.listed

    def exec_create(self, container: str, command: list[str]) -> dict[str, Any]:
        assert command[command.index("-U") + 1] == "root"
        if container == "down":
            raise requests.HTTPError("409: not running")
        return {"Id": container}

    def exec_start(self, identity: str) -> bytes:
        assert identity == "a"
        return b"4|f|"


@dataclass
class Engine:
    api: Api


class Aws:
    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []

    async def call(self, _service: str, operation: str, /, *, region: str | None = None, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.calls.append((operation, str(region)))
        return {"DBInstances": [instance("one")], "DBClusters": [CLUSTER]}


def engine(*listed: dict[str, Any]) -> EngineClient:
    return cast("EngineClient", Engine(Api(list(listed))))


async def test_without_containers_of_ours_nothing_is_asked() -> None:
    aws = Aws()
    others = container("theirs", cluster_id="main", **{"ministack.instance": "seatrial-other:4566"})
    assert await databases(aws, engine(), "seatrial-mine") == []
    assert await databases(aws, engine(others), "seatrial-mine") == []
    assert aws.calls == []


async def test_the_regions_of_the_containers_are_asked() -> None:
    aws = Aws()
    mine = container("a", cluster_id="main", **{"ministack.instance": "seatrial-mine:4566"})
    assert await databases(aws, engine(mine), "seatrial-mine") == [WRITER]
    assert aws.calls == [("DescribeDBInstances", REGION), ("DescribeDBClusters", REGION)]


async def test_a_database_that_does_not_answer_is_left_out() -> None:
    down = Database(REGION, "down", "", "", "down", "root")
    other = Database(REGION, "mysql", "", "", "mysql", "")
    assert await ask_databases(engine(), [WRITER, down, other]) == {"a": Answer(4, None)}
