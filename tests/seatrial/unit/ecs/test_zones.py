"""A task lies in the zone of its subnet, and tasks are spread over the zones."""

from ipaddress import IPv4Network
from typing import Any

import pytest

from seatrial.services.ecs.containers.networks import upper_address
from seatrial.services.ecs.zones import Place, network_of, spread
from tests.seatrial.unit.ecs.harness import Harness

A, B, C = (Place(f"eu-west-1{letter}", f"subnet-{letter}") for letter in "abc")
TWO = {"awsvpcConfiguration": {"subnets": ["subnet-b", "subnet-a"]}}
ZONES = {"subnet-a": "eu-west-1a", "subnet-b": "eu-west-1b"}


@pytest.mark.parametrize(
    ("there", "count", "zones"),
    [
        ("", 1, "a"),
        ("", 2, "ab"),
        ("", 5, "abcab"),
        ("a", 2, "bc"),
        ("aab", 3, "cbc"),
        ("zz", 1, "a"),
        ("", 0, ""),
    ],
)
def test_each_new_task_lies_in_the_zone_with_the_fewest(there: str, count: int, zones: str) -> None:
    found = spread((C, A, B), [f"eu-west-1{letter}" for letter in there], count)
    assert "".join(place.zone[-1] for place in found) == zones


def test_the_subnets_of_one_zone_take_turns() -> None:
    other = Place(A.zone, "subnet-other")
    assert spread((A, other), (), 4) == [A, other, A, other]


def test_nothing_starts_in_a_lost_zone_and_nothing_at_all_where_every_zone_is_lost() -> None:
    assert spread((A, B), (B.zone, B.zone), 2, {A.zone}) == [B, B]
    assert spread((A, B), (), 2, {A.zone, B.zone}) == []


@pytest.mark.parametrize(("zone", "network"), [("a", "n"), ("b", "n-b"), ("c", "n"), ("d", "n-b"), ("", "n")])
def test_of_two_networks_the_letter_says_which_and_of_one_there_is_no_choice(zone: str, network: str) -> None:
    assert network_of(f"eu-west-1{zone}" if zone else "", ("n", "n-b")) == network
    assert network_of(f"eu-west-1{zone}", ("n",)) == "n"


def lies(task: dict[str, Any]) -> tuple[str, str]:
    (attachment,) = task["attachments"]
    (subnet,) = (detail["value"] for detail in attachment["details"] if detail["name"] == "subnetId")
    return task["availabilityZone"], subnet


def test_the_way_to_the_other_zone_has_a_free_address_of_the_upper_half() -> None:
    network = IPv4Network("10.0.0.0/28")
    assert upper_address(network, 0, ()) == "10.0.0.8"
    assert upper_address(network, 6, ("10.0.0.14", "10.0.0.8")) == "10.0.0.9"
    assert upper_address(network, 0, {str(address) for address in network}) is None


async def test_a_service_is_spread_over_the_zones_of_its_subnets(ecs: Harness) -> None:
    ecs.aws.subnets = ZONES
    await ecs.create(4, networkConfiguration=TWO)
    await ecs.until(lambda found: found["runningCount"] == 4)
    assert sorted(lies(task) for task in await ecs.tasks()) == [
        *[("eu-west-1a", "subnet-a")] * 2,
        *[("eu-west-1b", "subnet-b")] * 2,
    ]
    asked = [params for operation, params in ecs.aws.calls if operation == "DescribeSubnets"]
    assert len(asked) == 1


async def test_tasks_that_are_run_are_spread_too(ecs: Harness) -> None:
    ecs.aws.subnets = ZONES
    await ecs.call("CreateCluster")
    definition = await ecs.register()
    answer = await ecs.call(
        "RunTask", taskDefinition=definition, launchType="FARGATE", networkConfiguration=TWO, count=3
    )
    assert sorted(task["availabilityZone"] for task in answer["tasks"]) == ["eu-west-1a", "eu-west-1a", "eu-west-1b"]
