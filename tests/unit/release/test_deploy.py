from dataclasses import replace

import pytest

from tagship.aws.ecs_shapes import ServiceChange, Task
from tagship.aws.fakes import BREAKER
from tagship.base.errors import AwsUnreachable, LeaseHeld, NotReady, Refused
from tagship.base.fakes import Call
from tagship.image.builder import BuildRequest
from tagship.release.events import Diagnosed, PlanMade, RollbackBegan, VerdictReached
from tagship.release.planning.steps import UpdateService
from tagship.release.records.record import draft_record
from tagship.release.records.verdict import Verdict
from tests.unit.release.harness import Shop, asking, dead_task, place


def test_a_first_deploy_builds_registers_and_starts_the_manifests_tasks() -> None:
    shop = Shop()
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert outcome.verdict is Verdict.RELEASED
    assert [request.service for request in shop.builder.requests] == ["api", "worker"]
    assert shop.ecs.service("shop-local", "api").desired == 2
    assert shop.ecs.revision(shop.revision_of("api")).tags["tagship:version"] == "v1.0.0"


def test_services_run_the_image_by_its_digest_and_never_by_its_tag() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    definition = shop.ecs.revision(shop.revision_of("api")).definition
    assert definition["containerDefinitions"][0]["image"].endswith("/shop-local/api@sha256:api-v1.0.0")


def test_a_second_deploy_of_the_same_version_has_nothing_to_do() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.ecs.calls.clear()
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert outcome.plan.empty
    assert outcome.verdict is None
    assert shop.ecs.calls == []
    assert len(shop.ledger.records()) == 1


def test_a_later_deploy_leaves_the_count_to_scaling() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    steps = shop.deployer().deploy(asking("v1.1.0", dry_run=True)).plan.steps
    updates = [step for step in steps if isinstance(step, UpdateService)]
    assert [update.desired for update in updates] == [None, None]


def test_a_dry_run_tells_the_plan_and_touches_nothing() -> None:
    shop = Shop()
    outcome = shop.deployer().deploy(asking("v1.0.0", dry_run=True))
    assert shop.heard(PlanMade)[0].plan == outcome.plan
    assert not outcome.plan.empty
    assert (shop.ecs.calls, shop.builder.requests, shop.s3.objects) == ([], [], {})


def test_a_plan_executed_leaves_an_empty_plan_even_after_another_hand_registered_a_revision() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    stranger = dict(shop.ecs.revision(shop.revision_of("api")).definition) | {"cpu": "1024"}
    shop.ecs.register(stranger, {})
    assert shop.deployer().deploy(asking("v1.0.0", dry_run=True)).plan.empty


def test_a_revision_registered_by_a_release_that_was_cut_off_is_used_again() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    wanted = shop.revision_of("api")
    bootstrap = shop.ecs.revision("shop-local-api:1").arn
    shop.ecs.update_service("shop-local", "api", _to(bootstrap))
    steps = shop.deployer().deploy(asking("v1.0.0", dry_run=True)).plan.steps
    assert [step.says for step in steps[1:]] == [
        f"update the service `api` to `{wanted.rpartition('/')[2]}`, 2 tasks",
        "watch the rollout of `api`",
        "wait until the old tasks of `api` have stopped",
    ]


def test_a_rollback_by_the_breaker_is_the_verdict_and_not_success() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    good = shop.revision_of("api")
    shop.ecs.plots["api-v1.1.0"] = BREAKER
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.ROLLED_BACK
    assert shop.revision_of("api") == good
    assert shop.heard(RollbackBegan)[0].service == "api"
    assert shop.ledger.records()[0].services["api"].verdict == "rolled back by ECS"


def test_the_services_after_one_that_failed_are_left_alone() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    good = shop.revision_of("worker")
    shop.ecs.plots["api-v1.1.0"] = BREAKER
    shop.deployer().deploy(asking("v1.1.0"))
    assert shop.revision_of("worker") == good


IN_ENVIRON = '  File "<frozen os>", line 685, in __getitem__'


