"""How a rollback goes: a plan like any other, whose revisions exist already."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from tagship.aws.ecs_shapes import Revision
from tagship.base.errors import Refused
from tagship.infra.outputs import Infrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext, ReleaseOptions
from tagship.release.doors import Doors
from tagship.release.planning.observe import Observation, SiteObservation, observe, observe_site
from tagship.release.planning.plan import Wanted, drain_stage, lost, moved_port, started_again
from tagship.release.planning.restorable import missing, require_database_fits, require_site_kept, revisions_of
from tagship.release.planning.steps import Plan, PublishSite, Stage, UpdateService, WatchRollouts
from tagship.release.planning.task_definition import port_of
from tagship.release.records.ledger import Ledger
from tagship.release.records.record import ReleaseRecord, draft_record
from tagship.release.records.verdict import Verdict
from tagship.release.run import Outcome, announce_plan, run_release


@dataclass(frozen=True)
class RollbackRequest:
    """What somebody asks for.

    Args:
        who: asks.
        target: a release's number or version; None is what served before: see ``choose``.
        dry_run: only tell the plan.
        options: how to go about it.
        past_contract: whether to go back beyond a migration that contracted.
    """

    who: str
    target: str | None = None
    dry_run: bool = False
    options: ReleaseOptions = field(default_factory=ReleaseOptions)
    past_contract: bool = False


def plan_rollback(
    target: ReleaseRecord,
    observation: Observation,
    site: SiteObservation | None = None,
    *,
    revisions: Mapping[str, Revision],
    drained: bool = True,
    services: Mapping[str, Service] | None = None,
) -> Plan:
    """Point every service at the revision that it had in that release, all at the same time, then the site; pure.

    Args:
        target: the release.
        observation: what is.
        site: the front end as it is; None where there is none.
        revisions: the revisions of that release: see ``revisions_of``.
        drained: whether the rollback goes on until the old tasks are gone.
        services: the services of the manifest: how many tasks one gets that has none.
    """
    updates = tuple(_updates(target, observation, services or {}, revisions))
    rolling = tuple(step.service for step in updates)
    rollouts: tuple[Stage, ...] = (updates, (WatchRollouts(rolling),)) if updates else ()
    front: tuple[Stage, ...] = ()
    if site and target.site and target.site.build and target.site.build != site.live:
        front = ((PublishSite(target.site.build),),)
    return Plan(target.version, (*rollouts, *front, *drain_stage(rollouts, drained)))


def _updates(
    target: ReleaseRecord, observation: Observation, services: Mapping[str, Service], revisions: Mapping[str, Revision]
) -> Iterator[UpdateService]:
    for name, kept in target.services.items():
        seen, service = observation.get(name), services.get(name)
        if seen is None:
            continue
        if seen.revision != kept.revision:
            desired = service.count.desired if service and seen.desired == 0 else None
            port = moved_port(seen, port_of(revisions[name].definition)) if name in revisions else None
            yield UpdateService(name, kept.revision, desired, port, kept.content)
        elif not seen.rolling and lost(seen, service):
            yield started_again(name, seen, service)


def choose(records: list[ReleaseRecord], target: str | None) -> ReleaseRecord:
    """The release to go back to, of the newest records first.

    Without a target, what served before: where the newest release has left something half done, the one that serves.

    Raises:
        Refused: there is no such release, or it never came to serve.
    """
    good = [record for record in records if record.good]
    if good and target is None and _unfinished(records[0]):
        return good[0]
    if not good:
        raise Refused("No release went live yet, so there is nothing to roll back to.", hint="tagship history")
    if target is None:
        found = next((record for record in good[1:] if record.version != good[0].version), None)
        if found is None:
            raise Refused(f"`{good[0].version}` is the only version that ever went live.", hint="tagship history")
        return found
    found = next((record for record in good if target in (record.version, str(record.number))), None)
    if found is None:
        raise Refused(f"No release `{target}` went live.", hint="tagship history")
    return found


def _unfinished(newest: ReleaseRecord) -> bool:
    """Whether it may have moved some services and not others, or left none live: what served is still to be had."""
    left = (Verdict.TIMED_OUT, Verdict.DOWN, Verdict.DEGRADED)
    return not newest.verdict or newest.verdict in {verdict.words for verdict in left}


class Rollbacker:
    """Puts an earlier release of one environment back."""

    def __init__(
        self,
        doors: Doors,
        ledger: Ledger,
        *,
        infrastructure: Callable[[], Infrastructure],
        manifest: EnvironmentManifest,
    ) -> None:
        self._doors, self._ledger = doors, ledger
        self._infrastructure, self._manifest = infrastructure, manifest

    def roll_back(self, request: RollbackRequest) -> Outcome:
        """Choose, check that everything it needs is still there, and carry it out."""
        if not request.dry_run:
            self._ledger.require_free()
        records = self._ledger.records()
        target = choose(records, request.target)
        if not request.past_contract:
            require_database_fits(target, records, f"tagship rollback {target.number} --past-contract")
        infrastructure = self._infrastructure()
        observation = observe(
            infrastructure,
            target.version,
            ecs=self._doors.ecs,
            ecr=self._doors.ecr,
            serving=self._ledger.serving(),
            elb=self._doors.elb,
        )
        site = observe_site(infrastructure, target.version, self._doors.site)
        revisions = revisions_of(target.services, self._doors.ecs)
        plan = plan_rollback(
            target,
            observation,
            site,
            revisions=revisions,
            drained=request.options.drained,
            services=self._manifest.services,
        )
        announce_plan(self._doors.events, self._manifest.environment, plan, observation)
        if gone := missing(target.services, revisions, infrastructure, self._doors.ecr):
            raise Refused(f"Release {target.number} cannot be live again: {gone}.", hint="tagship history")
        require_site_kept(self._doors.site, infrastructure, target)
        if plan.empty or request.dry_run:
            return Outcome(plan)
        wanted = Wanted(self._manifest, infrastructure, target.version, target.commit)
        context = ReleaseContext(self._doors, request.options, wanted, observation, site=site)
        board = ProgressBoard.begun(observation, site)
        board.goes_back(target)
        draft = draft_record("rollback", target.version, target.commit, request.who)
        return run_release(plan, context, board, self._ledger.turn(draft))
