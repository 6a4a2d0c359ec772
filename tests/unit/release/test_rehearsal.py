from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import pytest

from tagship.aws.fakes import BREAKER
from tagship.base.errors import LeaseHeld, NotReady, Refused
from tagship.base.fakes import Call
from tagship.probe import PHASES, Answer, Probe, ProbeReport, report
from tagship.release.events import RehearsalBegan
from tagship.release.records.record import draft_record
from tagship.release.records.verdict import Verdict
from tagship.release.rehearsal.rehearse import VARIABLE, Rehearser
from tagship.release.rehearsal.result import Rehearsed, judge
from tagship.release.rehearsal.scenario_names import NAMES
from tagship.release.rehearsal.scenarios import Scenario, scenarios
from tests.unit.release.harness import MANIFEST, Shop, asking, dead_task, environment_manifest


@dataclass
class ShopFaults:
    """Faults that let the shop's deployments fail as they are told to."""

    shop: Shop
    plots: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    given: list[Mapping[str, Any]] = field(default_factory=list)
    now: dict[str, str] = field(default_factory=dict)
    kills: int = 0

    def set(self, order: Mapping[str, Any]) -> str:
        self.given.append(order)
        identity = str(len(self.given))
        self.now[identity] = order["kind"]
        if plot := self.plots.get(order["kind"]):
            self.shop.ecs.plots["api-v1.0.0"] = plot
        return identity

    def clear(self, identity: str) -> None:
        self.now.pop(identity, None)
        self.shop.ecs.plots.clear()

    def count(self) -> int:
        return len(self.now)

    def kill(self) -> None:
        self.kills += 1


class ContentUsers:
    """A probe whose requests are all answered."""

    def __init__(self) -> None:
        self.phases: list[str] = []

    def start(self) -> None:
        self.mark("before")

    def mark(self, phase: str) -> None:
        self.phases.append(phase)

    def stop(self) -> ProbeReport:
        return report("http://shop.example/", [Answer(phase, 0.01) for phase in PHASES])


def released(**plots: tuple[str, ...]) -> tuple[Shop, ShopFaults, Rehearser]:
    """A shop whose v1.0.0 serves."""
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    faults = ShopFaults(shop, {name.replace("_", "-"): plot for name, plot in plots.items()})
    return shop, faults, rehearser_of(shop, faults)


def rehearser_of(shop: Shop, faults: ShopFaults, probe: Callable[[], Probe] = ContentUsers) -> Rehearser:
    return Rehearser(
        shop.doors,
        shop.ledger,
        infrastructure=lambda: shop.infrastructure,
        manifest=shop.manifest,
        faults=faults,
        probe=probe,
    )


def test_a_rehearsal_ships_the_serving_image_with_a_variable_and_puts_the_release_back() -> None:
    shop, faults, rehearser = released()
    before = (shop.revision_of("api"), shop.revision_of("worker"))
    builds = len(shop.builder.requests)
    done = rehearser.rehearse("ann@desk", ("nothing",))
    assert done.good
    assert [(result.verdict, result.live) for result in done.results] == [(Verdict.RELEASED, "new")]
    assert (shop.revision_of("api"), shop.revision_of("worker")) == before
    shipped = shop.ecs.revision("shop-local-api").definition["containerDefinitions"][0]
    assert {"name": VARIABLE, "value": "2-nothing"} in shipped["environment"]
    assert len(shop.builder.requests) == builds
    assert faults.given == []


def test_a_port_that_the_manifest_has_got_since_is_put_back_as_well() -> None:
    shop, faults, _ = released()
    shop.ecs._services["api"] = replace(shop.ecs.service("shop-local", "api"), port=8000)
    shop.manifest = environment_manifest(MANIFEST.replace("8000", "8080"))
    assert rehearser_of(shop, faults).rehearse("ann@desk", ("nothing",)).restored
    assert shop.ecs.service("shop-local", "api").port == 8000


def test_a_fault_is_set_for_each_service_of_the_app_and_for_nobody_else_and_cleared() -> None:
    shop, faults, rehearser = released(crash=BREAKER)
    good = shop.revision_of("api")
    rehearser.rehearse("ann@desk", ("crash",))
    arns = [shop.ecs.service("shop-local", name).arn for name in ("api", "worker")]
    assert [order["service"] for order in faults.given] == arns
    assert faults.now == {}
    assert shop.revision_of("api") == good


