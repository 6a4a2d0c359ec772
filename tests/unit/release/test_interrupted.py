"""A run that is interrupted in a rollout, with nobody to ask, puts the version of before back, and says who did it."""

from collections.abc import Sequence
from typing import Any

import pytest

from tagship.aws.fakes import BREAKER
from tagship.base.fakes import Call
from tagship.release.records.verdict import Verdict
from tests.unit.release.harness import Shop, asking

CALLS = ["update_service", "service_deployments", "deployments", "services"]


def interrupted_at(shop: Shop, name: str, *, answered: bool) -> None:
    """Interrupt once, before or after the first call of that name that belongs to the rollout."""
    left = [True]

    def call(real: Call, *given: Any, **named: Any) -> Any:  # noqa: ANN401 - any call's
        ours = name == "update_service" or "update" in shop.ecs.calls
        if not (ours and left[0]):
            return real(*given, **named)
        left[0] = False
        if answered:
            real(*given, **named)
        raise KeyboardInterrupt

    shop.ecs.on(name, call)


def released() -> tuple[Shop, str]:
    shop = Shop()
    shop.deployer().deploy(asking("v1.0.0"))
    shop.ecs.calls.clear()
    return shop, shop.revision_of("api")


@pytest.mark.parametrize("answered", [True, False])
@pytest.mark.parametrize("call", CALLS)
def test_from_the_update_on_an_interruption_rolls_back_and_the_record_says_who_did_it(
    call: str,
    answered: bool,  # noqa: FBT001 - a row
) -> None:
    shop, good = released()
    interrupted_at(shop, call, answered=answered)
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.STOPPED
    assert shop.revision_of("api") == good
    newest = shop.ledger.newest()
    assert newest is not None
    assert newest.verdict == "cancelled"
    assert newest.services["api"].verdict == "cancelled"


def test_an_interruption_while_services_go_back_does_not_take_them_forward_again() -> None:
    shop, good = released()
    shop.ecs.plots["worker-v1.1.0"] = BREAKER
    pressed: list[bool] = []

    def services(looking: Call, cluster: str, names: Sequence[str]) -> object:
        if shop.ecs.calls.count("update") == 3 and not pressed:  # the two that go forward, and the one that goes back
            pressed.append(True)
            raise KeyboardInterrupt
        return looking(cluster, names)

    shop.ecs.on("services", services)
    assert shop.deployer().deploy(asking("v1.1.0")).verdict is Verdict.ROLLED_BACK
    assert pressed
    assert "roll back" not in shop.ecs.calls
    assert shop.revision_of("api") == good
