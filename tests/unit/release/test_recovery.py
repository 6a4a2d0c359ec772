"""The last version that was live comes back, whatever has happened, and each step says why."""

from dataclasses import dataclass, field, replace

import pytest

from tagship.aws.ecs_shapes import ServiceChange
from tagship.aws.elb import TargetHealth
from tagship.aws.fakes import GIVEN_UP
from tagship.aws.scaling import Bounds
from tagship.base.errors import AwsDenied, LeaseHeld, NotReady, Refused
from tagship.release.health import State
from tagship.release.planning.steps import AwaitDrain, SetHealthPath, SetMinCapacity, UpdateService, WatchRollouts
from tagship.release.records.record import draft_record
from tagship.release.records.verdict import Verdict
from tagship.release.recover import Recoverer, Recovery
from tests.unit.release.harness import MANIFEST, WHO, FakeSources, Shop, asking, environment_manifest, place
from tests.unit.release.test_outage import goes_dark, heals, shop_of


def recoverer_of(shop: Shop, then: str = MANIFEST) -> Recoverer:
    """Its tags carry the manifest ``then``."""
    return Recoverer(
        shop.doors,
        shop.ledger,
        lambda: shop.infrastructure,
        shop.manifest,
        shop.sources,
        lambda _, __: environment_manifest(then),
    )


def outage(*, before: str = "v1.0.0") -> Shop:
    """v1.1.0 failed, and so did its rollback: none of api's tasks is healthy, and ECS has given up."""
    shop = shop_of(before)
    shop.ecs.plots["api-v1.1.0"] = GIVEN_UP
    goes_dark(shop, "api")
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.DOWN
    heals(shop)
    return shop


def updates_of(recovery: Recovery) -> list[UpdateService]:
    return [step for step in recovery.plan.steps if isinstance(step, UpdateService)]


def recovered(shop: Shop, then: str = MANIFEST) -> Recovery:
    """The plan, and that it brings everything up."""
    recovery = recoverer_of(shop, then).plan()
    outcome = recoverer_of(shop, then).carry_out(recovery, WHO)
    assert outcome.verdict is Verdict.RELEASED
    assert {health.state for health in recoverer_of(shop, then).plan().healths} == {State.UP}
    assert {shop.ecs.revision(shop.revision_of(name)).tags["tagship:version"] for name in ("api", "worker")} == {
        "v1.0.0"
    }
    return recovery


def test_after_a_rollback_that_failed_what_is_down_gets_new_tasks_and_what_is_up_is_left_alone() -> None:
    shop = outage()
    recovery = recovered(shop)
    assert [(step.service, step.again, step.desired, step.port) for step in updates_of(recovery)] == [
        ("api", True, None, None)
    ]
    assert [type(step) for step in recovery.plan.steps] == [UpdateService, WatchRollouts, AwaitDrain]
    assert recovery.steps[0][0].why == "0 of 2 tasks healthy, and ECS has stopped starting tasks"
    newest = shop.ledger.newest()
    assert newest is not None
    assert (newest.kind, newest.version, newest.verdict, newest.good) == ("recovery", "v1.0.0", "released", True)


def test_where_every_service_is_up_there_is_nothing_to_do() -> None:
    shop = shop_of("v1.0.0")
    recovery = recoverer_of(shop).plan()
    assert recovery.plan.empty
    assert recoverer_of(shop).carry_out(recovery, WHO).record is None


def test_a_plan_changes_nothing() -> None:
    shop = outage()
    shop.ecs.calls.clear()
    assert not recoverer_of(shop).plan().plan.empty
    assert shop.ecs.calls == []
    assert shop.elb.health_paths == {}


def test_a_health_path_that_the_version_does_not_answer_is_set_to_the_one_of_its_own_tag() -> None:
    shop = outage()
    shop.standing.health_path = "/health"
    recovery = recovered(shop)
    (first, *_), *_ = recovery.steps
    assert first.step == SetHealthPath("api", "/healthz", "/health")
    assert "in the tagship.yaml of v1.0.0 the health path of `api` is `/healthz`" in first.why
    assert shop.elb.health_paths == {place("api", 8000).target_group_arn: "/healthz"}
    assert any("change it back before the next `tagship infra apply`" in note for note in recovery.notes)


