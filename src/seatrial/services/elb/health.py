"""The health of one target, check by check: pure, so that every turn of it can be tested without waiting."""

from dataclasses import dataclass, replace
from enum import StrEnum

from seatrial.services.elb.model import HealthCheck


class State(StrEnum):
    """AWS's ``TargetHealthStateEnum``."""

    INITIAL = "initial"
    HEALTHY = "healthy"
    UNHEALTHY = "unhealthy"
    UNUSED = "unused"
    DRAINING = "draining"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True)
class Outcome:
    """How one check ended.

    Args:
        reason: empty where it passed; else ``Target.ResponseCodeMismatch``, ``Target.Timeout`` or
            ``Target.FailedHealthChecks``.
        description: AWS's words for it.
    """

    reason: str = ""
    description: str = ""


PASSED = Outcome()
TIMED_OUT = Outcome("Target.Timeout", "Request timed out")
FAILED = Outcome("Target.FailedHealthChecks", "Health checks failed")


def mismatch(status: int) -> Outcome:
    """The target answered with a code that does not pass."""
    return Outcome("Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]")


@dataclass(frozen=True)
class Health:
    """What ``DescribeTargetHealth`` says of a target, and the checks in a row that led there.

    Reasons and descriptions are those of "Health checks for Application Load Balancer target groups".
    """

    state: State
    reason: str = ""
    description: str = ""
    passes: int = 0
    failures: int = 0


REGISTERING = Health(State.INITIAL, "Elb.RegistrationInProgress", "Target registration is in progress")
CHECKING = Health(State.INITIAL, "Elb.InitialHealthChecking", "Initial health checks in progress")
HEALTHY = Health(State.HEALTHY)
DRAINING = Health(State.DRAINING, "Target.DeregistrationInProgress", "Target deregistration is in progress")
NOT_REGISTERED = Health(State.UNUSED, "Target.NotRegistered", "Target is not registered to the target group")
NOT_IN_USE = Health(
    State.UNUSED, "Target.NotInUse", "Target group is not configured to receive traffic from the load balancer"
)
UNCHECKED = Health(
    State.UNAVAILABLE, "Target.HealthCheckDisabled", "Health checks are not enabled for this target group"
)


def after(health: Health, outcome: Outcome, check: HealthCheck) -> Health:
    """The health after one more check.

    A newly registered target needs one pass; an unhealthy one needs ``healthy_threshold`` passes in a row; it takes
    ``unhealthy_threshold`` failures in a row to become unhealthy.
    """
    if not outcome.reason:
        return _passed(health, check)
    failures = health.failures + 1
    if health.state is State.UNHEALTHY or failures >= check.unhealthy_threshold:
        return Health(State.UNHEALTHY, outcome.reason, outcome.description, failures=failures)
    return replace(health, passes=0, failures=failures)


def _passed(health: Health, check: HealthCheck) -> Health:
    passes = health.passes + 1
    if health.state is State.UNHEALTHY and passes < check.healthy_threshold:
        return replace(health, passes=passes, failures=0)
    return replace(HEALTHY, passes=passes)
