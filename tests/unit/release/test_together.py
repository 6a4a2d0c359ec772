"""Several services in one release: order, migrations, failures, and one way back."""

from dataclasses import replace
from itertools import pairwise

import pytest

from tagship.aws.ecs_shapes import Task
from tagship.aws.fakes import BREAKER
from tagship.base.errors import AwsThrottled, MigrationFailed, Refused
from tagship.base.events import Event
from tagship.base.fakes import Call
from tagship.cli.narration import narrate
from tagship.release.context import Choice, ReleaseOptions
from tagship.release.events import Diagnosed, FailedFast, NotReverted, Reverting, RollbackBegan, StepStarted, WentLive
from tagship.release.planning.steps import AwaitDrain, UpdateService, WatchRollouts
from tagship.release.records.verdict import Verdict
from tagship.release.rollback import RollbackRequest
from tests.unit.release.harness import MANIFEST, WHO, Shop, asking, dead_task, environment_manifest

MIGRATING = MANIFEST.replace("    port: 8000\n", "    port: 8000\n    migrate: {command: [migrate, up], timeout: 60}\n")
CONTRACTING = MIGRATING.replace("timeout: 60", "timeout: 60, kind: contract")


def shop_of(text: str, *versions: str) -> Shop:
    shop = Shop(manifest=environment_manifest(text))
    for version in versions:
        assert shop.deployer().deploy(asking(version)).verdict is Verdict.RELEASED
    return shop


def version_of(shop: Shop, service: str) -> str:
    return shop.ecs.revision(shop.revision_of(service)).tags.get("tagship:version", "")


def test_where_a_later_service_fails_the_earlier_ones_are_put_back() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["worker-v1.1.0"] = BREAKER
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.ROLLED_BACK
    assert {version_of(shop, name) for name in ("api", "worker")} == {"v1.0.0"}
    assert [event.services for event in shop.heard(Reverting)] == [("api",)]
    kept = shop.ledger.records()[0].services
    assert (kept["api"].verdict, kept["api"].reverted) == ("released, still draining", True)
    assert (kept["worker"].verdict, kept["worker"].reverted) == ("rolled back by ECS", False)


def test_a_service_goes_as_soon_as_the_one_before_it_serves_and_all_drain_together() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["v1.1.0"] = (*("IN_PROGRESS",) * 300, "SUCCESSFUL")
    shop.told.clear()
    began = shop.clock.elapsed
    request = replace(asking("v1.1.0"), options=ReleaseOptions())
    assert shop.deployer().deploy(request).verdict is Verdict.RELEASED
    assert shop.clock.elapsed - began < 400
    assert [type(event.step) for event in shop.heard(StepStarted)][-3:] == [UpdateService, WatchRollouts, AwaitDrain]
    kept = shop.ledger.records()[0].services.values()
    assert all(0 < service.live_after < 10 and service.seconds > 200 for service in kept)
    steps = shop.ledger.records()[0].steps
    assert {step.step for step in steps} == {event.step.says for event in shop.heard(StepStarted)}
    assert steps[-1].seconds > 200


