"""The price list holds together: each number has a source, and no region lacks what an environment is made of."""

from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tagship.cost.estimate import estimate
from tagship.cost.inputs import CostInputs, Database, Tasks
from tagship.cost.prices import FALLBACK, NOT_CONFIRMED, document, prices_in

REGIONS = ("us-east-1", "eu-central-1", "eu-west-1", "ap-northeast-2", "ap-northeast-1")


def numbers(value: Any) -> Iterator[Mapping[str, Any]]:  # noqa: ANN401 - JSON
    if isinstance(value, dict):
        if "usd" in value:
            yield value
        for each in value.values():
            yield from numbers(each)


def everything(region: str) -> CostInputs:
    return CostInputs(
        region=region,
        nat_gateways=2,
        public_addresses=3,
        tasks=(Tasks("api", 256, 512, 2, 4),),
        database=Database("db.r7g.large", 2),
        endpoints=4,
        firewalls=(7,),
        alarms=20,
        secrets=3,
        keys=1,
        hosted_zones=1,
        vpn="t4g.nano",
        vpn_disk=8,
        edge=True,
        site=True,
        traffic=True,
    )


def test_every_price_has_a_source_that_the_list_explains() -> None:
    sources = document()["sources"]

    assert {each["source"] for each in numbers(document()["regions"])} <= sources.keys()
    assert {each["source"] for each in numbers(document()["everywhere"])} <= sources.keys()
    assert [
        each
        for each in numbers(document())
        if each["source"] not in (NOT_CONFIRMED, "proportional") and not each.get("detail")
    ] == []


def test_no_class_is_priced_that_the_manifest_refuses() -> None:
    assert [name for region in REGIONS for name in prices_in(region).found if name.startswith("aurora/db.t")] == []


def test_the_regions_are_there() -> None:
    assert tuple(document()["regions"]) == REGIONS


@pytest.mark.parametrize("region", REGIONS)
def test_a_region_has_a_price_for_everything(region: str) -> None:
    found = estimate(everything(region))

    assert [line.what for line in found.lines if line.monthly is None] == []
    assert not any("these are the prices of" in note for note in found.notes)


def test_another_region_is_priced_like_the_fallback() -> None:
    assert prices_in("mars-north-1") == prices_in(FALLBACK)
    assert estimate(everything("mars-north-1")).fixed == estimate(everything(FALLBACK)).fixed
