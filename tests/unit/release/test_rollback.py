from dataclasses import replace

import pytest

from tagship.aws.fakes import BREAKER
from tagship.base.errors import Refused
from tagship.release.planning.steps import UpdateService
from tagship.release.records.verdict import Verdict
from tagship.release.rollback import RollbackRequest
from tests.unit.release.harness import MANIFEST, WHO, Shop, asking, environment_manifest, place
from tests.unit.release.test_recovery import recoverer_of


def shop_with(*versions: str) -> Shop:
    shop = Shop()
    for version in versions:
        shop.deployer().deploy(asking(version))
    return shop


def test_a_rollback_puts_back_every_service_of_the_version_before() -> None:
    shop = shop_with("v1.0.0", "v1.1.0")
    outcome = shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert outcome.verdict is Verdict.RELEASED
    for service in ("api", "worker"):
        assert shop.ecs.revision(shop.revision_of(service)).tags["tagship:version"] == "v1.0.0"


def test_a_rollback_builds_and_registers_nothing() -> None:
    shop = shop_with("v1.0.0", "v1.1.0")
    built = len(shop.builder.requests)
    shop.ecs.calls.clear()
    shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert len(shop.builder.requests) == built
    assert shop.ecs.calls == ["update", "update"]


def test_a_rollback_is_a_release_with_a_record_of_its_own() -> None:
    shop = shop_with("v1.0.0", "v1.1.0")
    shop.rollbacker().roll_back(RollbackRequest(WHO))
    newest = shop.ledger.records()[0]
    assert (newest.number, newest.kind, newest.version, newest.verdict) == (3, "rollback", "v1.0.0", "released")


@pytest.mark.parametrize("target", ["v1.0.0", "1"])
def test_a_release_is_named_by_its_version_or_its_number(target: str) -> None:
    shop = shop_with("v1.0.0", "v1.1.0", "v1.2.0")
    assert shop.rollbacker().roll_back(RollbackRequest(WHO, target)).plan.version == "v1.0.0"


def test_a_release_that_never_served_is_no_target() -> None:
    shop = shop_with("v1.0.0")
    shop.ecs.plots["api-v1.1.0"] = BREAKER
    shop.deployer().deploy(asking("v1.1.0"))
    with pytest.raises(Refused, match=r"No release `v1\.1\.0` went live"):
        shop.rollbacker().roll_back(RollbackRequest(WHO, "v1.1.0"))


def test_with_one_version_there_is_nothing_to_go_back_to() -> None:
    with pytest.raises(Refused, match="is the only version that ever went live"):
        shop_with("v1.0.0").rollbacker().roll_back(RollbackRequest(WHO))


def test_with_no_release_there_is_nothing_to_go_back_to() -> None:
    with pytest.raises(Refused, match="No release went live yet"):
        Shop().rollbacker().roll_back(RollbackRequest(WHO))


def test_a_dry_run_changes_nothing() -> None:
    shop = shop_with("v1.0.0", "v1.1.0")
    shop.ecs.calls.clear()
    assert not shop.rollbacker().roll_back(RollbackRequest(WHO, dry_run=True)).plan.empty
    assert shop.ecs.calls == []


def test_an_image_that_is_gone_is_found_out_before_anything_is_touched() -> None:
    shop = shop_with("v1.0.0", "v1.1.0")
    del shop.ecr.images["shop-local/worker", "v1.0.0"]
    shop.ecs.calls.clear()
    with pytest.raises(Refused, match="of `worker` is no longer in the registry"):
        shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert shop.ecs.calls == []


def test_a_revision_that_was_deregistered_is_found_out_before_anything_is_touched() -> None:
    shop = shop_with("v1.0.0")
    shop.ecs.deregister(shop.revision_of("api"))
    shop.deployer().deploy(asking("v1.1.0"))
    shop.ecs.calls.clear()
    with pytest.raises(Refused, match="of `api` was deregistered"):
        shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert shop.ecs.calls == []


def test_a_rollback_to_what_serves_already_has_nothing_to_do() -> None:
    shop = shop_with("v1.0.0", "v1.1.0")
    assert shop.rollbacker().roll_back(RollbackRequest(WHO, "v1.1.0")).plan.empty


def test_after_a_rollback_a_patch_of_the_version_put_back_may_be_shipped() -> None:
    shop = shop_with("v1.0.0", "v2.0.0")
    shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert shop.deployer().deploy(asking("v1.0.1")).verdict is Verdict.RELEASED


def with_port(shop: Shop, port: int) -> None:
    """From now on tags and infrastructure name this port for ``api``."""
    shop.manifest = environment_manifest(MANIFEST.replace("8000", str(port)))
    shop.with_services({**shop.infrastructure.services, "api": place("api", port)})


def shop_whose_port_moves() -> Shop:
    """v1.0.0 is live and listens on 8000; the next version listens on 8080."""
    shop = shop_with("v1.0.0")
    shop.ecs._services["api"] = replace(shop.ecs.service("shop-local", "api"), port=8000)
    with_port(shop, 8080)
    return shop


def test_a_version_that_listens_on_another_port_gets_its_requests_there() -> None:
    """ECS refuses a target whose port the revision's container does not name (CreateService, ``loadBalancers``)."""
    shop = shop_whose_port_moves()
    shop.deployer().deploy(asking("v1.1.0"))
    assert shop.ecs.service("shop-local", "api").port == 8080
    outcome = shop.rollbacker().roll_back(RollbackRequest(WHO))
    assert outcome.verdict is Verdict.RELEASED
    assert shop.ecs.service("shop-local", "api").port == 8000
    ports = {step.service: step.port for step in outcome.plan.steps if isinstance(step, UpdateService)}
    assert ports == {"api": 8000, "worker": None}


def test_where_another_service_fails_one_whose_port_moved_gets_its_requests_on_the_old_one_again() -> None:
    shop = shop_whose_port_moves()
    shop.ecs.plots["worker-v1.1.0"] = BREAKER
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.ROLLED_BACK
    assert shop.ecs.service("shop-local", "api").port == 8000
    assert shop.ecs.revision(shop.revision_of("api")).tags["tagship:version"] == "v1.0.0"


def test_a_rollback_that_is_refused_and_a_recovery_that_passes_it_over_give_the_same_reason() -> None:
    shop = shop_with("v1.0.0", "v1.1.0")
    del shop.ecr.images["shop-local/worker", "v1.0.0"]
    with pytest.raises(Refused) as refusal:
        shop.rollbacker().roll_back(RollbackRequest(WHO))
    shop.ecs.deregister(shop.revision_of("api"))
    with pytest.raises(Refused) as nothing_left:
        recoverer_of(shop).plan()
    reason = "the image sha256:worker-v1.0. of `worker` is no longer in the registry"
    assert refusal.value.message == f"Release 1 cannot be live again: {reason}."
    assert nothing_left.value.message.endswith(f"Not release 1 (v1.0.0): {reason}")
