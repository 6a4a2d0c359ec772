import asyncio
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import AwsCallError
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import SystemClock
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.elb.data.counters import BalancerCounters, Report
from seatrial.services.metrics_publisher.cgroups import ContainerUse
from seatrial.services.metrics_publisher.readings import Reading
from seatrial.services.metrics_publisher.service import Measuring, beginning

REGION = "eu-west-1"
BALANCER = f"arn:aws:elasticloadbalancing:{REGION}:000000000000:loadbalancer/app/web/1"


@dataclass
class Aws:
    """ECS with one task, unless it refuses."""

    refuses: bool = False

    async def call(self, _service: str, operation: str, /, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        if self.refuses:
            raise AwsCallError("ThrottlingException", "Rate exceeded")
        task = {
            "taskDefinitionArn": "a:task-definition/web:1",
            "group": "service:web",
            "lastStatus": "RUNNING",
            "cpu": "256",
            "memory": "512",
            "containers": [{"runtimeId": "c"}],
        }
        cluster = {"clusterName": "main", "status": "ACTIVE", "runningTasksCount": 1}
        answers: dict[str, dict[str, Any]] = {
            "ListClusters": {"clusterArns": ["main"]},
            "DescribeClusters": {"clusters": [cluster]},
            "ListTasks": {"taskArns": ["t"]},
            "DescribeTasks": {"tasks": [task]},
        }
        return answers[operation]


@dataclass
class Meter:
    """A container that uses a quarter of a core; a second passes with each reading."""

    at: float = 0

    async def read(self, containers: Iterable[str]) -> dict[str, Reading]:
        self.at += 1
        return {name: Reading(ContainerUse(self.at / 4, 1024), self.at) for name in containers}


@dataclass
class Balancers:
    requests: int = 0

    async def report(self) -> Report:
        self.requests += 10
        counters = BalancerCounters()
        counters.group(f"{BALANCER.partition(':loadbalancer')[0]}:targetgroup/web/1").requests = self.requests
        return Report(1, {BALANCER: counters})


@dataclass
class Recorded:
    data: list[tuple[str, str, Datum]] = field(default_factory=list)

    def record(self, namespace: str, data: Sequence[Datum], *, region: str) -> None:
        self.data += [(region, namespace, item) for item in data]

    def of(self, namespace: str, name: str) -> list[Datum]:
        return [item for region, there, item in self.data if (region, there, item.name) == (REGION, namespace, name)]


@dataclass
class Harness:
    measuring: Measuring
    recorded: Recorded
    aws: Aws


@pytest.fixture
def harness(tmp_path: Path) -> Harness:
    store, aws, recorded = Store(tmp_path / "state.sqlite"), Aws(), Recorded()
    store.put("ecs.cluster", f"arn:aws:ecs:{REGION}:000000000000:cluster/main", {})
    context = ServiceContext(
        settings=InstanceSettings(home=tmp_path, minute=0.05),
        clock=SystemClock(),
        store=store,
        aws=aws,
        bus=EventBus(),
        faults=Faults(store, SystemClock()),
    )
    return Harness(Measuring(context, recorded, Balancers(), Meter()), recorded, aws)


async def test_use_is_known_from_the_second_round_on(harness: Harness) -> None:
    await harness.measuring.measure(60)
    assert harness.recorded.of("AWS/ECS", "CPUUtilization") == []
    await harness.measuring.measure(120)
    where = {"ClusterName": "main", "ServiceName": "web"}
    assert harness.recorded.of("AWS/ECS", "CPUUtilization") == [
        Datum("CPUUtilization", 120, {100.0: 1}, where, "Percent")
    ]


async def test_a_round_reports_what_was_counted_since_the_round_before(harness: Harness) -> None:
    await harness.measuring.measure(60)
    await harness.measuring.measure(120)
    counted = [dict(item.samples) for item in harness.recorded.of("AWS/ApplicationELB", "RequestCount")]
    assert counted == [{1: 10}] * 4


async def test_a_refused_call_ends_one_round_only(harness: Harness) -> None:
    harness.aws.refuses = True
    await harness.measuring.measure(60)
    harness.aws.refuses = False
    await harness.measuring.measure(120)
    await harness.measuring.measure(180)
    assert [item.at for item in harness.recorded.of("AWS/ECS", "CPUUtilization")] == [180]
    assert [item.at for item in harness.recorded.of("AWS/ApplicationELB", "RequestCount")][::2] == [60, 120, 180]


async def test_rounds_come_one_a_minute_each_with_a_minute_of_its_own(harness: Harness) -> None:
    await harness.measuring.start()
    for _ in range(1000):
        if len(harness.recorded.of("AWS/ECS", "CPUUtilization")) >= 3:
            break
        await asyncio.sleep(0.01)
    await harness.measuring.stop()
    times = [item.at for item in harness.recorded.of("AWS/ECS", "CPUUtilization")]
    assert len(times) >= 3
    assert len(set(times)) == len(times)


@pytest.mark.parametrize(("now", "at"), [(120, 120), (167.9, 120), (168, 180), (179, 180)])
def test_a_round_that_is_late_is_left_to_the_next_minute(now: float, at: float) -> None:
    assert beginning(now, 60) == at
