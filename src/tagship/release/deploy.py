"""How a deploy goes."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

from tagship.base.errors import NotReady, Refused
from tagship.image.source import Source, SourceRequest, Sources
from tagship.image.version import parse
from tagship.infra.outputs import Infrastructure
from tagship.manifest.model import EnvironmentManifest
from tagship.release.board import ProgressBoard
from tagship.release.context import ReleaseContext, ReleaseOptions
from tagship.release.doors import Doors
from tagship.release.planning.observe import observe, observe_site
from tagship.release.planning.own_secrets import own_secrets
from tagship.release.planning.plan import Wanted, plan_deploy
from tagship.release.planning.provenance import require_commit_of, require_one_commit
from tagship.release.planning.steps import Plan
from tagship.release.records.ledger import Ledger
from tagship.release.records.record import ReleaseRecord, draft_record
from tagship.release.run import Outcome, announce_plan, run_release


@dataclass(frozen=True)
class DeployRequest:
    """What somebody asks for."""

    source: SourceRequest
    who: str
    dry_run: bool = False
    allow_older: bool = False
    options: ReleaseOptions = field(default_factory=ReleaseOptions)


class Deployer:
    """Ships one version to one environment.

    Args:
        doors: everything outside.
        ledger: the environment's records.
        infrastructure: reads what Terraform built.
        sources: finds tags.
        manifest_in: reads the environment's manifest in a folder, in a tree with that top: the tag's own, not the
            working tree's.
    """

    def __init__(
        self,
        doors: Doors,
        ledger: Ledger,
        *,
        infrastructure: Callable[[], Infrastructure],
        sources: Sources,
        manifest_in: Callable[[Path, Path], EnvironmentManifest],
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
            plan, context = self._planned(source, tree, infrastructure, request.options)
            if plan.empty or request.dry_run:
                return Outcome(plan)
            self._refuse_older(source.version, allowed=request.allow_older)
            board = ProgressBoard.begun(context.observation, context.site)
            draft = draft_record("deploy", source.version, source.commit, request.who)
            return run_release(plan, context, board, self._ledger.turn(draft))

    def resume(self, cut_off: ReleaseRecord, request: DeployRequest) -> Outcome:
        """Go on with a release whose run was cut off, under its own number.

        A plan is what is still to do, so the steps that were done are not in it.

        Args:
            cut_off: the record, which nobody holds any more.
            request: names the record's version.
        """
        source = self._sources.resolve(request.source)
        require_commit_of(cut_off, source)
        infrastructure = self._infrastructure()
        with self._sources.tree(source) as tree:
            plan, context = self._planned(source, tree, infrastructure, request.options)
            if request.dry_run:
                return Outcome(plan)
            board = ProgressBoard.begun(context.observation, context.site)
            board.resumed(cut_off)
            return run_release(plan, context, board, self._ledger.turn_again(cut_off, request.who))

    def _planned(
        self, source: Source, tree: Path, infrastructure: Infrastructure, options: ReleaseOptions
    ) -> tuple[Plan, ReleaseContext]:
        manifest = self._manifest_in(tree, source.top(tree))
        wanted = Wanted(manifest, infrastructure, source.version, source.commit)
        _require_infrastructure(wanted)
        wanted = replace(wanted, secrets=own_secrets(manifest, self._doors.secrets))
        serving = self._ledger.serving()
        observation = observe(
            infrastructure,
            source.version,
            ecs=self._doors.ecs,
            ecr=self._doors.ecr,
            serving=serving,
            scaling=self._doors.scaling,
            elb=self._doors.elb,
        )
        site = observe_site(infrastructure, source.version, self._doors.site) if wanted.manifest.site else None
        require_one_commit(source, observation, site, infrastructure=infrastructure, doors=self._doors, serving=serving)
        plan = plan_deploy(wanted, observation, site, drained=options.drained)
        announce_plan(self._doors.events, wanted.manifest.environment, plan, observation)
        return plan, ReleaseContext(self._doors, options, wanted, observation, site=site, source=source, tree=tree)

    def _refuse_older(self, version: str, *, allowed: bool) -> None:
        serving = None if allowed else self._ledger.serving()
        if serving and _is_older(version, serving.version):
            raise Refused(
                f"`{version}` is older than `{serving.version}`, which is live since release {serving.number}.",
                hint=f"`tagship rollback {version}`, or `tagship deploy {version} --allow-older`.",
            )


def _is_older(version: str, than: str) -> bool:
    """Whether both are versions and the first comes before the second."""
    ours, theirs = parse(version), parse(than)
    return ours is not None and theirs is not None and ours < theirs


def _require_infrastructure(wanted: Wanted) -> None:
    """The site, and every service of the manifest with the port that the manifest names, stand.

    Raises:
        NotReady: names what is missing.
    """
    apply = f"tagship infra apply --env {wanted.manifest.environment}"
    if wanted.manifest.site and wanted.infrastructure.site is None:
        raise NotReady("The site has no infrastructure yet.", hint=apply)
    for name, service in wanted.manifest.services.items():
        place = wanted.infrastructure.services.get(name)
        if place is None:
            raise NotReady(f"The service `{name}` has no infrastructure yet.", hint=apply)
        if place.port != service.port:
            raise NotReady(
                f"`services.{name}.port` is {service.port}, but the load balancer was built for {place.port}.",
                hint=apply,
            )