def test_who_may_not_set_the_health_path_is_told_what_to_type_and_nothing_was_touched() -> None:
    shop = outage()
    shop.standing.health_path = "/health"
    shop.elb.refuses = AwsDenied("AWS refused `ModifyTargetGroup`", code="AccessDenied")
    outcome = recoverer_of(shop).carry_out(recoverer_of(shop).plan(), WHO)
    assert outcome.verdict is Verdict.FAILED_BEFORE_UPDATE
    assert outcome.error is not None
    assert "set `services.api.health.path` in tagship.yaml to `/healthz`, then: tagship infra apply" in str(
        outcome.error.hint
    )
    assert [health.state for health in outcome.unwell] == [State.DOWN]


def test_a_health_path_of_a_service_that_is_up_is_left_to_terraform() -> None:
    shop = outage()
    shop.standing.health_path = "/health"
    paths = [step for step in recoverer_of(shop).plan().plan.steps if isinstance(step, SetHealthPath)]
    assert [step.service for step in paths] == ["api"]


@dataclass
class Moved(FakeSources):
    """Tags that point at another commit than the records say, or that are not here at all."""

    gone: bool = field(default=False)

    def resolve(self, request: object) -> object:  # type: ignore[override]
        if self.gone:
            raise Refused("There is no tag `v1.0.0`.")
        return replace(FakeSources().resolve(request), commit="f" * 40)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("gone", "why"), [(True, "There is no tag `v1.0.0`."), (False, "the tag was moved: it points at")]
)
def test_where_the_tag_tells_nothing_no_health_path_is_touched_and_that_is_said(
    gone: bool,  # noqa: FBT001 - a row
    why: str,
) -> None:
    shop = outage()
    shop.sources = Moved(gone=gone)
    shop.standing.health_path = "/health"
    recovery = recoverer_of(shop).plan()
    assert not any(isinstance(step, SetHealthPath) for step in recovery.plan.steps)
    assert any(why in note for note in recovery.notes)
    assert any("checks `api` at `/health`. If it does not serve that path" in note for note in recovery.notes)


def test_a_port_that_the_version_does_not_listen_on_is_set_to_its_own() -> None:
    shop = outage()
    shop.ecs._services["api"] = replace(shop.ecs.service("shop-local", "api"), port=9999)
    (update,) = updates_of(recovered(shop))
    assert update.port == 8000
    assert shop.ecs.service("shop-local", "api").port == 8000


def test_a_service_scaled_to_nothing_gets_the_tasks_of_the_manifest_and_its_lower_bound() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.scale("shop-local", "api", 0)
    shop.scaling.targets["api"] = Bounds(0, 4)
    recovery = recovered(shop)
    assert [step.desired for step in updates_of(recovery)] == [2]
    assert SetMinCapacity("api", 1) in recovery.plan.steps
    assert shop.scaling.targets["api"] == Bounds(1, 4)


def test_a_deployment_that_is_stuck_is_replaced() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = ("IN_PROGRESS",)
    shop.elb.healthy["api"] = 0
    assert shop.deployer().deploy(asking("v1.1.0", patience=5)).verdict is Verdict.DOWN
    heals(shop)
    recovery = recovered(shop)
    assert "which is not v1.0.0" in recovery.steps[0][0].why


def test_a_service_that_is_up_with_another_version_goes_back_as_well() -> None:
    shop = outage()
    shop.elb.healthy = {"worker": 0}
    by_hand = shop.ecs.register({"family": "shop-local-api", "containerDefinitions": [{"image": "hotfix"}]}, {}).arn
    shop.ecs.update_service("shop-local", "api", ServiceChange(by_hand))
    recovery = recovered(shop)
    assert [step.service for step in updates_of(recovery)] == ["api", "worker"]
    assert "which is not v1.0.0" in recovery.steps[0][0].why


