"""The lower bound of scaling comes with a service's first task, and only then; what serves never fails of it."""

from dataclasses import replace

import pytest

from tagship.aws.elb import TargetHealth
from tagship.aws.fakes import BREAKER
from tagship.aws.scaling import Bounds
from tagship.base.errors import AwsDenied
from tagship.manifest.service import Service
from tagship.release.events import LowerBound
from tagship.release.planning.plan import lacks_lower_bound
from tagship.release.planning.steps import AwaitDrain, SetMinCapacity, WatchRollouts
from tagship.release.records.verdict import Verdict
from tagship.release.rollback import RollbackRequest
from tests.unit.release.harness import MANIFEST, WHO, Shop, asking, environment_manifest
from tests.unit.release.test_manual import manual_of
from tests.unit.release.test_rehearsal import ShopFaults, rehearser_of

NEVER_RELEASED = Bounds(0, 4)
NO_TASKS_AT_NIGHT = """
    scaling:
      schedule:
        - {name: night, cron: "0 22 * * ? *", min: 0, max: 1}
        - {name: morning, cron: "0 7 * * ? *", min: 1, max: 4}
"""
FEWER_AT_NIGHT = NO_TASKS_AT_NIGHT.replace("min: 0, max: 1", "min: 1, max: 2")
NEVER = "\n    scaling: false\n"


def shop_of(*versions: str, api: Bounds = NEVER_RELEASED) -> Shop:
    shop = Shop()
    shop.scaling.targets["api"] = api
    for version in versions:
        assert shop.deployer().deploy(asking(version)).verdict is Verdict.RELEASED
    return shop


def steps_of(shop: Shop, version: str) -> list[SetMinCapacity]:
    plan = shop.deployer().deploy(asking(version, dry_run=True)).plan
    return [step for step in plan.steps if isinstance(step, SetMinCapacity)]


def let_be_healthy(shop: Shop, tasks: int) -> None:
    shop.elb.targets = [TargetHealth(f"10.0.0.{number}:8000", "healthy", "", "") for number in range(tasks)]


FIXED, MOVING = "{desired: 2, min: 2, max: 2}", "{desired: 2, min: 2, max: 4}"
SERVICES = {
    "moving": f"count: {MOVING}\n",
    "fixed": f"count: {FIXED}\n",
    "never scaled": f"count: {MOVING}{NEVER}",
    "fixed, fewer at night": f"count: {FIXED}{FEWER_AT_NIGHT}",
    "moving, fewer at night": f"count: {MOVING}{FEWER_AT_NIGHT}",
    "moving, none at night": f"count: {MOVING}{NO_TASKS_AT_NIGHT}",
}


@pytest.mark.parametrize(
    ("service", "bounds", "starting"),
    [
        ("moving", Bounds(0, 4), True),
        ("moving", Bounds(1, 4), True),
        ("moving", Bounds(0, 4), False),
        ("fixed, fewer at night", Bounds(0, 2), True),
        ("moving, fewer at night", Bounds(0, 4), False),
        ("moving, none at night", Bounds(0, 4), True),
    ],
)
def test_a_lower_bound_is_missing(service: str, bounds: Bounds, starting: bool) -> None:  # noqa: FBT001 - a table
    assert lacks_lower_bound(service_of(service), bounds, starting=starting)


@pytest.mark.parametrize(
    ("service", "bounds", "starting"),
    [
        ("moving", None, True),
        ("moving", Bounds(2, 4), True),
        ("moving", Bounds(3, 4), True),
        ("moving", Bounds(0, 1), True),
        ("moving", Bounds(1, 4), False),
        ("fixed", Bounds(0, 2), True),
        ("never scaled", Bounds(0, 4), True),
        ("moving, fewer at night", Bounds(1, 4), False),
        ("moving, none at night", Bounds(0, 4), False),
    ],
)
def test_no_lower_bound_is_missing(service: str, bounds: Bounds | None, starting: bool) -> None:  # noqa: FBT001 - a table
    assert not lacks_lower_bound(service_of(service), bounds, starting=starting)


def service_of(kind: str) -> Service:
    text = MANIFEST.replace("count: {desired: 2, min: 1, max: 4}\n", SERVICES[kind])
    return environment_manifest(text).services["api"]


