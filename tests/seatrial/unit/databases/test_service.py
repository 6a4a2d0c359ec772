import asyncio
import queue
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import requests

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.services.databases.names import DatabaseContainer
from seatrial.services.databases.service import DatabaseNames

REGION = "eu-west-1"
WRITER, READER, ONE = (f"{name}.{REGION}.rds.amazonaws.com" for name in ("m.cluster-1", "m.cluster-ro-1", "one.1"))


@dataclass
class Aws:
    """RDS with one cluster of one instance, unless it refuses."""

    refuses: bool = False
    asked: int = 0

    async def call(self, _service: str, operation: str, /, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.asked += 1
        if self.refuses:
            raise AwsCallError("DBClusterNotFoundFault", "gone")
        members = [{"DBInstanceIdentifier": "one", "IsClusterWriter": True}]
        cluster = {"DBClusterIdentifier": "m", "Endpoint": WRITER, "ReaderEndpoint": READER}
        instance = {"DBInstanceIdentifier": "one", "DBClusterIdentifier": "m", "Endpoint": {"Address": ONE}}
        answers: dict[str, dict[str, Any]] = {
            "DescribeDBClusters": {"DBClusters": [{**cluster, "DBClusterMembers": members}]},
            "DescribeDBInstances": {"DBInstances": [instance]},
        }
        return answers[operation]


@dataclass
class FakeNetwork:
    """A network that remembers who was joined; ``events`` are starts, and None that the engine goes away."""

    there: dict[str, frozenset[str] | None] = field(default_factory=dict)
    joins: list[str] = field(default_factory=list)
    events: "queue.Queue[str | None]" = field(default_factory=queue.Queue)
    away: bool = False

    def containers(self) -> list[DatabaseContainer]:
        if self.away:
            raise requests.ConnectionError
        labels = {"region": REGION, "cluster_id": "m"}
        return [DatabaseContainer(name, labels, names) for name, names in self.there.items()]

    def join(self, container: str, names: Iterable[str]) -> None:
        self.there[container] = frozenset(names)
        self.joins.append(container)

    def starts(self) -> Iterator[str]:
        while (started := self.events.get()) is not None:
            yield started


async def until(what: Callable[[], object]) -> None:
    async with asyncio.timeout(5):
        while not what():  # noqa: ASYNC110 - of a thread, too
            await asyncio.sleep(0.01)


async def ended(service: DatabaseNames, network: FakeNetwork) -> None:
    await service.stop()
    network.events.put("the thread sees that it is to end")


async def test_a_database_that_runs_when_it_begins_is_given_its_names() -> None:
    network = FakeNetwork({"c": None})
    service = DatabaseNames(Aws(), network)
    await service.start()
    await until(lambda: network.joins)
    assert network.there == {"c": frozenset({WRITER, READER, ONE})}
    await ended(service, network)


async def test_a_database_that_starts_later_is_given_its_names_and_only_once() -> None:
    network, aws = FakeNetwork(), Aws()
    service = DatabaseNames(aws, network)
    await service.start()
    await asyncio.sleep(0.05)
    assert aws.asked == 0
    network.there["c"] = None
    network.events.put("c")
    await until(lambda: network.joins)
    network.events.put("c")
    await until(lambda: aws.asked == 4)
    assert network.joins == ["c"]
    await ended(service, network)


async def test_a_call_that_changes_a_database_is_followed_by_a_look() -> None:
    network = FakeNetwork()
    service = DatabaseNames(Aws(), network)
    await service.start()
    await asyncio.sleep(0.05)
    network.there["c"] = frozenset({WRITER})
    asked = AwsRequest("POST", "/", service="rds", operation="FailoverDBCluster")
    assert service.observes(asked)
    answer = AwsResponse.of_xml("<a/>")
    assert await service.amend_response(asked, answer) is answer
    await until(lambda: network.joins)
    await ended(service, network)


async def test_a_look_that_fails_is_not_the_last_one() -> None:
    network, aws = FakeNetwork({"c": None}, away=True), Aws(refuses=True)
    service = DatabaseNames(aws, network)
    await service.start()
    await asyncio.sleep(0.05)
    network.away = False
    network.events.put("c")
    await until(lambda: aws.asked)
    aws.refuses = False
    network.events.put("c")
    await until(lambda: network.joins)
    await ended(service, network)


async def test_without_an_engine_there_is_nothing_to_do() -> None:
    service = DatabaseNames(Aws(), None)
    await service.start()
    await service.stop()


def test_what_only_reads_and_what_is_another_services_is_no_reason_to_look() -> None:
    service = DatabaseNames(Aws(), None)
    assert not service.observes(AwsRequest("POST", "/", service="rds", operation="DescribeDBClusters"))
    assert not service.observes(AwsRequest("POST", "/", service="ecs", operation="RunTask"))