def test_where_one_service_does_not_get_well_the_other_stays_on_the_version_that_was_live() -> None:
    shop = shop_of("v1.0.0")
    shop.ecs.plots["worker-v1.1.0"] = ("IN_PROGRESS",)
    shop.elb.healthy["worker"] = 0
    shop.deployer().deploy(asking("v1.1.0", patience=5))
    shop.ecs.plots["worker-v1.0.0"] = GIVEN_UP
    recovery = recoverer_of(shop).plan()
    assert recoverer_of(shop).carry_out(recovery, WHO).verdict is Verdict.DOWN
    assert shop.ecs.revision(shop.revision_of("api")).tags["tagship:version"] == "v1.0.0"


def test_a_version_of_which_something_is_gone_is_passed_over_and_named() -> None:
    shop = shop_of("v0.9.0")
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.RELEASED
    shop.elb.healthy["api"] = 0
    del shop.ecr.images["shop-local/worker", "v1.0.0"]
    recovery = recoverer_of(shop).plan()
    assert recovery.target.version == "v0.9.0"
    assert recovery.notes[0].startswith("Not release 2 (v1.0.0): the image sha256:worker-v1.0.")


def test_where_no_rule_leads_to_a_service_terraform_is_to_mend_it_and_no_task_is_started() -> None:
    shop = shop_of("v1.0.0")
    shop.elb.targets = [TargetHealth("10.0.0.1:8000", "unused", "Target.NotInUse", "")]
    with pytest.raises(NotReady, match="no rule of the load balancer forwards requests to them") as refused:
        recoverer_of(shop).plan()
    assert refused.value.hint == "tagship infra apply --env local"


def test_where_nothing_was_ever_live_that_is_said() -> None:
    with pytest.raises(Refused, match="No version that was live can be restored"):
        recoverer_of(Shop()).plan()


def test_a_migration_that_contracted_since_stops_a_recovery_unless_told() -> None:
    shop = shop_of("v1.0.0")
    migrate = "    migrate: {command: [migrate], kind: contract}\n"
    shop.manifest = environment_manifest(MANIFEST.replace("    port: 8000\n", f"    port: 8000\n{migrate}"))
    shop.ecs.plots["api-v1.1.0"] = GIVEN_UP
    goes_dark(shop, "api")
    shop.deployer().deploy(asking("v1.1.0"))
    with pytest.raises(Refused, match=r"Release 2 \(v1\.1\.0\) ran a migration with which `v1\.0\.0`"):
        recoverer_of(shop).plan()
    assert recoverer_of(shop).plan(past_contract=True).target.version == "v1.0.0"


def test_while_a_release_runs_nobody_recovers() -> None:
    shop = outage()
    with shop.ledger.turn(draft_record("deploy", "v2.0.0", "abc", "ben@laptop")), pytest.raises(LeaseHeld):
        recoverer_of(shop).plan()


def test_records_that_cannot_be_read_are_replaced_by_what_ecs_remembers() -> None:
    shop = outage()
    shop.s3.objects = dict.fromkeys(shop.s3.objects, b"{ not a record")
    recovery = recovered(shop)
    assert recovery.target.version == "v1.0.0"
    assert "No readable release record went live (releases/00000001.json" in recovery.notes[0]


def test_a_newer_record_that_cannot_be_read_is_named_beside_the_version_that_comes_back() -> None:
    shop = outage()
    bucket, newest = max(shop.s3.objects)
    shop.s3.objects[bucket, newest] = b"{ not a record"
    recovery = recoverer_of(shop).plan()
    assert recovery.target.version == "v1.0.0"
    assert f"A newer release may have been live, or have migrated the database: {newest}" in recovery.notes[0]


def test_a_service_that_its_schedule_lets_rest_is_off_and_needs_nothing() -> None:
    shop = shop_of("v1.0.0")
    night = "{name: night, cron: '0 22 * * ? *', min: 0, max: 1}"
    day = "{name: day, cron: '0 6 * * ? *', min: 1, max: 4}"
    scaled = f"    port: 8000\n    scaling: {{cpu: 60, schedule: [{night}, {day}]}}\n"
    shop.manifest = environment_manifest(MANIFEST.replace("    port: 8000\n", scaled, 1))
    shop.ecs.scale("shop-local", "api", 0)
    recovery = recoverer_of(shop).plan()
    assert {health.service: health.state for health in recovery.healths}["api"] is State.OFF
    assert recovery.plan.empty
