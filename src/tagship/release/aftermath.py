"""What users get when a release has ended; it has the last word in the verdict."""

from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tagship.base.errors import AwsError
from tagship.base.events import Events
from tagship.probe import AFTER, BEFORE
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext
from tagship.release.events import Unanswered, Unhealthy
from tagship.release.health import Health, observe_health
from tagship.release.records.record import ProbeRecord
from tagship.release.records.verdict import Verdict, as_users_get_it

SETTLES: Final = 30.0
"""Seconds in which a service may get well after its rollout: a task that has just ended is being replaced."""

_LOOK: Final = 2.0
"""Seconds between two looks."""

_UNDECIDED: Final = frozenset({Verdict.TIMED_OUT, Verdict.SUPERSEDED})
"""Verdicts after which a rollout goes on: nobody waits, and a first release may still come up."""


@dataclass(frozen=True)
class Aftermath:
    """The verdict, and what is wrong.

    Args:
        verdict: the verdict in which what users get has the last word.
        unwell: services that are down or degraded.
    """

    verdict: Verdict
    unwell: tuple[Health, ...] = ()


def aftermath(
    context: ReleaseContext, board: ProgressBoard, verdict: Verdict, probe: ProbeRecord | None = None
) -> Aftermath:
    """Look at the services that concern the release, and at what the front door answered.

    Where AWS does not tell, or a person does not wait for it, the verdict stays as it is.
    """
    silent = probe is not None and _all_failed(probe, AFTER)
    # One that never got an answer may ask a path that the application has not: that proves nothing of this release.
    blind = probe is not None and _all_failed(probe, BEFORE)
    unwell: tuple[Health, ...] = ()
    with suppress(AwsError, KeyboardInterrupt):  # the record is still to be written
        unwell = _unwell(context, board, verdict)
    _emit(context.doors.events, unwell, probe if silent else None, blind=blind)
    if board.touched:
        verdict = as_users_get_it(verdict, {each.state for each in unwell}, answers=blind or not silent)
    return Aftermath(verdict, unwell)


def _emit(events: Events, unwell: tuple[Health, ...], silent: ProbeRecord | None, *, blind: bool) -> None:
    for health in unwell:
        events.emit(Unhealthy(health.service, health.state.value, health.says))
    if silent:
        events.emit(Unanswered(silent.url, before=blind))


def _unwell(context: ReleaseContext, board: ProgressBoard, verdict: Verdict) -> tuple[Health, ...]:
    names = [name for name in board.services if _concerns(context, board, verdict, name)]
    doors, patience = context.doors, SETTLES if board.touched and verdict not in _UNDECIDED else 0.0
    infrastructure = context.wanted.infrastructure
    deadline = doors.clock.monotonic() + patience
    while True:
        found = observe_health(infrastructure, names, ecs=doors.ecs, elb=doors.elb, clock=doors.clock)
        unwell = tuple(each for each in found if not each.well)
        if all(each.gave_up or each.desired == 0 for each in unwell) or doors.clock.monotonic() >= deadline:
            return unwell
        doors.clock.sleep(_LOOK)


def _concerns(context: ReleaseContext, board: ProgressBoard, verdict: Verdict, name: str) -> bool:
    """Of a good release, what it has updated; of any other, whatever was or should have been live."""
    updated = board.services[name].updated
    if verdict.good:
        return updated
    if context.observation[name].never_released:
        return updated and verdict not in _UNDECIDED
    return updated or context.observation[name].desired > 0


def _all_failed(probe: ProbeRecord, name: str) -> bool:
    phase = next((each for each in probe.phases if each.name == name), None)
    return phase is not None and 0 < phase.requests == phase.failed