def test_a_failure_is_diagnosed_with_the_containers_own_last_words_and_kept_in_the_record() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.ecs.plots["api-v1.1.0"] = BREAKER
    broken = "arn:aws:ecs:eu-central-1:111122223333:task-definition/shop-local-api:3"
    task = dead_task("api", broken)
    stranger = dead_task("api", shop.revision_of("api"), exit_code=9)
    shop.ecs.dead["api"] = [_of_rollout(task, "ecs-svc/5"), stranger]
    shop.logs.lines["/ecs/shop-local/api", f"api/api/{task.id}"] = [IN_ENVIRON, "KeyError: 'GREETING'"]
    shop.deployer().deploy(asking("v1.1.0"))
    diagnosis = shop.heard(Diagnosed)[0].diagnosis
    assert diagnosis.cause == "missing-setting"
    assert "`GREETING`" in diagnosis.change
    kept = shop.ledger.records()[0].services["api"].diagnosis
    assert kept is not None
    assert kept.log_lines == (IN_ENVIRON, "KeyError: 'GREETING'")


def test_a_first_release_that_fails_leaves_no_task_of_the_bootstrap_revision() -> None:
    shop = Shop()
    bootstrap = shop.revision_of("api")
    shop.ecs.plots["api-v1.0.0"] = BREAKER
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert outcome.verdict is Verdict.DOWN  # there was no version before
    assert not outcome.way_back
    service = shop.ecs.service("shop-local", "api")
    assert (service.desired, service.task_definition) == (0, bootstrap)


def test_a_rollout_that_takes_too_long_times_out_and_says_that_it_goes_on() -> None:
    shop = Shop()
    shop.ecs.plots["api-v1.0.0"] = ("IN_PROGRESS",)
    assert shop.deployer().deploy(asking("v1.0.0", patience=5)).verdict is Verdict.STILL_DRAINING


@pytest.mark.parametrize("healthy", [0, 1])
def test_a_rollout_without_enough_healthy_targets_has_not_been_released_when_time_is_up(healthy: int) -> None:
    shop = Shop()
    shop.ecs.plots["api-v1.0.0"] = ("IN_PROGRESS",)
    shop.elb.healthy["api"] = healthy
    assert shop.deployer().deploy(asking("v1.0.0", patience=5)).verdict is Verdict.TIMED_OUT


def test_a_rollout_without_its_tasks_has_not_been_released_when_time_is_up() -> None:
    shop = Shop()
    shop.ecs.plots["api-v1.0.0"] = ("PENDING",)
    assert shop.deployer().deploy(asking("v1.0.0", patience=5)).verdict is Verdict.TIMED_OUT


def test_a_service_deployment_replaced_by_another_is_superseded() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    elsewhere = shop.ecs.revision("shop-local-api:1").arn
    shop.ecs.plots["api-v1.1.0"] = ("IN_PROGRESS", "STOPPED")

    def interfere(event: object) -> None:
        if isinstance(event, VerdictReached):
            return
        if "update" in shop.ecs.calls[-1:] and shop.revision_of("api") != elsewhere:
            shop.ecs.update_service("shop-local", "api", _to(elsewhere))

    shop.ecs.calls.clear()
    deployer = shop.deployer()
    with deployer._doors.events.listening(interfere):
        outcome = deployer.deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.SUPERSEDED


def test_an_older_version_does_not_replace_a_newer_one_unless_told() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.deployer().deploy(asking("v1.10.0"))
    with pytest.raises(Refused, match=r"`v1\.9\.0` is older than `v1\.10\.0`"):
        shop.deployer().deploy(asking("v1.9.0"))
    assert shop.deployer().deploy(asking("v1.9.0", allow_older=True)).verdict is Verdict.RELEASED


def test_a_version_that_failed_is_no_newer_version() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.ecs.plots["api-v2.0.0"] = BREAKER
    shop.deployer().deploy(asking("v2.0.0"))
    assert shop.deployer().deploy(asking("v1.0.1")).verdict is Verdict.RELEASED


def test_a_build_that_fails_changes_nothing_and_says_so() -> None:
    shop = Shop()
    before = shop.revision_of("api")

    def fail(_: Call, request: BuildRequest) -> None:
        raise Refused(f"no {request.service}")

    shop.builder.on("build_and_push", fail)
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert outcome.verdict is Verdict.FAILED_BEFORE_UPDATE
    assert outcome.error is not None
    assert shop.revision_of("api") == before
    assert shop.ledger.records()[0].verdict == "failed before the update"