def test_what_ecs_takes_back_while_it_drains_takes_everything_back() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = (*("IN_PROGRESS",) * 20, "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.ROLLED_BACK
    assert {version_of(shop, name) for name in ("api", "worker")} == {"v1.0.0"}
    kept = shop.ledger.records()[0].services
    assert (kept["api"].reverted, kept["worker"].reverted) == (False, True)


def test_what_another_hand_replaces_while_it_drains_takes_nothing_back() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["v1.1.0"] = (*("IN_PROGRESS",) * 300, "SUCCESSFUL")
    theirs = shop.ecs.register({"family": "shop-local-api", "containerDefinitions": [{"image": "hotfix"}]}, {}).arn
    deployer = shop.deployer()

    def interfere(event: Event) -> None:
        if isinstance(event, StepStarted) and isinstance(event.step, AwaitDrain):
            ours = shop.ecs._deployments["api"][-1]
            shop.ecs._deploy("api", theirs, ("SUCCESSFUL",))
            ours.plot, ours.looks = ("STOPPED",), 0

    with deployer._doors.events.listening(interfere):
        outcome = deployer.deploy(replace(asking("v1.1.0"), options=ReleaseOptions()))
    assert outcome.verdict is Verdict.SUPERSEDED
    assert shop.revision_of("api") == theirs
    assert version_of(shop, "worker") == "v1.1.0"
    assert shop.heard(Reverting) == []


def test_the_cause_is_told_when_ecs_takes_the_rollout_back_and_not_when_that_has_drained() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    rolling_back = ("ROLLBACK_IN_PROGRESS",) * 100
    shop.ecs.plots["api-v1.1.0"] = ("IN_PROGRESS", *rolling_back, "ROLLBACK_SUCCESSFUL")
    taken: list[float] = []

    def listen(event: Event) -> None:
        if isinstance(event, RollbackBegan | Diagnosed):
            taken.append(shop.clock.elapsed)
            revision = shop.revision_of("api")
            shop.ecs.dead["api"] = [_of_rollout(dead_task("api", revision, exit_code=137), 5)]

    deployer = shop.deployer()
    with deployer._doors.events.listening(listen):
        assert deployer.deploy(asking("v1.1.0", patience=900)).verdict is Verdict.ROLLED_BACK
    assert len(taken) == 2
    assert taken[0] == taken[1]
    kept = shop.ledger.records()[0].services["api"]
    assert kept.diagnosis is not None
    assert kept.diagnosis.cause == "killed"


def test_who_leaves_while_old_tasks_drain_leaves_what_serves() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["v1.1.0"] = ("IN_PROGRESS",) * 1000
    deployer = shop.deployer()

    def press(event: Event) -> None:
        if isinstance(event, StepStarted) and isinstance(event.step, AwaitDrain):
            raise KeyboardInterrupt

    request = replace(asking("v1.1.0"), options=ReleaseOptions(choose=lambda: Choice.LEAVE))
    with deployer._doors.events.listening(press):
        assert deployer.deploy(request).verdict is Verdict.STILL_DRAINING
    assert shop.ledger.records()[0].good


def test_the_version_that_was_put_back_is_the_one_that_serves() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["worker-v1.1.0"] = BREAKER
    shop.deployer().deploy(asking("v1.1.0"))
    serving = shop.ledger.serving()
    assert serving is not None
    assert serving.version == "v1.0.0"
    assert shop.deployer().deploy(asking("v1.0.0", dry_run=True)).plan.empty


def test_a_first_release_leaves_what_serves_because_nothing_was_before() -> None:
    shop = Shop()
    shop.ecs.plots["worker-v1.0.0"] = BREAKER
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.DOWN
    assert [(event.services, event.contracted) for event in shop.heard(NotReverted)] == [(("api",), False)]
    assert version_of(shop, "api") == "v1.0.0"


def test_after_a_migration_that_contracts_nothing_is_put_back() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.manifest = environment_manifest(CONTRACTING)
    shop.ecs.plots["worker-v1.1.0"] = BREAKER
    shop.deployer().deploy(asking("v1.1.0"))
    assert [(event.services, event.contracted) for event in shop.heard(NotReverted)] == [(("api",), True)]
    assert version_of(shop, "api") == "v1.1.0"


def test_a_migration_runs_once_in_the_image_that_is_released_with_a_token_of_its_own() -> None:
    shop = shop_of(MIGRATING, "v1.0.0")
    (task,) = shop.ecs.ran
    assert task.task_definition == shop.revision_of("api")
    assert (task.command, task.container) == (("migrate", "up"), "api")
    assert len(task.token) <= 64
    kept = shop.ledger.records()[0].services["api"].migration
    assert kept is not None
    assert (kept.kind, kept.exit_code) == ("expand", 0)


@pytest.mark.parametrize(("code", "words"), [(3, "ended with exit code 3"), (None, "took longer than 60 seconds")])
def test_a_migration_that_fails_ends_the_release_before_any_service_is_touched(code: int | None, words: str) -> None:
    shop = shop_of(MIGRATING, "v1.0.0")
    good = shop.revision_of("api")
    shop.ecs.exit_codes["migrate"] = code
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.FAILED_BEFORE_UPDATE
    assert isinstance(outcome.error, MigrationFailed)
    assert words in outcome.error.message
    assert shop.revision_of("api") == good


LACKS_A_SETTING = (
    "pydantic_core._pydantic_core.ValidationError: 1 validation error for Settings",
    "payment_api_key",
    "  Field required [type=missing, input_value={}, input_type=dict]",
)


def test_a_migration_that_fails_is_diagnosed_like_a_service_and_says_each_thing_once() -> None:
    shop = shop_of(MIGRATING, "v1.0.0")
    shop.ecs.exit_codes["migrate"] = 1
    shop.logs.on("last_lines", lambda *_: list(LACKS_A_SETTING))
    shop.logs.on(
        "lines_after", lambda *given: (list(LACKS_A_SETTING)[int(given[-1] or 0) :], str(len(LACKS_A_SETTING)))
    )
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    (told,) = shop.heard(Diagnosed)
    assert (told.service, told.one_off, told.diagnosis.cause) == ("api", "migration", "missing-setting")
    assert "`PAYMENT_API_KEY`" in told.diagnosis.change
    lines = [line for event in shop.told for line in narrate(event)]
    assert (
        sum(LACKS_A_SETTING[2].strip() in line for line in lines) == 2
    )  # as it came, and in the sentence of the cause
    assert isinstance(outcome.error, MigrationFailed)
    assert "Field required" not in outcome.error.message
    assert "before it failed remains" in outcome.error.message
    kept = shop.ledger.records()[0].services["api"]
    assert kept.diagnosis is not None
    assert (kept.diagnosis.cause, kept.diagnosis.log_lines) == ("missing-setting", LACKS_A_SETTING)


AGAIN = [
    ("KeyError: 'DATABASE_URL'", "push a new tag"),
    ("ERROR:  deadlock detected", "deploy the same tag again"),
    (
        'FATAL:  password authentication failed for user "app"',
        "push a new tag; if you changed nothing in the repository",
    ),
]


@pytest.mark.parametrize(("line", "then"), AGAIN, ids=[line for line, _ in AGAIN])
def test_the_next_step_after_a_migration_asks_for_a_new_tag_only_where_one_is_needed(line: str, then: str) -> None:
    shop = shop_of(MIGRATING, "v1.0.0")
    shop.ecs.exit_codes["migrate"] = 1
    shop.logs.on("last_lines", lambda *_: [line])
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.error is not None
    assert (outcome.error.hint or "").startswith(f"fix the cause named above, then {then}")


def test_a_migration_that_took_too_long_says_what_it_waited_for() -> None:
    shop = shop_of(MIGRATING, "v1.0.0")
    shop.ecs.exit_codes["migrate"] = None
    shop.logs.on("last_lines", lambda *_: ["Waiting for changelog lock...."])
    shop.deployer().deploy(asking("v1.1.0"))
    assert [event.diagnosis.cause for event in shop.heard(Diagnosed)] == ["database-locked"]


def test_a_service_that_has_nothing_new_is_not_migrated_again() -> None:
    shop = shop_of(MIGRATING, "v1.0.0")
    shop.deployer().deploy(asking("v1.0.0"))
    assert len(shop.ecs.ran) == 1


def test_a_rollback_stops_before_a_migration_that_contracted_unless_told() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.manifest = environment_manifest(CONTRACTING)
    shop.deployer().deploy(asking("v1.1.0"))
    with pytest.raises(Refused, match=r"Release 2 \(v1\.1\.0\) ran a migration"):
        shop.rollbacker().roll_back(RollbackRequest(WHO))
    request = RollbackRequest(WHO, past_contract=True)
    assert shop.rollbacker().roll_back(request).verdict is Verdict.RELEASED
    assert version_of(shop, "api") == "v1.0.0"


def test_a_rollback_past_a_migration_that_expands_needs_no_word() -> None:
    shop = shop_of(MIGRATING, "v1.0.0", "v1.1.0")
    assert shop.rollbacker().roll_back(RollbackRequest(WHO)).verdict is Verdict.RELEASED


def test_a_rollback_updates_every_service_at_the_same_time() -> None:
    shop = shop_of(MANIFEST, "v1.0.0", "v1.1.0")
    plan = shop.rollbacker().roll_back(RollbackRequest(WHO, dry_run=True)).plan
    assert [step.service for step in plan.stages[0] if isinstance(step, UpdateService)] == ["api", "worker"]


def test_tasks_that_die_of_the_same_cause_end_the_rollout_before_ecs_does() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = ("IN_PROGRESS",) * 1000
    shop.ecs.dead["api"] = [_of_rollout(dead_task("api", "any"), 5) for _ in range(3)]
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.ROLLED_BACK
    assert [(event.tasks, event.way) for event in shop.heard(FailedFast)] == [(3, "exit code 1")]


@pytest.mark.parametrize(
    ("reason", "way"),
    [
        ("Task failed ELB health checks in (target-group arn:aws:x:targetgroup/api/1)", "failed ELB health checks"),
        ("Task failed container health checks", "failed container health checks"),
    ],
)
def test_tasks_that_never_get_well_end_a_rollout_that_ecs_would_try_for_ever(reason: str, way: str) -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = ("IN_PROGRESS",) * 1000
    taken_out = replace(dead_task("api", "any", exit_code=143, reason=reason), stop_code="ServiceSchedulerInitiated")
    shop.ecs.dead["api"] = [_of_rollout(taken_out, 5) for _ in range(3)]
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.ROLLED_BACK
    assert [(event.tasks, event.way) for event in shop.heard(FailedFast)] == [(3, way)]


def test_tasks_that_were_only_scaled_in_are_no_failure() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    let_go = replace(
        dead_task("api", "any", exit_code=0, reason="Scaling activity initiated by deployment ecs-svc/5"),
        stop_code="ServiceSchedulerInitiated",
    )
    shop.ecs.dead["api"] = [_of_rollout(let_go, 5) for _ in range(3)]
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED


def test_tasks_that_die_of_different_causes_are_left_to_ecs() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = BREAKER
    shop.ecs.dead["api"] = [_of_rollout(dead_task("api", "any", exit_code=code), 5) for code in (1, 2, 3)]
    shop.deployer().deploy(asking("v1.1.0"))
    assert shop.heard(FailedFast) == []


def test_who_asks_for_the_service_alone_does_not_wait_for_the_drain() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    shop.ecs.plots["v1.1.0"] = ("IN_PROGRESS",) * 1000
    request = replace(asking("v1.1.0"), options=ReleaseOptions(drained=False))
    assert shop.deployer().deploy(request).verdict is Verdict.STILL_DRAINING
    assert {event.service for event in shop.heard(WentLive)} == {"api", "worker"}
    assert shop.clock.elapsed < 20


def test_a_person_who_goes_on_watching_gets_the_verdict() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    pressed: list[bool] = []

    def press(looking: Call, group: str) -> object:
        pressed.append(True)
        if len(pressed) == 1:
            raise KeyboardInterrupt
        return looking(group)

    shop.elb.on("target_health", press)
    request = replace(asking("v1.1.0"), options=ReleaseOptions(choose=lambda: Choice.GO_ON))
    assert shop.deployer().deploy(request).verdict is Verdict.RELEASED


def test_a_watch_that_is_throttled_slows_down_and_goes_on() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    throttled: list[float] = []

    def throttle(looking: Call, group: str) -> object:
        throttled.append(shop.clock.elapsed)
        if len(throttled) < 5:
            raise AwsThrottled("Rate exceeded")
        return looking(group)

    shop.elb.on("target_health", throttle)
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.RELEASED
    waits = [later - earlier for earlier, later in pairwise(throttled[:4])]
    assert waits == sorted(waits)
    assert waits[-1] > 4 * waits[0] / 2


def test_a_service_that_somebody_else_has_moved_meanwhile_is_not_overwritten() -> None:
    shop = shop_of(MANIFEST, "v1.0.0")
    elsewhere = shop.ecs.revision("shop-local-api:1").arn

    def interfere(_: object) -> None:
        if shop.ecs.calls[-1:] == ["register"]:
            shop.ecs._deploy("api", elsewhere, ("SUCCESSFUL",))

    shop.ecs.calls.clear()
    deployer = shop.deployer()
    with deployer._doors.events.listening(interfere):
        outcome = deployer.deploy(asking("v1.1.0"))
    assert isinstance(outcome.error, Refused)
    assert "Another process has updated `api`" in outcome.error.message
    assert outcome.verdict is Verdict.FAILED_BEFORE_UPDATE
    assert shop.revision_of("api") == elsewhere


def _of_rollout(task: Task, number: int) -> Task:
    return replace(task, started_by=f"ecs-svc/{number}")
