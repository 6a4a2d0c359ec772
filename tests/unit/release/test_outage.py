"""While users are not served, no verdict and no status says that a version is live."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tagship.aws.ecs_shapes import EcsService, Rollout, ServiceEvent
from tagship.aws.elb import TargetHealth
from tagship.aws.fakes import BREAKER, GIVEN_UP
from tagship.base.events import Event
from tagship.base.fakes import Call, Hooked
from tagship.probe import AFTER, BEFORE, DURING, Phase, ProbeReport
from tagship.release.context import ReleaseOptions
from tagship.release.events import RollbackBegan, Unanswered, Unhealthy
from tagship.release.health import Health, State, health_of
from tagship.release.planning.steps import UpdateService
from tagship.release.records.verdict import Verdict, as_users_get_it, final_verdict
from tagship.release.rollback import RollbackRequest
from tagship.release.status import Since, since
from tests.unit.release.harness import MANIFEST, WHO, Shop, asking, environment_manifest
from tests.unit.release.test_serving import DEPLOYMENT

UTC_NOON = datetime(2026, 1, 1, 12, tzinfo=UTC)


def shop_of(*versions: str) -> Shop:
    shop = Shop()
    for version in versions:
        assert shop.deployer().deploy(asking(version)).verdict is Verdict.RELEASED
    return shop


def goes_dark(shop: Shop, *services: str, healthy: int = 0) -> None:
    """From the moment at which ECS rolls back, so many tasks of these services are healthy."""

    def listen(event: Event) -> None:
        if isinstance(event, RollbackBegan):
            shop.elb.healthy.update(dict.fromkeys(services, healthy))

    shop.listeners.append(listen)


@pytest.mark.parametrize(
    ("healthy", "desired", "gave_up", "state"),
    [
        (2, 2, False, State.UP),
        (3, 2, False, State.UP),
        (1, 2, False, State.DEGRADED),
        (2, 2, True, State.DEGRADED),
        (0, 2, False, State.DOWN),
        (0, 2, True, State.DOWN),
        (0, 0, False, State.DOWN),
    ],
)
def test_a_service_is_as_its_healthy_tasks_are(
    healthy: int,
    desired: int,
    gave_up: bool,  # noqa: FBT001 - a row
    state: State,
) -> None:
    rollouts = (Rollout("ecs-svc/1", "PRIMARY", "r", desired, 0, 0, 0, "FAILED" if gave_up else "COMPLETED"),)
    service = EcsService("s", "api", "c", "r", desired, desired, 0, rollouts, ())
    targets = [TargetHealth(f"10.0.0.{number}:80", "healthy", "", "") for number in range(healthy)]
    sick = [TargetHealth("10.0.1.1:80", each, "", "") for each in ("unhealthy", "initial", "draining", "unused")]
    assert health_of("api", service, [*targets, *sick]).state is state


def test_a_service_to_which_no_rule_leads_says_so_and_is_no_releases_to_mend() -> None:
    service = EcsService("s", "api", "c", "r", 2, 2, 0, (), ())
    cut_off = [TargetHealth(f"10.0.0.{number}:80", "unused", "Target.NotInUse", "") for number in range(2)]
    found = health_of("api", service, cut_off)
    assert (found.state, found.unrouted) == (State.DOWN, True)
    assert found.says == ("0 of 2 tasks healthy: no rule of the load balancer forwards requests to them")
    stopping = [TargetHealth("10.0.0.1:80", "unused", "Target.InvalidState", ""), *cut_off]
    assert not health_of("api", service, stopping).unrouted
    assert not health_of("api", service, []).unrouted


def test_a_service_whose_schedule_allows_no_tasks_is_off_and_not_down() -> None:
    assert Health("api", 0, 0, may_rest=True).state is State.OFF
    assert Health("api", 0, 1, may_rest=True).state is State.DOWN


UP, DEGRADED, DOWN = State.UP, State.DEGRADED, State.DOWN


@pytest.mark.parametrize(
    ("verdict", "states", "answers", "told"),
    [
        (Verdict.RELEASED, (UP,), True, Verdict.RELEASED),
        (Verdict.RELEASED, (DEGRADED,), True, Verdict.RELEASED),
        (Verdict.RELEASED, (DOWN,), True, Verdict.DOWN),
        (Verdict.RELEASED, (UP,), False, Verdict.DOWN),
        (Verdict.STILL_DRAINING, (DOWN,), True, Verdict.DOWN),
        (Verdict.ROLLED_BACK, (UP,), True, Verdict.ROLLED_BACK),
        (Verdict.ROLLED_BACK, (UP, DEGRADED), True, Verdict.DEGRADED),
        (Verdict.ROLLED_BACK, (UP, DOWN), True, Verdict.DOWN),
        (Verdict.ROLLED_BACK, (UP,), False, Verdict.DOWN),
        (Verdict.PUT_BACK, (DEGRADED,), True, Verdict.DEGRADED),
        (Verdict.STOPPED, (DOWN,), True, Verdict.DOWN),
        (Verdict.TIMED_OUT, (DEGRADED,), True, Verdict.TIMED_OUT),
        (Verdict.TIMED_OUT, (DOWN,), True, Verdict.DOWN),
        (Verdict.SUPERSEDED, (DOWN,), True, Verdict.DOWN),
        (Verdict.DEGRADED, (UP,), True, Verdict.DEGRADED),
        (Verdict.DEGRADED, (DOWN,), True, Verdict.DOWN),
        (Verdict.ROLLED_BACK, (), True, Verdict.ROLLED_BACK),
    ],
)
def test_what_users_get_has_the_last_word(
    verdict: Verdict,
    states: tuple[State, ...],
    answers: bool,  # noqa: FBT001 - a row
    told: Verdict,
) -> None:
    assert as_users_get_it(verdict, states, answers=answers) is told


@pytest.mark.parametrize("reason", ["", "Service deployment rolled back because of a StopServiceDeployment request."])
def test_a_rollback_that_failed_is_not_called_rolled_back(reason: str) -> None:
    failed = replace(DEPLOYMENT, status="ROLLBACK_FAILED", rollback_reason=reason)
    assert final_verdict(failed, newer=False) is Verdict.DEGRADED


@pytest.mark.parametrize(
    ("plot", "healthy", "verdict", "code"),
    [
        (GIVEN_UP, 0, Verdict.DOWN, 17),
        (GIVEN_UP, 1, Verdict.DEGRADED, 18),
        (GIVEN_UP, 2, Verdict.DEGRADED, 18),
        (BREAKER, 0, Verdict.DOWN, 17),
        (BREAKER, 1, Verdict.DEGRADED, 18),
        (BREAKER, 2, Verdict.ROLLED_BACK, 11),
    ],
)
def test_a_release_that_ecs_took_back_ends_as_the_version_before_is(
    plot: tuple[str, ...], healthy: int, verdict: Verdict, code: int
) -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = plot
    goes_dark(shop, "api", healthy=healthy)
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert (outcome.verdict, outcome.verdict.exit_code if outcome.verdict else None) == (verdict, code)
    assert outcome.record is not None
    assert outcome.record.verdict == verdict.words
    assert {each.service for each in outcome.unwell} == ({"api"} if verdict is not Verdict.ROLLED_BACK else set())
    serving = shop.ledger.serving()
    assert serving is not None
    assert serving.version == "v1.0.0"


def test_a_task_that_is_being_replaced_when_the_rollback_ends_is_no_outage() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = BREAKER
    goes_dark(shop, "api", healthy=1)
    looks = []

    def healing(looking: Call, group: str) -> object:
        looks.append(group)
        if shop.elb.healthy and len(looks) > 12:
            shop.elb.healthy.clear()
        return looking(group)

    shop.elb.on("target_health", healing)
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.ROLLED_BACK


def test_a_release_that_touched_nothing_changes_no_verdict_and_tells_of_the_outage() -> None:
    shop = shop_of("v1.0.0")
    shop.elb.healthy["api"] = 0
    shop.standing.health_path = "/elsewhere"
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.FAILED_BEFORE_UPDATE
    assert [(each.service, each.state) for each in outcome.unwell] == [("api", State.DOWN)]
    assert [(event.service, event.state) for event in shop.heard(Unhealthy)] == [("api", "down")]


class Probe:
    """Sees as many failures as it is told, in each phase."""

    def __init__(self, **failed: int) -> None:
        self._failed = failed

    def start(self) -> None: ...

    def mark(self, phase: str) -> None: ...

    def stop(self) -> ProbeReport:
        phases = (Phase(name, 10, self._failed.get(name, 0), 1.0, 1.0, 1.0, ()) for name in (BEFORE, DURING, AFTER))
        return ProbeReport("http://shop.example/api/", tuple(phases))


@pytest.mark.parametrize(
    ("failed", "verdict", "told"),
    [
        ({}, Verdict.RELEASED, []),
        ({"after": 9}, Verdict.RELEASED, []),
        ({"after": 10}, Verdict.DOWN, [False]),
        ({"before": 10, "during": 10, "after": 10}, Verdict.RELEASED, [True]),
    ],
)
def test_a_front_door_that_answers_nothing_any_more_is_an_outage_although_targets_are_healthy(
    failed: dict[str, int], verdict: Verdict, told: list[bool]
) -> None:
    shop = shop_of("v1.0.0")
    request = replace(asking("v1.1.0"), options=ReleaseOptions(60, probe=Probe(**failed)))
    assert shop.deployer().deploy(request).verdict is verdict
    assert [event.before for event in shop.heard(Unanswered)] == told


def heals(shop: Shop) -> None:
    """As soon as ECS is told to start new tasks, they are healthy."""

    def updating(update: Call, cluster: str, name: str, change: object) -> object:
        shop.elb.healthy.pop(name, None)
        return update(cluster, name, change)

    shop.ecs.on("update_service", updating)


@pytest.mark.parametrize("plot", [BREAKER, GIVEN_UP])
def test_during_an_outage_the_same_version_is_deployed_again(plot: tuple[str, ...]) -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = plot
    goes_dark(shop, "api")
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.DOWN
    heals(shop)
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert [(step.service, step.again) for step in outcome.plan.steps if isinstance(step, UpdateService)] == [
        ("api", True)
    ]
    assert outcome.verdict is Verdict.RELEASED


@pytest.mark.parametrize("target", ["v1.0.0", None])
def test_during_an_outage_a_rollback_goes_to_the_version_that_was_live(target: str | None) -> None:
    shop = shop_of("v0.9.0", "v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = GIVEN_UP
    goes_dark(shop, "api")
    shop.deployer().deploy(asking("v1.1.0"))
    heals(shop)
    outcome = shop.rollbacker().roll_back(RollbackRequest(WHO, target))
    assert (outcome.plan.version, outcome.verdict) == ("v1.0.0", Verdict.RELEASED)


def test_a_service_that_ecs_is_still_bringing_up_is_left_to_it_and_told() -> None:
    shop = shop_of("v1.0.0")
    shop.elb.healthy["api"] = 1
    assert shop.deployer().deploy(asking("v1.0.0")).plan.empty
    assert [(event.service, event.state) for event in shop.heard(Unhealthy)] == [("api", "degraded")]


@pytest.mark.parametrize(
    ("healthy", "state", "code"), [({}, "up", 0), ({"api": 1}, "degraded", 18), ({"worker": 0, "api": 1}, "down", 17)]
)
def test_a_status_has_the_state_and_the_exit_code_of_the_worst_service(
    healthy: dict[str, int], state: str, code: int
) -> None:
    shop = shop_of("v1.0.0")
    shop.elb.healthy.update(healthy)
    found = shop.status_reader().read()
    assert (found.state, found.exit_code) == (state, code)
    assert [bool(service.why) for service in found.services] == [name in healthy for name in ("api", "worker")]


def test_a_status_asks_once_for_all_services_and_for_three_things_of_each() -> None:
    shop = shop_of("v1.0.0")
    asked: list[str] = []

    def listen(fake: Hooked, name: str) -> None:
        def hear(real: Call, *given: object) -> object:
            asked.append(name)
            return real(*given)

        fake.on(name, hear)

    for name in ("services", "revision", "newest_deployment"):
        listen(shop.ecs, name)
    listen(shop.elb, "target_health")
    for name in ("keys", "get"):
        listen(shop.s3, name)
    shop.status_reader().read()
    each = {"revision": 2, "newest_deployment": 2, "target_health": 2}
    assert Counter(asked) == {"services": 1, "keys": 1, "get": 1, **each}


def test_before_the_first_release_nothing_is_down() -> None:
    found = Shop().status_reader().read()
    assert ({service.state for service in found.services}, found.exit_code) == ({"not released"}, 0)


def test_a_service_scaled_to_nothing_is_down_unless_its_schedule_means_it() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.scale("shop-local", "api", 0)
    assert shop.status_reader().read().state == "down"
    entries = (
        '{name: night, cron: "0 22 * * ? *", min: 0, max: 1}',
        '{name: day, cron: "0 6 * * ? *", min: 1, max: 4}',
    )
    night = f"\n    scaling: {{schedule: [{', '.join(entries)}]}}\n"
    shop.manifest = environment_manifest(MANIFEST.replace("max: 4}\n", "max: 4}" + night))
    assert shop.status_reader().read().state == "up"


def said(minutes: int, message: str) -> ServiceEvent:
    return ServiceEvent(str(minutes), UTC_NOON + timedelta(minutes=minutes), f"(service api) {message}")


STEADY, ILL = said(1, "has reached a steady state."), said(5, "(task 1) is unhealthy in (target-group g)")
FAILED = replace(DEPLOYMENT, status="ROLLBACK_FAILED", finished_at=UTC_NOON)


@pytest.mark.parametrize(
    ("events", "known"),
    [
        ([said(9, "deployment failed"), ILL, said(3, "has started 2 tasks"), STEADY, said(0, "failed")], ILL),
        ([STEADY, ILL], None),
        ([], None),
        ([said(3, "has started 2 tasks"), STEADY], None),
    ],
)
def test_since_when_is_the_first_sign_of_trouble_after_the_last_steady_state(
    events: list[ServiceEvent], known: ServiceEvent | None
) -> None:
    assert since(events, None) == (Since(known.at, known.message) if known else None)


def test_without_such_an_event_it_is_the_end_of_the_rollback_that_failed() -> None:
    found = since([], FAILED)
    assert found is not None
    assert found.at == UTC_NOON