def test_the_first_release_sets_it_when_everything_serves_and_before_old_tasks_are_waited_for() -> None:
    shop = shop_of()
    plan = shop.deployer().deploy(asking("v1.0.0", dry_run=True)).plan
    last = [type(stage[0]) for stage in plan.stages][-3:]
    assert last == [WatchRollouts, SetMinCapacity, AwaitDrain]
    assert shop.scaling.targets["api"] == NEVER_RELEASED
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    assert shop.scaling.targets == {"api": Bounds(1, 4)}
    assert shop.heard(LowerBound) == [LowerBound("api", 1)]


def test_later_releases_leave_bounds_alone() -> None:
    shop = shop_of("v1.0.0", api=Bounds(0, 4))
    shop.scaling.targets["api"] = Bounds(3, 9)
    assert steps_of(shop, "v1.1.0") == []
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED
    assert shop.scaling.targets["api"] == Bounds(3, 9)


def test_a_first_release_that_fails_sets_none() -> None:
    shop = shop_of()
    shop.ecs.plots["v1.0.0"] = BREAKER
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.DOWN
    assert shop.scaling.targets["api"] == NEVER_RELEASED


def test_what_a_run_that_was_cut_off_has_left_is_done_by_the_same_version_again() -> None:
    shop = shop_of("v1.0.0")
    shop.scaling.targets["api"] = NEVER_RELEASED
    assert steps_of(shop, "v1.0.0") == [SetMinCapacity("api", 1)]
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    assert shop.scaling.targets["api"] == Bounds(1, 4)
    assert shop.deployer().deploy(asking("v1.0.0")).plan.empty


def test_a_service_without_tasks_is_given_some_and_its_bound_by_any_release() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.scale("shop-local", "api", 0)
    shop.scaling.targets["api"] = NEVER_RELEASED
    assert steps_of(shop, "v1.0.0") == steps_of(shop, "v1.1.0") == [SetMinCapacity("api", 1)]
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    assert shop.ecs.service("shop-local", "api").desired == 2


def test_a_missing_permission_is_told_and_the_release_serves() -> None:
    shop = shop_of()
    shop.scaling.refuses = AwsDenied("AWS refused `DescribeScalableTargets`", code="AccessDeniedException")
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    assert shop.heard(LowerBound) == [
        LowerBound(name, 1, refused="AWS refused `DescribeScalableTargets`") for name in ("api", "worker")
    ]
    assert shop.deployer().deploy(asking("v1.0.0")).plan.empty
    shop.scaling.refuses = None
    assert steps_of(shop, "v1.0.0") == [SetMinCapacity("api", 1)]


def test_a_rollback_gives_no_tasks_and_so_leaves_bounds_alone() -> None:
    shop = shop_of("v1.0.0", "v1.1.0")
    shop.scaling.refuses = AwsDenied("nobody asks")
    assert shop.rollbacker().roll_back(RollbackRequest(WHO)).verdict is Verdict.RELEASED
    assert shop.heard(LowerBound) == [LowerBound("api", 1)]


def test_a_rehearsal_sets_it_where_it_starts_the_first_tasks() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.scale("shop-local", "api", 0)
    shop.scaling.targets["api"] = NEVER_RELEASED
    assert rehearser_of(shop, ShopFaults(shop)).rehearse(WHO, ("nothing",)).good
    assert shop.scaling.targets["api"] == Bounds(1, 4)


def test_tasks_given_by_hand_to_a_service_without_any_bring_it() -> None:
    shop = shop_of("v1.0.0", api=Bounds(0, 4))
    shop.ecs.scale("shop-local", "api", 0)
    shop.scaling.targets["api"] = NEVER_RELEASED
    let_be_healthy(shop, 2)
    assert manual_of(shop).scale("api", 2, beyond=False, patience=60).done
    assert shop.scaling.targets["api"] == Bounds(1, 4)


@pytest.mark.parametrize(("before", "count", "least"), [(0, 1, 2), (2, 3, 2)])
def test_a_hand_starts_no_more_tasks_than_it_asks_for_and_bounds_nothing_that_runs(
    before: int, count: int, least: int
) -> None:
    text = MANIFEST.replace("{desired: 2, min: 1, max: 4}", f"{{desired: 2, min: {least}, max: 4}}")
    shop = replace(shop_of("v1.0.0"), manifest=environment_manifest(text))
    shop.ecs.scale("shop-local", "api", before)
    shop.scaling.targets["api"] = NEVER_RELEASED
    let_be_healthy(shop, count)
    assert manual_of(shop).scale("api", count, beyond=True, patience=60).done
    assert shop.scaling.targets["api"] == NEVER_RELEASED
