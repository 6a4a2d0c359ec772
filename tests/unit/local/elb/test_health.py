import pytest
from hypothesis import given
from hypothesis import strategies as st

from tagship.local.elb.describe import asked_for, target_health
from tagship.local.elb.health import (
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
from tagship.local.elb.model import HealthCheck

CHECK = HealthCheck(healthy_threshold=3, unhealthy_threshold=2)


def following(health: Health, *outcomes: Outcome) -> Health:
    for outcome in outcomes:
        health = after(health, outcome, CHECK)
    return health


def test_a_new_target_needs_one_pass() -> None:
    assert following(CHECKING, PASSED).state is State.HEALTHY
    assert following(CHECKING, FAILED, PASSED).state is State.HEALTHY


def test_a_new_target_that_fails_stays_initial_until_the_threshold() -> None:
    assert following(CHECKING, FAILED).reason == "Elb.InitialHealthChecking"
    assert following(CHECKING, FAILED, FAILED).reason == "Target.FailedHealthChecks"


def test_a_healthy_target_survives_single_failures() -> None:
    assert following(HEALTHY, FAILED, PASSED, FAILED).state is State.HEALTHY
    assert following(HEALTHY, FAILED, FAILED).state is State.UNHEALTHY


def test_an_unhealthy_target_needs_passes_in_a_row() -> None:
    down = following(HEALTHY, FAILED, FAILED)
    assert following(down, PASSED, PASSED).state is State.UNHEALTHY
    assert following(down, PASSED, PASSED, FAILED, PASSED).state is State.UNHEALTHY
    assert following(down, PASSED, PASSED, PASSED) == Health(State.HEALTHY, passes=3)


def test_the_last_failure_is_the_one_that_is_told() -> None:
    down = following(HEALTHY, FAILED, TIMED_OUT, mismatch(503))
    assert (down.reason, down.description) == (
        "Target.ResponseCodeMismatch",
        "Health checks failed with these codes: [503]",
    )


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
