"""Conducts a release: takes its turn, has its plan executed, and writes down how it ended, whatever happens."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime

from tagship.base.errors import TagshipError
from tagship.probe import AFTER
from tagship.release.aftermath import aftermath
from tagship.release.execute import execute
from tagship.release.happenings import Probed
from tagship.release.health import Health
from tagship.release.ledger import Turn
from tagship.release.record import (
    DiagnosisRecord,
    Kind,
    PhaseRecord,
    ProbeRecord,
    ReleaseRecord,
    ServiceRecord,
    SiteRecord,
)
from tagship.release.steps import Plan, PublishSite, WatchRollouts
from tagship.release.verdict import Verdict
from tagship.release.work import Progress, Work


@dataclass(frozen=True)
class Outcome:
    """What came of it: no record and no verdict where nothing was done, for a dry run or an empty plan.

    Args:
        plan: what was to be done.
        record: that was written.
        verdict: on the release.
        error: that ended it.
        unwell: services that are down or degraded now.
        way_back: whether a version was live before.
    """

    plan: Plan
    record: ReleaseRecord | None = None
    verdict: Verdict | None = None
    error: TagshipError | None = None
    unwell: tuple[Health, ...] = ()
    way_back: bool = True


def conduct(plan: Plan, work: Work, taking: AbstractContextManager[Turn]) -> Outcome:
    """Take the turn, do the steps, and write down how it ended, whatever happens."""
    with taking as turn:
        work.number = turn.record.number
        work.noted = lambda: _note(turn, work)
        try:
            with _probing(work) as seen:
                verdict, error = execute(plan, work), None
        except TagshipError as problem:
            verdict, error = _undecided(plan, work), problem
        except KeyboardInterrupt:
            verdict, error = _interrupted(plan, work), None
        except BaseException:
            _write(turn, work, _undecided(plan, work))
            raise
        left = aftermath(work, verdict, *seen)
        record = _write(turn, work, left.verdict, *seen)
        way_back = not all(service.never_released for service in work.materials.observation.values())
        return Outcome(plan, record, left.verdict, error, left.unwell, way_back)


@contextmanager
def _probing(work: Work) -> Iterator[list[ProbeRecord]]:
    """Ask the front door while the block runs; what was seen is in the list afterwards."""
    probe, seen = work.manner.probe, list[ProbeRecord]()
    # Before the first release there is nobody to ask.
    if probe is None or all(service.never_released for service in work.materials.observation.values()):
        yield seen
        return
    probe.start()
    try:
        yield seen
    finally:
        probe.mark(AFTER)
        report = probe.stop()
        work.doors.events.emit(Probed(report))
        phases = tuple(PhaseRecord(**vars(phase)) for phase in report.phases)
        seen.append(ProbeRecord(url=report.url, phases=phases))


def draft_record(kind: Kind, version: str, commit: str, who: str) -> ReleaseRecord:
    """A record before its turn: the ledger gives it number and times."""
    never = datetime.min.replace(tzinfo=UTC)
    return ReleaseRecord(
        number=0, kind=kind, version=version, commit=commit, who=who, started_at=never, expires_at=never
    )


def _undecided(plan: Plan, work: Work) -> Verdict:
    if _serves(plan, work):
        return Verdict.STILL_DRAINING
    if work.put_back and not (work.site.begun and not work.site.put_back):
        return Verdict.PUT_BACK
    return Verdict.TIMED_OUT if work.touched else Verdict.FAILED_BEFORE_UPDATE


def _serves(plan: Plan, work: Work) -> bool:
    """Whether the version serves everywhere, its pages too, and only old tasks were waited for."""
    watched = [name for step in plan.steps if isinstance(step, WatchRollouts) for name in step.services]
    verdicts = [work.progress[name].verdict for name in watched]
    pages = work.site.published or not any(isinstance(step, PublishSite) for step in plan.steps)
    return bool(watched) and pages and all(verdict and verdict.good for verdict in verdicts)


def _interrupted(plan: Plan, work: Work) -> Verdict:
    if _serves(plan, work):
        return Verdict.STILL_DRAINING
    return Verdict.TIMED_OUT if work.touched else Verdict.STOPPED


def _note(turn: Turn, work: Work) -> None:
    """Keep what is known so far, for whoever takes over where this run is cut off."""
    turn.write(services=_service_records(work.progress), site=_site_record(work), steps=tuple(work.steps))


def _write(turn: Turn, work: Work, verdict: Verdict, probe: ProbeRecord | None = None) -> ReleaseRecord:
    return turn.finish(
        verdict.words,
        _service_records(work.progress),
        probe,
        site=_site_record(work),
        steps=tuple(work.steps),
    )


def _site_record(work: Work) -> SiteRecord | None:
    if work.materials.site is None:
        return None
    known = work.site
    return SiteRecord(
        build=known.build,
        files=known.files,
        previous=known.previous,
        published=known.published,
        put_back=known.put_back,
        seconds=round(known.seconds, 1),
    )


def _service_records(progress: Mapping[str, Progress]) -> dict[str, ServiceRecord]:
    return {name: _service_record(known) for name, known in progress.items()}


def _service_record(known: Progress) -> ServiceRecord:
    found = known.diagnosis
    return ServiceRecord(
        digest=known.digest,
        revision=known.revision,
        content=known.content,
        previous=known.previous,
        taken_back=known.taken_back,
        migration=known.migration,
        service_deployment=known.service_deployment,
        verdict=known.verdict.words if known.verdict else "",
        served=round(known.served, 1),
        seconds=round(known.seconds, 1),
        diagnosis=DiagnosisRecord(**vars(found)) if found else None,
    )
