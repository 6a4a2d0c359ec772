"""Does the steps of a plan, one after the other. All deciding was done in ``plan.py``."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from tagship.aws.ecr import Ecr
from tagship.aws.ecs_shapes import Ecs, ServiceChange, Target
from tagship.aws.elb import Elb
from tagship.aws.logs import Logs
from tagship.base.clock import Clock
from tagship.base.errors import TagshipError
from tagship.base.events import Events
from tagship.image.builder import Builder, BuildRequest, RegistryCredentials
from tagship.image.source import Source
from tagship.release.definition import CONTENT_TAG, VERSION_TAG, content_hash
from tagship.release.diagnosis import Diagnosis
from tagship.release.evidence import Coroner
from tagship.release.happenings import Diagnosed, StepFinished, StepStarted, StopRequested, VerdictReached
from tagship.release.observation import Observation
from tagship.release.plan import Wanted
from tagship.release.steps import BuildImage, Plan, RegisterRevision, Step, UpdateService, WatchRollout
from tagship.release.verdict import Verdict
from tagship.release.watch import PATIENCE, Watch, Watched, Watcher


@dataclass(frozen=True)
class Doors:
    """Everything outside that a release touches."""

    ecs: Ecs
    ecr: Ecr
    elb: Elb
    logs: Logs
    builder: Builder
    clock: Clock
    events: Events


@dataclass(frozen=True)
class Progress:
    """What is known of one service's part in the release, growing with each step."""

    digest: str = ""
    revision: str = ""
    service_deployment: str = ""
    updated: bool = False
    verdict: Verdict | None = None
    seconds: float = 0.0
    diagnosis: Diagnosis | None = None


@dataclass(frozen=True)
class Materials:
    """What the steps need besides the plan; a rollback builds nothing and has no source."""

    wanted: Wanted
    observation: Observation
    source: Source | None = None
    tree: Path = Path()