def test_a_rollback_with_the_right_cause_is_as_it_should_be() -> None:
    shop, _, rehearser = released(out_of_memory=BREAKER)
    dead = dead_task("api", "", reason="OutOfMemoryError: Container killed due to memory usage")
    broken = "arn:aws:ecs:eu-central-1:111122223333:task-definition/shop-local-api:3"
    shop.ecs.dead["api"] = [replace(dead, task_definition=broken, started_by="ecs-svc/5")]
    (result,) = rehearser.rehearse("ann@desk", ("out-of-memory",)).results
    assert (result.verdict, result.causes, result.live, result.wrong) == (
        Verdict.ROLLED_BACK,
        ("out-of-memory",),
        "old",
        (),
    )


def test_a_rehearsal_is_no_release_and_never_serves() -> None:
    shop, _, rehearser = released()
    rehearser.rehearse("ann@desk", ("nothing",))
    newest, serving = shop.ledger.newest(), shop.ledger.serving()
    assert newest is not None
    assert serving is not None
    assert (newest.kind, newest.number, serving.number) == ("rehearsal", 2, 1)
    assert shop.deployer().deploy(asking("v1.0.0")).plan.empty


def test_the_embedded_aws_is_killed_once_the_services_are_updated() -> None:
    _, faults, rehearser = released()
    rehearser.rehearse("ann@desk", ("kill",))
    assert faults.kills == 1


def test_ctrl_c_ends_the_rehearsals_and_everything_is_put_back() -> None:
    shop, faults, _ = released()
    good = shop.revision_of("api")
    over: list[bool] = []

    def press(looking: Call, group: str) -> object:
        if not over:
            raise KeyboardInterrupt
        return looking(group)

    shop.elb.on("target_health", press)

    class Once(ContentUsers):
        def stop(self) -> ProbeReport:
            over.append(True)
            return super().stop()

    rehearser = rehearser_of(shop, faults, probe=Once)
    done = rehearser.rehearse("ann@desk", ("throttle", "crash"))
    assert (done.interrupted, done.restored, done.good) == (True, True, False)
    assert faults.now == {}
    assert shop.revision_of("api") == good
    assert [event.name for event in shop.heard(RehearsalBegan)] == ["crash"]
    newest = shop.ledger.newest()
    assert newest is not None
    assert newest.verdict == "cancelled"


def test_without_a_release_there_is_nothing_to_rehearse_with() -> None:
    shop = Shop()
    with pytest.raises(NotReady, match="No release is live"):
        rehearser_of(shop, ShopFaults(shop)).rehearse("ann@desk")


def test_faults_that_somebody_has_set_are_left_alone() -> None:
    shop, faults, rehearser = released()
    faults.set({"kind": "crash"})
    with pytest.raises(Refused, match="1 faults are set already") as caught:
        rehearser.rehearse("ann@desk")
    assert caught.value.hint == "tagship local fault clear"
    assert len(shop.ledger.records()) == 1


def test_a_release_that_runs_is_not_disturbed() -> None:
    shop, faults, rehearser = released()
    with shop.ledger.turn(draft_record("deploy", "v2.0.0", "abc", "ben")), pytest.raises(LeaseHeld):
        rehearser.rehearse("ann@desk")
    assert faults.given == []


def test_the_names_are_those_of_the_scenarios() -> None:
    assert tuple(scenario.name for scenario in scenarios(environment_manifest())) == NAMES


GOOD = Rehearsed("crash", "", Verdict.ROLLED_BACK, ("crash",), live="old")
CRASH = Scenario("crash", "", causes=frozenset({"crash"}))


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({}, []),
        (
            {"verdict": Verdict.RELEASED, "causes": (), "live": "new"},
            ["the verdict is `released`, not `rolled back by ECS`"],
        ),
        ({"causes": ("unknown",)}, ["the cause is `unknown`"]),
        ({"causes": ()}, ["no cause was named"]),
        ({"failed": 3}, ["3 requests failed"]),
        ({"live": "both"}, ["the both version is live"]),
    ],
)
def test_what_is_not_as_it_should_be_is_said(changes: Mapping[str, Any], says: list[str]) -> None:
    assert judge(CRASH, replace(GOOD, **changes), 0) == says


def test_requests_that_fail_when_it_is_over_are_never_right() -> None:
    assert judge(replace(CRASH, unharmed=False), replace(GOOD, failed=2), 2) == ["2 requests failed after it had ended"]
