"""How a deploy goes."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

from tagship.base.errors import NotReady, Refused, TagshipError
from tagship.image.source import SourceRequest, Sources
from tagship.image.version import parse
from tagship.infra.outputs import Infrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.probe import AFTER
from tagship.release.execute import execute
from tagship.release.happenings import PlanMade, Probed
from tagship.release.ledger import Ledger, Turn
from tagship.release.observation import observe
from tagship.release.plan import Wanted, plan_deploy
from tagship.release.record import DiagnosisRecord, PhaseRecord, ProbeRecord, ReleaseRecord, ServiceRecord
from tagship.release.steps import Plan
from tagship.release.verdict import Verdict
from tagship.release.work import Doors, Manner, Materials, Progress, Work


@dataclass(frozen=True)
class DeployRequest:
    """What somebody asks for."""

    source: SourceRequest
    who: str
    dry_run: bool = False
    allow_older: bool = False
    manner: Manner = field(default_factory=Manner)


@dataclass(frozen=True)
class Outcome:
    """What came of it: no record and no verdict where nothing was done, for a dry run or an empty plan."""

    plan: Plan
    record: ReleaseRecord | None = None
    verdict: Verdict | None = None
    error: TagshipError | None = None


class Deployer:
    """Ships one version to one environment.

    Args:
        doors: everything outside.
        ledger: the environment's records.
        infrastructure: reads what Terraform built.
        sources: finds tags.
        manifest_in: reads the environment's manifest in a folder: the tag's own, not the working tree's.
    """

    def __init__(
        self,
        doors: Doors,
        ledger: Ledger,
        *,
        infrastructure: Callable[[], Infrastructure],
        sources: Sources,
        manifest_in: Callable[[Path], EnvironmentManifest],
    ) -> None:
        self._doors, self._ledger = doors, ledger
        self._infrastructure, self._sources, self._manifest_in = infrastructure, sources, manifest_in

    def deploy(self, request: DeployRequest) -> Outcome:
        """Observe, plan, and unless it is a dry run or there is nothing to do: execute, watch, record."""
        source = self._sources.resolve(request.source)
        infrastructure = self._infrastructure()
        if not request.dry_run:
            # Before the plan: while another release moves the services, what is there now says nothing.
            self._ledger.require_free()
        with self._sources.tree(source) as tree:
            wanted = Wanted(self._manifest_in(tree), infrastructure, source.version, source.commit)
            _require_infrastructure(wanted)
            observation = observe(
                infrastructure,
                source.version,
                ecs=self._doors.ecs,
                ecr=self._doors.ecr,
                serving=self._ledger.serving(),
            )
            plan = plan_deploy(wanted, observation)
            self._doors.events.emit(PlanMade(wanted.manifest.environment, plan))
            if plan.empty or request.dry_run:
                return Outcome(plan)
            self._refuse_older(source.version, allowed=request.allow_older)
            work = Work(self._doors, Materials(wanted, observation, source, tree), request.manner)
            draft = draft_record("deploy", source.version, source.commit, request.who)
            return carry_out(plan, work, self._ledger, draft)

    def _refuse_older(self, version: str, *, allowed: bool) -> None:
        serving = None if allowed else self._ledger.serving()
        if serving and _is_older(version, serving.version):
            raise Refused(
                f"`{version}` is older than `{serving.version}`, which serves since release {serving.number}.",
                hint=f"tagship rollback {version}, or tagship deploy {version} --allow-older",
            )


def carry_out(plan: Plan, work: Work, ledger: Ledger, draft: ReleaseRecord) -> Outcome:
    """Take the turn, do the steps, and write down how it ended, whatever happens."""
    with ledger.turn(draft) as turn:
        work.number = turn.record.number
        work.noted = lambda progress: _note(turn, progress)
        try:
            with _probing(work) as seen:
                verdict, error = execute(plan, work), None
        except TagshipError as problem:
            verdict, error = _undecided(work), problem
        except KeyboardInterrupt:
            verdict, error = _interrupted(work), None
        except BaseException:
            _write(turn, work, _undecided(work))
            raise
        return Outcome(plan, _write(turn, work, verdict, *seen), verdict, error)


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


def draft_record(kind: Literal["deploy", "rollback"], version: str, commit: str, who: str) -> ReleaseRecord:
    """A record before its turn: the ledger gives it number and times."""
    never = datetime.min.replace(tzinfo=UTC)
    return ReleaseRecord(
        number=0, kind=kind, version=version, commit=commit, who=who, started_at=never, expires_at=never
    )


def _is_older(version: str, than: str) -> bool:
    """Whether both are versions and the first comes before the second."""
    ours, theirs = parse(version), parse(than)
    return ours is not None and theirs is not None and ours < theirs


def _undecided(work: Work) -> Verdict:
    return Verdict.TIMED_OUT if work.touched else Verdict.FAILED_BEFORE_UPDATE


def _interrupted(work: Work) -> Verdict:
    return Verdict.TIMED_OUT if work.touched else Verdict.STOPPED


def _note(turn: Turn, progress: Mapping[str, Progress]) -> None:
    """Keep what is known so far, for whoever takes over where this run is cut off."""
    turn.write(services=_service_records(progress))


def _write(turn: Turn, work: Work, verdict: Verdict, probe: ProbeRecord | None = None) -> ReleaseRecord:
    return turn.finish(verdict.words, _service_records(work.progress), probe)


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
        seconds=round(known.seconds, 1),
        diagnosis=DiagnosisRecord(**vars(found)) if found else None,
    )


def _require_infrastructure(wanted: Wanted) -> None:
    """Every service of the manifest stands, with the port that the manifest names.

    Raises:
        NotReady: names what is missing.
    """
    apply = f"tagship infra apply --env {wanted.manifest.environment}"
    for name, service in wanted.manifest.services.items():
        place = wanted.infrastructure.services.get(name)
        if place is None:
            raise NotReady(f"The service `{name}` has no infrastructure yet.", hint=apply)
        if place.port != service.port:
            raise NotReady(
                f"`services.{name}.port` is {service.port}, but the load balancer was built for {place.port}.",
                hint=apply,
            )
