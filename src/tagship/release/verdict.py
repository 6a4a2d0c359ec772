"""How a release ended: one of eight, each with its own exit code.

It is made from the status of this release's own service deployment, never from "stable",
which is also true after a rollback and before an update is seen.
"""

from enum import Enum

from tagship.aws.ecs_shapes import ServiceDeployment


class Verdict(Enum):
    """Name and exit code of each."""

    RELEASED = ("released", 0)
    STILL_DRAINING = ("released, still draining", 10)
    ROLLED_BACK = ("rolled back by ECS", 11)
    SUPERSEDED = ("superseded", 12)
    STOPPED = ("stopped by a person", 13)
    FAILED_BEFORE_UPDATE = ("failed before the update", 14)
    TIMED_OUT = ("timed out, still going", 15)
    PUT_BACK = ("put back", 16)
    """The services came to serve, the site could not be published: everything is as it was before."""

    def __init__(self, words: str, exit_code: int) -> None:
        self.words = words
        self.exit_code = exit_code

    @classmethod
    def of_words(cls, words: str) -> "Verdict | None":
        """The verdict that a record names; None where there is none yet, or a newer tagship's."""
        return next((verdict for verdict in cls if verdict.words == words), None)

    @property
    def good(self) -> bool:
        """Whether the version serves."""
        return self in (Verdict.RELEASED, Verdict.STILL_DRAINING)


STOPPED_BY_REQUEST = "StopServiceDeployment"
"""Words of the rollback reason that ECS gives when somebody asked for it."""


def final_verdict(deployment: ServiceDeployment, *, newer: bool) -> Verdict:
    """The verdict on a service deployment that is over.

    Args:
        deployment: ours, in a terminal status.
        newer: whether another service deployment began after it.
    """
    if deployment.status == "SUCCESSFUL":
        return Verdict.RELEASED
    if deployment.status == "STOPPED":
        return Verdict.SUPERSEDED if newer else Verdict.STOPPED
    return Verdict.STOPPED if asked_for(deployment) else Verdict.ROLLED_BACK


def asked_for(deployment: ServiceDeployment) -> bool:
    """Whether somebody asked for the rollback, rather than ECS's circuit breaker or an alarm."""
    said = (deployment.rollback_reason + deployment.reason).lower()
    return deployment.status == "ROLLBACK_REQUESTED" or STOPPED_BY_REQUEST.lower() in said
