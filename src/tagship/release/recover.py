"""Brings the last version that was live back, whatever has happened; how it is chosen is in ``planning/last_live.py``.

A recovery is a plan like any other: its revisions exist already, and nothing is built or migrated. Terraform owns the
target groups; the one thing of theirs that is changed here is a health check path that the version does not answer,
because as long as it stands no task can get healthy. Terraform sees that as drift, and the plan says so.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tagship.base.errors import AwsError, NotReady, Refused, TagshipError
from tagship.image.source import SourceRequest, Sources
from tagship.infra.outputs import Infrastructure, ServiceInfrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext, ReleaseOptions
from tagship.release.doors import Doors
from tagship.release.health import Health, may_rest, observe_health
from tagship.release.planning.last_live import LastLive
from tagship.release.planning.observe import SiteObservation, observe, observe_site
from tagship.release.planning.plan import Wanted, drain_stage
from tagship.release.planning.recovery_plan import Patient, ReasonedStep, notes, stages
from tagship.release.planning.restorable import require_site_kept, revisions_of
from tagship.release.planning.steps import Plan, Stage
from tagship.release.planning.task_definition import port_of
from tagship.release.records.ledger import Ledger
from tagship.release.records.record import ReleaseRecord, draft_record
from tagship.release.run import Outcome, run_release


@dataclass(frozen=True)
class Recovery:
    """What is to be done, and why.

    Args:
        target: the release that comes back.
        healths: how every service is.
        steps: the steps in their order, with their reasons; none where everything is up.
        notes: what to know before and after.
        context: what the steps work with.
    """

    target: ReleaseRecord
    healths: tuple[Health, ...]
    steps: tuple[tuple[ReasonedStep, ...], ...]
    notes: tuple[str, ...]
    context: ReleaseContext

    @property
    def plan(self) -> Plan:
        """The steps without their reasons."""
        every: list[Stage] = [tuple(each.step for each in stage) for stage in self.steps]
        return Plan(self.target.version, (*every, *drain_stage(every, self.context.options.drained)))


@dataclass(frozen=True)
class Recoverer:
    """Recovers one environment.

    Args:
        doors: everything outside.
        ledger: the releases.
        infrastructure: reads what Terraform built.
        manifest: the manifest of the environment, as it is in this folder now.
        sources: finds the tag of the version that comes back.
        manifest_in: reads the environment's manifest in a folder, in a tree with that top.
    """

    doors: Doors
    ledger: Ledger
    infrastructure: Callable[[], Infrastructure]
    manifest: EnvironmentManifest
    sources: Sources
    manifest_in: Callable[[Path, Path], EnvironmentManifest]
    options: ReleaseOptions = field(default_factory=lambda: ReleaseOptions(undo=False))

    def plan(self, *, past_contract: bool = False) -> Recovery:
        """Look at everything, and say what is to be done; changes nothing.

        Raises:
            NotReady: no rule of the load balancer leads to a service: no task that is started would be asked.
            Refused: nothing was ever live, or nothing of it can be had any more.
            LeaseHeld: a release is running.
        """
        infrastructure = self.infrastructure()
        found = LastLive(self.doors, self.ledger, infrastructure).find(past_contract=past_contract)
        target, noted = found.target, list(found.notes)
        observation = observe(
            infrastructure,
            target.version,
            ecs=self.doors.ecs,
            ecr=self.doors.ecr,
            serving=None,
            scaling=self.doors.scaling,
        )
        site = self._site(infrastructure, target, noted)
        healths = self._healths(infrastructure, target)
        _require_ways(healths, self.manifest.environment)
        then = self._manifest_of(target, noted)
        revisions = revisions_of(target.services, self.doors.ecs)
        patients = {
            health.service: Patient(
                health,
                observation[health.service],
                target.services[health.service],
                port_of(revisions[health.service].definition),
                self._asked(infrastructure.services[health.service]),
                _path_in(then, health.service),
            )
            for health in healths
        }
        steps = tuple(stage for stage in stages(target, patients, self.manifest, site) if stage)
        noted += notes(patients, steps)
        wanted = Wanted(self.manifest, infrastructure, target.version, target.commit)
        context = ReleaseContext(self.doors, self.options, wanted, observation, site=site)
        return Recovery(target, healths, steps, tuple(noted), context)

    def carry_out(self, recovery: Recovery, who: str) -> Outcome:
        """Do it, watch it, and write it down.

        Raises:
            LeaseHeld: another release is running.
        """
        plan = recovery.plan
        if plan.empty:
            return Outcome(plan)
        context = recovery.context
        board = ProgressBoard.begun(context.observation, context.site)
        board.goes_back(recovery.target)
        draft = draft_record("recovery", recovery.target.version, recovery.target.commit, who)
        return run_release(plan, context, board, self.ledger.turn(draft))

    def _healths(self, infrastructure: Infrastructure, target: ReleaseRecord) -> tuple[Health, ...]:
        names = [name for name in infrastructure.services if name in target.services]
        doors = self.doors
        found = observe_health(infrastructure, names, ecs=doors.ecs, elb=doors.elb, clock=doors.clock)
        services = self.manifest.services
        return tuple(replace(each, may_rest=may_rest(services.get(each.service))) for each in found)

    def _site(self, infrastructure: Infrastructure, target: ReleaseRecord, noted: list[str]) -> SiteObservation | None:
        """The front end as it is; None where there is none, or where its build is not kept any more."""
        try:
            require_site_kept(self.doors.site, infrastructure, target)
        except Refused as error:
            noted.append(f"The site stays as it is. {error.message}")
            return None
        return observe_site(infrastructure, target.version, self.doors.site)

    def _manifest_of(self, target: ReleaseRecord, noted: list[str]) -> EnvironmentManifest | None:
        """The manifest of the tag; None, and a note, where this checkout has not that very commit."""
        try:
            source = self.sources.resolve(SourceRequest(target.version, allow_dirty=False, allow_any_tag=True))
            if not target.commit or source.commit == target.commit:
                with self.sources.tree(source) as tree:
                    return self.manifest_in(tree, source.top(tree))
            why = f"the tag was moved: it points at {source.commit[:8]} now"
        except TagshipError as error:
            why = error.message
        noted.append(f"The health path of {target.version} is unknown here: {why}")
        return None

    def _asked(self, place: ServiceInfrastructure) -> str:
        try:
            return self.doors.standing.target_group(place.target_group_arn).health_path
        except AwsError:
            return ""


def _path_in(manifest: EnvironmentManifest | None, name: str) -> str:
    service = manifest.services.get(name) if manifest else None
    return service.health.path if service else ""


def _require_ways(healths: Iterable[Health], environment: str) -> None:
    for health in healths:
        if health.unrouted and not health.well:
            raise NotReady(
                f"`{health.service}` is {health.state.value.upper()}: {health.says}.",
                hint=f"tagship infra apply --env {environment}",
            )
