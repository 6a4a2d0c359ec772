"""How a release ended: one of ten, each with its own exit code.

It is made from the status of this release's own service deployment, never from "stable",
which is also true after a rollback and before an update is seen; and then from what users get:
no verdict says that a version is live where no task is healthy.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from enum import Enum
from typing import TYPE_CHECKING, Final

from tagship.release.health import State

if TYPE_CHECKING:  # `history` reads records, and asks ECS nothing
    from tagship.aws.ecs_shapes import ServiceDeployment


class Verdict(Enum):
    """Name and exit code of each."""

    RELEASED = ("released", 0)
    STILL_DRAINING = ("released, still draining", 10)
    ROLLED_BACK = ("rolled back by ECS", 11)
    SUPERSEDED = ("superseded", 12)
    STOPPED = ("cancelled", 13)
    FAILED_BEFORE_UPDATE = ("failed before the update", 14)
    TIMED_OUT = ("timed out, still in progress", 15)
    PUT_BACK = ("reverted by tagship", 16)
    """The services came to serve, the site could not be published: everything is as it was before."""
    DOWN = ("down", 17)
    """Whatever ECS says: a service has no healthy task, or the front door answers no request."""
    DEGRADED = ("degraded", 18)
    """The version before is live with too few healthy tasks, or ECS could not finish its rollback."""

    def __init__(self, words: str, exit_code: int) -> None:
        self.words = words
        self.exit_code = exit_code

    @classmethod
    def of_words(cls, words: str) -> Verdict | None:
        """The verdict that a record names; None where there is none yet, or a newer tagship's."""
        return next((verdict for verdict in cls if verdict.words == words), None)

    @property
    def good(self) -> bool:
        """Whether the version serves."""
        return self in (Verdict.RELEASED, Verdict.STILL_DRAINING)


FORMER_WORDS: Final[Mapping[str, str]] = {
    "stopped by a person": Verdict.STOPPED.words,
    "timed out, still going": Verdict.TIMED_OUT.words,
    "put back": Verdict.PUT_BACK.words,
}
"""What records from before 0.1.0 call a verdict, and what it is called now."""

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
    if deployment.status == "ROLLBACK_FAILED":
        return Verdict.DEGRADED
    return Verdict.STOPPED if asked_for(deployment) else Verdict.ROLLED_BACK


_CLAIMS: Final = frozenset({Verdict.ROLLED_BACK, Verdict.STOPPED, Verdict.PUT_BACK})
"""Verdicts that say of the version before that it is live."""


def as_users_get_it(verdict: Verdict, states: Collection[State], *, answers: bool = True) -> Verdict:
    """The verdict, where what users get does not contradict it.

    Args:
        verdict: the verdict on what the release has done.
        states: the states of its services, after it.
        answers: whether the front door has answered any request since.
    """
    if State.DOWN in states or not answers:
        return Verdict.DOWN
    return Verdict.DEGRADED if State.DEGRADED in states and verdict in _CLAIMS else verdict


def asked_for(deployment: ServiceDeployment) -> bool:
    """Whether somebody asked for the rollback, rather than ECS's circuit breaker or an alarm."""
    said = (deployment.rollback_reason + deployment.reason).lower()
    return deployment.status == "ROLLBACK_REQUESTED" or STOPPED_BY_REQUEST.lower() in said
