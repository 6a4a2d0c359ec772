"""Follows one service deployment until it is decided."""

from collections.abc import Callable
from dataclasses import dataclass, field

from tagship.aws.ecs_shapes import Ecs, EcsService, ServiceDeployment
from tagship.aws.elb import Elb, TargetHealth
from tagship.base.clock import Clock
from tagship.base.events import Events
from tagship.release.happenings import EcsSaid, RollbackBegan, RolloutProgress
from tagship.release.verdict import Verdict, final_verdict, serving

POLL = 1.0
"""Seconds between two looks: three calls each, far below what ECS allows a region (20 a second)."""

PATIENCE = 30 * 60.0
"""Seconds until a watch gives up; the rollout itself goes on."""

_APPEARS_WITHIN = 30.0
"""Seconds in which a service deployment must be listed after its update."""


@dataclass(frozen=True)
class Watched:
    """Which rollout to watch.

    ``known`` are the service deployments that were there before the update;
    ``on_rollback`` is called once when ECS begins to put the old revision back.
    """

    service: str
    cluster: str
    ecs_service: str
    target_group: str
    revision: str
    known: frozenset[str]
    on_rollback: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True)
class Watch:
    """How a rollout ended: ``complaints`` are what the load balancer said of unhealthy targets on the way."""

    verdict: Verdict
    deployment: ServiceDeployment | None
    rollout_id: str
    complaints: tuple[str, ...]


class Watcher:
    """Looks, tells what changed, and comes to a verdict."""

    def __init__(self, *, ecs: Ecs, elb: Elb, clock: Clock, events: Events) -> None:
        self._ecs, self._elb, self._clock, self._events = ecs, elb, clock, events

    def find(self, watched: Watched) -> ServiceDeployment | None:
        """The service deployment that our update started; None where it does not show up in time."""
        deadline = self._clock.monotonic() + _APPEARS_WITHIN
        while True:
            for deployment in self._ecs.service_deployments(watched.cluster, watched.ecs_service):
                if deployment.arn not in watched.known and deployment.task_definition == watched.revision:
                    return deployment
            if self._clock.monotonic() >= deadline:
                return None
            self._clock.sleep(POLL)

    def watch(self, watched: Watched, deployment: ServiceDeployment, patience: float = PATIENCE) -> Watch:
        """Follow a service deployment to its verdict."""
        deadline = self._clock.monotonic() + patience
        sight = _Sight(watched, self._events)
        while True:
            deployment = self._ecs.service_deployment(deployment.arn)
            service = self._ecs.service(watched.cluster, watched.ecs_service)
            sight.look(deployment, service, self._elb.target_health(watched.target_group))
            if deployment.over:
                verdict = final_verdict(deployment, newer=self._superseded(watched, deployment))
                return Watch(verdict, deployment, sight.rollout_id, sight.complaints)
            if self._clock.monotonic() >= deadline:
                verdict = Verdict.STILL_DRAINING if serving(deployment) else Verdict.TIMED_OUT
                return Watch(verdict, deployment, sight.rollout_id, sight.complaints)
            self._clock.sleep(POLL)

    def _superseded(self, watched: Watched, deployment: ServiceDeployment) -> bool:
        newest = self._ecs.service_deployments(watched.cluster, watched.ecs_service)[:1]
        return any(other.created_at > deployment.created_at for other in newest)


class _Sight:
    """What the watcher has seen so far; tells only what is new."""

    def __init__(self, watched: Watched, events: Events) -> None:
        self._watched, self._events = watched, events
        self._told: RolloutProgress | None = None
        self._heard: set[str] | None = None
        self._rolling_back = False
        self._complaints: dict[str, None] = {}
        self.rollout_id = ""

    @property
    def complaints(self) -> tuple[str, ...]:
        return tuple(self._complaints)

    def look(self, deployment: ServiceDeployment, service: EcsService, targets: list[TargetHealth]) -> None:
        self._hear(service, deployment)
        self._complaints |= dict.fromkeys(_complaints(targets))
        progress = _progress(self._watched, deployment, service, targets)
        if progress != self._told:
            self._told = progress
            self._events.emit(progress)
        rollout = next((entry for entry in service.rollouts if entry.task_definition == self._watched.revision), None)
        self.rollout_id = rollout.id if rollout else self.rollout_id
        if deployment.status.startswith("ROLLBACK") and not self._rolling_back:
            self._rolling_back = True
            self._events.emit(RollbackBegan(self._watched.service, deployment.rollback_reason or deployment.reason))
            self._watched.on_rollback()

    def _hear(self, service: EcsService, deployment: ServiceDeployment) -> None:
        if self._heard is None:
            self._heard = {event.id for event in service.events if event.at < deployment.created_at}
        for event in reversed(service.events):
            if event.id not in self._heard:
                self._heard.add(event.id)
                self._events.emit(EcsSaid(self._watched.service, event.message))


def _progress(
    watched: Watched, deployment: ServiceDeployment, service: EcsService, targets: list[TargetHealth]
) -> RolloutProgress:
    ours = [entry for entry in service.rollouts if entry.task_definition == watched.revision]
    others = [entry for entry in service.rollouts if entry.task_definition != watched.revision]
    serving_targets = [target for target in targets if target.state != "draining"]
    return RolloutProgress(
        service=watched.service,
        status=deployment.status,
        requested=service.desired,
        new_running=sum(entry.running for entry in ours),
        old_running=sum(entry.running for entry in others),
        failed=max(deployment.failures, *(entry.failed for entry in ours), 0),
        healthy=sum(target.state == "healthy" for target in targets),
        targets=len(serving_targets),
        complaints=_complaints(targets),
    )


def _complaints(targets: list[TargetHealth]) -> tuple[str, ...]:
    return tuple(sorted({target.description for target in targets if target.state == "unhealthy"}))