def test_aws_out_of_reach_while_watching_is_not_called_a_failure_of_the_release() -> None:
    shop = Shop()

    def unreachable(*_: object) -> None:
        raise AwsUnreachable("no answer")

    shop.elb.on("target_health", unreachable)
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert outcome.verdict is Verdict.TIMED_OUT
    assert isinstance(outcome.error, AwsUnreachable)


def test_a_port_that_changed_moves_with_its_revision() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.ecs._services["api"] = replace(shop.ecs.service("shop-local", "api"), port=7000)
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert "update the service `api` to the new revision, port 8000" in [step.says for step in outcome.plan.steps]
    assert shop.ecs.service("shop-local", "api").port == 8000


def test_ctrl_c_during_a_rollout_rolls_it_back_and_says_who_stopped_it() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    good = shop.revision_of("api")
    pressed: list[bool] = []

    def press(looking: Call, group: str) -> object:
        if not pressed:
            pressed.append(True)
            raise KeyboardInterrupt
        return looking(group)

    shop.elb.on("target_health", press)
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert outcome.verdict is Verdict.STOPPED
    assert "roll back" in shop.ecs.calls
    assert shop.revision_of("api") == good


def test_ctrl_c_before_the_update_leaves_everything_as_it_was() -> None:
    shop = Shop()
    before = shop.revision_of("api")

    def press(*_: object) -> None:
        raise KeyboardInterrupt

    shop.builder.on("build_and_push", press)
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert outcome.verdict is Verdict.STOPPED
    assert shop.revision_of("api") == before


def test_two_deploys_at_once_are_refused_with_who_and_since_when() -> None:
    shop = Shop()
    with (
        shop.ledger.turn(draft_record("deploy", "v0.9.0", "abc", "ben@laptop")),
        pytest.raises(LeaseHeld, match=r"v0\.9\.0.*ben@laptop at 00:00:00"),
    ):
        shop.deployer().deploy(asking("v1.0.0"))
    assert shop.ecs.calls == []


def test_a_deploy_of_what_another_run_is_rolling_out_is_refused_and_not_called_done() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    with shop.ledger.turn(draft_record("deploy", "v1.0.0", "abc", "ben@laptop")), pytest.raises(LeaseHeld):
        shop.deployer().deploy(asking("v1.0.0"))


def test_a_rollout_that_a_cut_off_run_left_under_way_is_watched_to_its_verdict() -> None:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.ecs.plots["api-v1.1.0"] = ("IN_PROGRESS",) * 30 + ("SUCCESSFUL",)
    assert shop.deployer().deploy(asking("v1.1.0", patience=5)).verdict is Verdict.STILL_DRAINING
    shop.ecs.calls.clear()
    outcome = shop.deployer().deploy(asking("v1.1.0"))
    assert [step.says for step in outcome.plan.steps] == [
        "watch the rollout of `api`",
        "wait until the old tasks of `api` have stopped",
    ]
    assert outcome.verdict is Verdict.RELEASED
    assert shop.ecs.calls == []


def test_a_service_without_infrastructure_is_named_before_anything_is_built() -> None:
    shop = Shop()
    shop.with_services({"api": place("api", 8000)})
    with pytest.raises(NotReady, match="`worker` has no infrastructure") as caught:
        shop.deployer().deploy(asking("v1.0.0"))
    assert caught.value.hint == "tagship infra apply --env local"
    assert shop.builder.requests == []


def test_a_port_that_the_load_balancer_was_not_built_for_is_refused() -> None:
    shop = Shop()
    shop.with_services({"api": place("api", 8001), "worker": place("worker", 9000)})
    with pytest.raises(NotReady, match=r"`services\.api\.port` is 8000.*built for 8001"):
        shop.deployer().deploy(asking("v1.0.0"))


def _to(revision: str) -> ServiceChange:
    return ServiceChange(revision)


def _of_rollout(task: Task, rollout: str) -> Task:
    return replace(task, started_by=rollout)
