"""Whatever the world, and however a release goes: when it is over, its plan is empty, or what was before serves."""

from dataclasses import dataclass, replace

from hypothesis import example, given
from hypothesis import strategies as st

from tagship.aws.fakes import BREAKER, Plot
from tagship.aws.scaling import Bounds
from tagship.base.events import Event
from tagship.infra.outputs import Infrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.release.context import ReleaseOptions
from tagship.release.records.ledger import LEASE
from tagship.release.records.verdict import Verdict
from tests.unit.release.harness import INFRASTRUCTURE, Shop, asking, environment_manifest, place

BY_HAND: Plot = ("IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
SLOW: Plot = ("PENDING", *("IN_PROGRESS",) * 5, "SUCCESSFUL")
LATE: Plot = (*("IN_PROGRESS",) * 6, "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
"""Taken back when it had served, while old tasks drained."""

PLOTS = (SLOW, BREAKER, BY_HAND, LATE)


@dataclass(frozen=True)
class World:
    """An app, and what becomes of its next version.

    Args:
        after: what each service waits for, by its place; only services before it, so that there is no circle.
        migrating: services with a migration, and whether it contracts.
        released: whether a version is there already.
        plots: how the rollouts of the next version go, by service; those not named go well.
        failing: whether the migrations of the next version fail.
    """

    after: tuple[tuple[int, ...], ...]
    migrating: dict[int, bool]
    released: bool
    plots: dict[int, Plot]
    failing: bool

    @property
    def manifest(self) -> EnvironmentManifest:
        lines = ["app: shop", "region: eu-central-1", "services:"]
        for number, names in enumerate(self.after):
            waits = ", ".join(f"s{name}" for name in sorted(set(names)))
            lines += [f"  s{number}:", "    port: 8000", f"    paths: [/s{number}/*]", f"    after: [{waits}]"]
            if number in self.migrating:
                kind = "contract" if self.migrating[number] else "expand"
                lines.append(f"    migrate: {{command: [migrate, up], kind: {kind}}}")
        return environment_manifest("\n".join(lines))

    @property
    def infrastructure(self) -> Infrastructure:
        services = {f"s{number}": place(f"s{number}", 8000) for number in range(len(self.after))}
        return replace(INFRASTRUCTURE, services=services)

    def shop(self) -> Shop:
        """With the version before, and with what is to happen to the next."""
        shop = Shop(manifest=self.manifest, infrastructure=self.infrastructure)
        for name, found in self.infrastructure.services.items():
            bootstrap = {"family": found.task_family, "containerDefinitions": [{"name": name, "image": "bootstrap"}]}
            shop.ecs.create_service("shop-local", name, bootstrap)
            shop.scaling.targets[name] = Bounds(0, 4)
        if self.released:
            assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
        for number, plot in self.plots.items():
            if number < len(self.after):
                shop.ecs.plots[f"s{number}-v1.1.0"] = plot
        shop.ecs.exit_codes["migrate"] = 1 if self.failing else 0
        return shop


@st.composite
def worlds(draw: st.DrawFn) -> World:
    size = draw(st.integers(1, 5))
    services = range(size)
    after = tuple(tuple(draw(st.sets(st.sampled_from(services[:n]), max_size=2))) if n else () for n in services)
    return World(
        after=after,
        migrating=draw(st.dictionaries(st.sampled_from(services), st.booleans(), max_size=2)),
        released=draw(st.booleans()),
        plots=draw(st.dictionaries(st.sampled_from(services), st.sampled_from(PLOTS), max_size=2)),
        failing=draw(st.booleans()),
    )


def empty(shop: Shop, version: str) -> bool:
    """Whether there is nothing left to do for this version."""
    return shop.deployer().deploy(asking(version, dry_run=True)).plan.empty


def bounded(shop: Shop) -> bool:
    """Whether Terraform, too, has nothing left to do: scaling has the lower bound of the manifest."""
    return set(shop.scaling.targets.values()) == {Bounds(1, 4)}


def mend(shop: Shop) -> None:
    shop.ecs.plots.clear()
    shop.ecs.exit_codes.clear()


def ships(shop: Shop, version: str) -> None:
    """It is released, and then there is nothing left to do."""
    again = shop.deployer().deploy(asking(version))
    for _ in shop.infrastructure.services:
        if again.verdict is Verdict.ROLLED_BACK:  # a rollout that was begun broken ends so, and is watched to its end
            again = shop.deployer().deploy(asking(version))
    assert again.plan.empty or again.verdict is Verdict.RELEASED
    assert empty(shop, version)


@given(worlds())
def test_after_a_release_that_serves_its_plan_is_empty(world: World) -> None:
    shop = world.shop()
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is not None
    assert empty(shop, "v1.1.0") == outcome.verdict.good
    assert not outcome.verdict.good or bounded(shop)


@given(worlds())
def test_after_a_release_that_failed_the_plan_of_the_version_before_is_empty_unless_a_migration_contracted(
    world: World,
) -> None:
    shop = world.shop()
    verdict = shop.deployer().deploy(asking("v1.1.0")).verdict
    assert verdict is not None
    if world.released and not verdict.good and not any(world.migrating.values()):
        assert empty(shop, "v1.0.0")


@given(worlds())
def test_what_failed_goes_well_when_it_is_mended_and_then_there_is_nothing_left_to_do(world: World) -> None:
    shop = world.shop()
    shop.deployer().deploy(asking("v1.1.0"))
    mend(shop)
    ships(shop, "v1.1.0")
    assert bounded(shop)
    shop.ecs.calls.clear()
    shop.deployer().deploy(asking("v1.1.0"))
    assert shop.ecs.calls == []


# Both while it is looked at what users get after the end: the record must not stay open until its lease ends.
@example(World(((),), {}, released=False, plots={0: BREAKER}, failing=False), 19)
@example(World(((),), {}, released=False, plots={0: LATE}, failing=False), 26)
@given(worlds(), st.integers(1, 40))
def test_after_an_interruption_anywhere_the_rest_is_done_by_going_on_or_by_the_next_release(
    world: World, events: int
) -> None:
    shop = world.shop()
    left = events

    def press(_: Event) -> None:
        nonlocal left
        left -= 1
        if left == 0:
            raise KeyboardInterrupt

    deployer = shop.deployer()
    try:
        with deployer._doors.events.listening(press):
            deployer.deploy(replace(asking("v1.1.0"), options=ReleaseOptions(60)))
    except KeyboardInterrupt:
        shop.ledger.require_free()
    shop.clock.sleep(LEASE.total_seconds())
    mend(shop)
    ships(shop, "v1.1.0")
    assert bounded(shop)
