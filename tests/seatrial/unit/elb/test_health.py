import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.elb.control.describe import asked_for, target_health
from seatrial.services.elb.health import (
    CHECKING,
    DRAINING,
    FAILED,
    HEALTHY,
    NOT_REGISTERED,
    PASSED,
    REGISTERING,
    TIMED_OUT,
    Health,
    Outcome,
    State,
    after,
    mismatch,
)
from seatrial.services.elb.model import HealthCheck

CHECK = HealthCheck(healthy_threshold=3, unhealthy_threshold=2)


def following(health: Health, *outcomes: Outcome) -> Health:
    for outcome in outcomes:
        health = after(health, outcome, CHECK)
    return health


@given(st.lists(st.sampled_from([PASSED, FAILED, TIMED_OUT, mismatch(500)])))
def test_only_what_is_not_healthy_has_a_reason(outcomes: list[Outcome]) -> None:
    health = following(CHECKING, *outcomes)
    assert bool(health.reason) == (health.state is not State.HEALTHY)


def test_only_those_that_are_named_are_described() -> None:
    known = {("10.0.0.1", 80): HEALTHY, ("10.0.0.2", 80): DRAINING}
    assert asked_for(known, (), 80) == known
    assert asked_for(known, [{"Id": "10.0.0.1"}, {"Id": "10.0.0.9", "Port": "81"}], 80) == {
        ("10.0.0.1", 80): HEALTHY,
        ("10.0.0.9", 81): NOT_REGISTERED,
    }


@pytest.mark.parametrize("health", [REGISTERING, HEALTHY, DRAINING])
def test_a_description_has_amazons_words(health: Health) -> None:
    answer = target_health({("10.0.0.1", 80): health}, CHECK).body.decode()
    assert f"<State>{health.state}</State>" in answer
    assert (f"<Description>{health.description}</Description>" in answer) == bool(health.description)
