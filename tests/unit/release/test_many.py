"""A release of many services: how many calls a look at them takes."""

from collections import Counter
from dataclasses import replace
from itertools import pairwise

from tagship.base.fakes import Call
from tagship.release.records.verdict import Verdict
from tests.unit.release.harness import INFRASTRUCTURE, Shop, asking, environment_manifest, place

NAMES = [f"s{number:02}" for number in range(31)]


def crowd() -> Shop:
    services = "".join(f"  {name}: {{port: 8000, paths: [/{name}/*]}}\n" for name in NAMES)
    shop = Shop(
        manifest=environment_manifest(f"app: shop\nregion: eu-central-1\nservices:\n{services}"),
        infrastructure=replace(INFRASTRUCTURE, services={name: place(name, 8000) for name in NAMES}),
    )
    for name in NAMES:
        bootstrap = {"family": f"shop-local-{name}", "containerDefinitions": [{"name": name, "image": "bootstrap"}]}
        shop.ecs.create_service("shop-local", name, bootstrap)
    return shop


def test_a_look_asks_for_ten_target_groups_and_every_service_gets_its_turn() -> None:
    shop = crowd()
    shop.ecs.plots["v1.0.0"] = ("PENDING", *("IN_PROGRESS",) * 12, "SUCCESSFUL")
    asked: list[tuple[float, str]] = []

    def target_health(looking: Call, group: str) -> object:
        asked.append((shop.clock.elapsed, group))
        return looking(group)

    shop.elb.on("target_health", target_health)
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    looks = Counter(when for when, _ in asked)
    assert max(looks.values()) == 11  # the last look at the gatekeeper, and at once the first at the others
    assert {group for _, group in asked} == {place(name, 8000).target_group_arn for name in NAMES}
    times = sorted(looks)
    assert max(later - earlier for earlier, later in pairwise(times)) < 4