class Executor:
    """Carries out one plan. ``progress`` is kept by service, so that an interruption finds it true."""

    def __init__(self, doors: Doors, materials: Materials, patience: float = PATIENCE) -> None:
        self._doors, self._materials, self._patience = doors, materials, patience
        self._watcher = Watcher(ecs=doors.ecs, elb=doors.elb, clock=doors.clock, events=doors.events)
        self.progress: dict[str, Progress] = {
            name: Progress(digest=seen.image_digest or "", revision=seen.current.arn)
            for name, seen in materials.observation.items()
        }

    @property
    def touched(self) -> bool:
        """Whether any service was updated."""
        return any(progress.updated for progress in self.progress.values())

    def steps(self, plan: Plan) -> Verdict:
        """Do the steps until the first bad verdict; returns the release's own."""
        for step in plan.steps:
            verdict = self._timed(step)
            if verdict and not verdict.good:
                return verdict
        verdicts = [progress.verdict for progress in self.progress.values() if progress.verdict]
        return Verdict.STILL_DRAINING if Verdict.STILL_DRAINING in verdicts else Verdict.RELEASED

    def _timed(self, step: Step) -> Verdict | None:
        self._doors.events.emit(StepStarted(step))
        began = self._doors.clock.monotonic()
        result = self._do(step)
        seconds = self._doors.clock.monotonic() - began
        verdict = self.progress[step.service].verdict if isinstance(step, WatchRollout) else None
        if verdict:
            self._know(step.service, seconds=seconds)
            self._doors.events.emit(VerdictReached(step.service, verdict, seconds))
        self._doors.events.emit(StepFinished(step, seconds, result))
        return verdict

    def _do(self, step: Step) -> str:
        match step:
            case BuildImage():
                return self._build(step)
            case RegisterRevision():
                return self._register(step)
            case UpdateService():
                return self._update(step)
            case WatchRollout():
                return self._watch(step)

    def _know(self, service: str, **facts: object) -> None:
        self.progress[service] = replace(self.progress[service], **facts)  # type: ignore[arg-type]

    def _build(self, step: BuildImage) -> str:
        wanted, source = self._materials.wanted, self._materials.source
        if source is None:
            raise TagshipError(f"There is no source to build `{step.service}` from.")
        build = wanted.manifest.services[step.service].build
        sign_in = self._doors.ecr.sign_in()
        digest = self._doors.builder.build_and_push(
            BuildRequest(
                service=step.service,
                context=self._materials.tree / build.context,
                dockerfile=build.dockerfile,
                version=step.version,
                revision=source.commit,
                source=source.remote,
                created=source.committed_at,
                repository_url=wanted.infrastructure.services[step.service].repository_url,
                credentials=RegistryCredentials(sign_in.registry, sign_in.username, sign_in.password),
            )
        )
        self._know(step.service, digest=digest)
        return digest

    def _register(self, step: RegisterRevision) -> str:
        wanted = self._materials.wanted
        digest = step.image.digest or self.progress[step.service].digest
        definition = wanted.definition(step.service, wanted.image(step.service, digest))
        tags = {
            CONTENT_TAG: content_hash(definition),
            VERSION_TAG: wanted.version,
            "tagship:app": wanted.manifest.app,
            "tagship:environment": wanted.manifest.environment,
        }
        revision = self._doors.ecs.register(definition, tags)
        self._know(step.service, revision=revision.arn)
        return revision.name

    def _update(self, step: UpdateService) -> str:
        infrastructure = self._materials.wanted.infrastructure
        revision = step.revision or self.progress[step.service].revision
        place = infrastructure.services[step.service]
        # Said before the call: an interruption while AWS answers must count as "perhaps updated".
        self._know(step.service, revision=revision, updated=True)
        target = Target(place.target_group_arn, place.container, step.port) if step.port else None
        change = ServiceChange(task_definition=revision, desired=step.desired, target=target)
        self._doors.ecs.update_service(infrastructure.cluster, place.service, change)
        return revision.rpartition("/")[2]

    def _watch(self, step: WatchRollout) -> str:
        watched = self._watched(step.service)
        deployment = self._watcher.find(watched)
        if deployment is None:
            self._know(step.service, verdict=Verdict.TIMED_OUT)
            return "ECS lists no service deployment for the update"
        self._know(step.service, service_deployment=deployment.arn)
        seen = self._followed(watched, deployment.arn)
        self._know(step.service, verdict=seen.verdict)
        if not seen.verdict.good:
            self._examine(watched, seen)
        return deployment.arn

    def _followed(self, watched: Watched, deployment: str) -> Watch:
        """Watch; at Ctrl-C take the rollout back and watch that."""
        found = self._doors.ecs.service_deployment(deployment)
        try:
            return self._watcher.watch(watched, found, self._patience)
        except KeyboardInterrupt:
            self._doors.events.emit(StopRequested(watched.service))
            self._doors.ecs.roll_back(deployment)
            seen = self._watcher.watch(watched, found, self._patience)
            return replace(seen, verdict=Verdict.STOPPED) if seen.verdict is Verdict.ROLLED_BACK else seen

    def _examine(self, watched: Watched, seen: Watch) -> None:
        if seen.verdict is Verdict.STOPPED:
            return
        wanted = self._materials.wanted
        service, place = wanted.manifest.services[watched.service], wanted.infrastructure.services[watched.service]
        diagnosis = Coroner(ecs=self._doors.ecs, logs=self._doors.logs).examine(watched, seen, service, place)
        self._know(watched.service, diagnosis=diagnosis)
        self._doors.events.emit(Diagnosed(watched.service, diagnosis))

    def _watched(self, service: str) -> Watched:
        infrastructure = self._materials.wanted.infrastructure
        place, seen = infrastructure.services[service], self._materials.observation[service]

        def back_to_no_tasks() -> None:
            """Before the first release nothing ran: ECS would try to run the bootstrap revision for ever."""
            if seen.never_released:
                none = ServiceChange(task_definition=seen.current.arn, desired=0)
                self._doors.ecs.update_service(infrastructure.cluster, place.service, none)

        return Watched(
            service=service,
            cluster=infrastructure.cluster,
            ecs_service=place.service,
            target_group=place.target_group_arn,
            revision=self.progress[service].revision,
            known=seen.known_deployments,
            on_rollback=back_to_no_tasks,
        )


def summary(progress: Mapping[str, Progress]) -> str:
    """One line a service, for an error."""
    return "; ".join(
        f"{name}: {known.verdict.words if known.verdict else 'not decided'}" for name, known in progress.items()
    )
