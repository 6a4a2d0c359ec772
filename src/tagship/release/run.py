"""Runs a release: takes its turn, has its plan executed, and writes down how it ended, whatever happens."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from typing import TypedDict

from tagship.base.errors import TagshipError
from tagship.base.events import Events
from tagship.probe import AFTER
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext
from tagship.release.events import PlanMade, Probed, Unhealthy
from tagship.release.health import Health
from tagship.release.planning.observe import Observation
from tagship.release.planning.steps import Plan, PublishSite, WatchRollouts
from tagship.release.records.ledger import Turn
from tagship.release.records.record import (
    PhaseRecord,
    ProbeRecord,
    ReleaseRecord,
    ServiceRecord,
    SiteRecord,
    StepRecord,
)
from tagship.release.records.verdict import Verdict


@dataclass(frozen=True)
class Outcome:
    """What came of it: no record and no verdict where nothing was done, for a dry run or an empty plan.

    Args:
        plan: what was to be done.
        record: the record that was written.
        verdict: the verdict on the release.
        error: the error that ended it.
        unwell: services that are down or degraded now.
        way_back: whether a version was live before.
    """

    plan: Plan
    record: ReleaseRecord | None = None
    verdict: Verdict | None = None
    error: TagshipError | None = None
    unwell: tuple[Health, ...] = ()
    way_back: bool = True


def announce_plan(events: Events, environment: str, plan: Plan, observation: Observation) -> None:
    """Say what is to be done, and what has the version already and does not serve it well.

    Services without tasks are the plan's business.
    """
    events.emit(PlanMade(environment, plan))
    for name, seen in observation.items():
        if seen.health and seen.desired and not seen.health.well:
            events.emit(Unhealthy(name, seen.health.state.value, seen.health.says))


def run_release(
    plan: Plan, context: ReleaseContext, board: ProgressBoard, taking: AbstractContextManager[Turn]
) -> Outcome:
    """Take the turn, do the steps, and write down how it ended, whatever happens."""
    # Where there is nothing to do, what does it and what explains its end need not be read: a third of the engine.
    from tagship.release.aftermath import aftermath  # noqa: PLC0415 - as above
    from tagship.release.execute import execute  # noqa: PLC0415 - as above

    with taking as turn:
        context = replace(context, number=turn.record.number)
        try:
            with _probing(context) as seen:
                verdict, error = execute(plan, context, board, note=lambda: _note(turn, context, board)), None
        except TagshipError as problem:
            verdict, error = _undecided(plan, board), problem
        except KeyboardInterrupt:
            verdict, error = _interrupted(plan, board), None
        except BaseException:
            turn.finish(_undecided(plan, board).words, **_known(context, board))
            raise
        probed = next(iter(seen), None)
        try:
            left = aftermath(context, board, verdict, *seen)
        except BaseException:  # Ctrl-C while we look what users get: the release itself has ended
            turn.finish(verdict.words, probe=probed, **_known(context, board))
            raise
        record = turn.finish(left.verdict.words, probe=probed, **_known(context, board))
        return Outcome(plan, record, left.verdict, error, left.unwell, way_back=not context.first_release)


@contextmanager
def _probing(context: ReleaseContext) -> Iterator[list[ProbeRecord]]:
    """Ask the front door while the block runs; what was seen is in the list afterwards."""
    probe, seen = context.options.probe, list[ProbeRecord]()
    # Before the first release there is nobody to ask.
    if probe is None or context.first_release:
        yield seen
        return
    probe.start()
    try:
        yield seen
    finally:
        probe.mark(AFTER)
        report = probe.stop()
        context.doors.events.emit(Probed(report))
        phases = tuple(PhaseRecord(**vars(phase)) for phase in report.phases)
        seen.append(ProbeRecord(url=report.url, phases=phases))


def _undecided(plan: Plan, board: ProgressBoard) -> Verdict:
    if _serves(plan, board):
        return Verdict.STILL_DRAINING
    if board.all_reverted:
        return Verdict.PUT_BACK
    return Verdict.TIMED_OUT if board.touched else Verdict.FAILED_BEFORE_UPDATE


def _serves(plan: Plan, board: ProgressBoard) -> bool:
    """Whether the version serves everywhere, its pages too, and only old tasks were waited for."""
    watched = [name for step in plan.steps if isinstance(step, WatchRollouts) for name in step.services]
    verdicts = [board.services[name].verdict for name in watched]
    pages = board.site.published or not any(isinstance(step, PublishSite) for step in plan.steps)
    return bool(watched) and pages and all(verdict and verdict.good for verdict in verdicts)


def _interrupted(plan: Plan, board: ProgressBoard) -> Verdict:
    if _serves(plan, board):
        return Verdict.STILL_DRAINING
    return Verdict.TIMED_OUT if board.touched else Verdict.STOPPED


class _Known(TypedDict):
    services: Mapping[str, ServiceRecord]
    site: SiteRecord | None
    steps: tuple[StepRecord, ...]


def _known(context: ReleaseContext, board: ProgressBoard) -> _Known:
    """What the board says, as the record keeps it."""
    services = {name: known.record for name, known in board.services.items()}
    return _Known(services=services, site=board.site.record if context.site else None, steps=board.steps)


def _note(turn: Turn, context: ReleaseContext, board: ProgressBoard) -> None:
    """Keep what is known so far, for whoever takes over where this run is cut off."""
    turn.write(**_known(context, board))
