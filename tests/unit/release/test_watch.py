"""A watch, through what AWS does on the way."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest

from tagship.aws.ecs_shapes import ServiceChange
from tagship.base.errors import AwsError, AwsThrottled, AwsUnreachable
from tagship.base.fakes import Call
from tagship.release.records.verdict import Verdict
from tests.unit.release.harness import Shop, asking, dead_task

FAILED = ("IN_PROGRESS", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS")


def wants_none(shop: Shop) -> list[str]:
    """The statuses that the gatekeeper's deployment had when it was told to want no task."""
    seen: list[str] = []

    def update_service(real: Call, cluster: str, name: str, change: ServiceChange) -> object:
        if change.desired == 0:
            seen.append(shop.ecs.service_deployments(cluster, name)[0].status)
        return real(cluster, name, change)

    shop.ecs.on("update_service", update_service)
    return seen


def verdict_on_api(shop: Shop) -> str:
    """How the first rollout ended; of the release as a whole it is said that nothing is live."""
    record = shop.deployer().deploy(asking("v1.0.0")).record
    assert record
    return record.services["api"].verdict


def test_a_first_release_that_fails_wants_no_task_once_the_old_revision_is_back_and_not_before() -> None:
    shop = Shop()
    shop.ecs.plots["v1.0.0"] = (*FAILED, "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL")
    seen = wants_none(shop)
    assert verdict_on_api(shop) == Verdict.ROLLED_BACK.words
    assert seen == ["ROLLBACK_IN_PROGRESS"]


def test_a_rollback_that_passes_between_two_looks_is_not_missed() -> None:
    shop = Shop()
    shop.ecs.plots["v1.0.0"] = ("IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_SUCCESSFUL")
    seen = wants_none(shop)
    shop.deployer().deploy(asking("v1.0.0"))
    assert len(seen) == 1


def test_what_brings_the_bootstrap_revision_back_is_no_newer_release() -> None:
    """An update in the middle of a rollback begins a deployment, and ends ours as STOPPED."""
    shop = Shop()
    shop.ecs.plots |= {"v1.0.0": (*FAILED, "STOPPED"), "bootstrap": ("SUCCESSFUL",)}
    assert verdict_on_api(shop) == Verdict.ROLLED_BACK.words


def test_another_release_that_replaces_the_first_one_still_is() -> None:
    shop = Shop()
    shop.ecs.plots["v1.0.0"] = ("IN_PROGRESS", "IN_PROGRESS", "STOPPED")
    looks = 0

    def services(real: Call, cluster: str, names: Sequence[str]) -> object:
        nonlocal looks
        looks += 1
        if looks == 3:
            definition = {"family": "shop-local-api", "containerDefinitions": [{"name": "api", "image": "other"}]}
            shop.ecs.update_service(cluster, names[0], ServiceChange(shop.ecs.register(definition, {}).arn))
        return real(cluster, names)

    shop.ecs.on("services", services)
    assert shop.deployer().deploy(asking("v1.0.0")).verdict is Verdict.SUPERSEDED


def failing_for(shop: Shop, seconds: float, error: AwsError) -> Call:
    """A call that fails, once a service was updated, until it has failed for so long."""
    until = [0.0]

    def called(call: Call, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - any call's
        if "update" not in shop.ecs.calls:
            return call(*given, **named)
        until[0] = until[0] or shop.clock.elapsed + seconds
        if shop.clock.elapsed < until[0]:
            raise error
        return call(*given, **named)

    return called


@pytest.mark.parametrize(("error", "seconds"), [(AwsUnreachable("ServerException"), 50), (AwsThrottled("slow"), 500)])
@pytest.mark.parametrize("call", ["deployments", "services", "service_deployments"])
def test_what_aws_cannot_answer_for_a_while_ends_no_watch(call: str, error: AwsError, seconds: float) -> None:
    shop = Shop()
    shop.ecs.on(call, failing_for(shop, seconds, error))
    assert shop.deployer().deploy(asking("v1.0.0", patience=3600)).verdict is Verdict.RELEASED


def test_the_early_diagnosis_does_not_wait_for_the_old_revision() -> None:
    shop = Shop()
    shop.ecs.plots["v1.0.0"] = (*FAILED, "ROLLBACK_SUCCESSFUL")
    shop.ecs.dead["api"] = [replace(dead_task("api", ""), task_definition="another")]
    outcome = shop.deployer().deploy(asking("v1.0.0"))
    assert outcome.record is not None
    assert outcome.record.services["api"].diagnosis is not None
