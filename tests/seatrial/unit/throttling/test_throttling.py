from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.faults.kinds import Order
from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.fakes import ManualClock
from seatrial.services.throttling import create
from seatrial.services.throttling.service import Throttling

LIST = AwsRequest("POST", "/", service="ecs", operation="ListClusters", region="eu-west-1", account_id="1" * 12)


@dataclass
class House:
    throttling: Throttling
    faults: Faults
    clock: ManualClock = field(default_factory=ManualClock)

    def passed(self, request: AwsRequest, count: int) -> int:
        """How many of so many calls at once are let through."""
        return sum(not self.throttling.claims(request) for _ in range(count))


@pytest.fixture
def house(tmp_path: Path) -> House:
    clock, store = ManualClock(), Store(tmp_path / "state.sqlite")
    faults = Faults(store, clock)
    settings = InstanceSettings(home=tmp_path)
    context = ServiceContext(settings, clock, store, aws=None, bus=EventBus(), faults=faults)  # type: ignore[arg-type]
    return House(create(context), faults, clock)


def test_a_burst_passes_and_then_what_the_bucket_regains(house: House) -> None:
    assert house.passed(LIST, 80) == 50
    house.clock.sleep(1)
    assert house.passed(LIST, 80) == 20


def test_operations_of_a_group_share_their_bucket(house: House) -> None:
    assert house.passed(LIST, 30) == 30
    assert house.passed(replace(LIST, operation="DescribeClusters"), 30) == 20


@pytest.mark.parametrize(
    "other",
    [
        replace(LIST, account_id="2" * 12),
        replace(LIST, region="us-east-1"),
        replace(LIST, operation="DescribeServices"),
    ],
)
def test_each_account_region_and_group_has_a_bucket_of_its_own(house: House, other: AwsRequest) -> None:
    house.passed(LIST, 60)
    assert house.passed(other, 10) == 10


@pytest.mark.parametrize(
    "free",
    [
        replace(LIST, in_process=True),
        replace(LIST, operation="StopServiceDeployment"),
        replace(LIST, service="s3", operation=""),
    ],
)
def test_our_own_services_and_what_has_no_quota_are_never_held_up(house: House, free: AwsRequest) -> None:
    assert house.passed(free, 500) == 500


async def test_one_too_many_is_told_so_in_awss_words(house: House) -> None:
    request = replace(LIST, headers={"x-amz-target": "AmazonEC2ContainerServiceV20141113.ListClusters"})
    answer = await house.throttling.handle(request)
    assert (answer.status, answer.json()) == (400, {"__type": "ThrottlingException", "message": "Rate exceeded"})
    answer = await house.throttling.handle(replace(LIST, service="elasticloadbalancing", headers={}))
    assert b"<Code>ThrottlingException</Code><Message>Rate exceeded</Message>" in answer.body


def test_another_caller_takes_its_share_of_ecs_until_its_time_is_over(house: House) -> None:
    house.faults.set(Order("throttle", share=0.5, lasts=60))
    assert house.passed(LIST, 20) == 10
    assert house.passed(replace(LIST, service="elasticloadbalancing", operation="DescribeTargetHealth"), 20) == 20
    assert house.passed(replace(LIST, in_process=True), 20) == 20
    house.clock.sleep(60)
    assert house.passed(LIST, 20) == 20
