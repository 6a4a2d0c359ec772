"""Follows service deployments until each is decided."""

import random
from collections.abc import Callable, Mapping, MutableMapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from tagship.aws.ecs_shapes import Ecs, EcsService, ServiceDeployment
from tagship.aws.elb import Elb, TargetHealth
from tagship.base.clock import Clock
from tagship.base.errors import AwsConflict, AwsError, AwsThrottled, AwsUnreachable
from tagship.base.events import Events
from tagship.release.events import FailedFast, WentLive
from tagship.release.records.verdict import Verdict, asked_for, final_verdict
from tagship.release.watching.polling import Pace
from tagship.release.watching.rollout_view import RolloutView, commonest_death, died, serves

PATIENCE = 30 * 60.0
"""Seconds until a watch gives up; the rollout itself goes on."""

_APPEARS_WITHIN = 30.0
"""Seconds in which a service deployment must be listed after its update."""

_SILENCE = 60.0
"""Seconds without any answer until a watch gives up: a network that hiccups must not end a release."""

_THROTTLED = 600.0
"""Seconds of nothing but throttling until a watch gives up: AWS is there, and others may need it more."""


_RETURNED = frozenset({"ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})
"""Statuses of a service deployment from which on the service has its old revision back; ``ROLLBACK_REQUESTED`` is
before (ECS API, ServiceDeployment)."""


@dataclass(frozen=True)
class RolloutTarget:
    """Which rollout to watch.

    Args:
        service: its name in the manifest.
        cluster: the ECS cluster.
        ecs_service: its name there.
        target_group: the ARN.
        revision: the revision that the rollout brings.
        deployment: the service deployment's ARN, once it is known.
        fail_fast: how many new tasks may end in the same way until the rollout is taken back; 0 is no limit.
        on_rollback: called once when a rollback is asked for or begins, with what is known by then.
        bootstrap: the revision that a service has before its first release; what brings that back is this release's
            own doing, and no newer one.
        on_return: called once when ECS has the old revision back in the service. Before, an update would begin a
            deployment of its own.
    """

    service: str
    cluster: str
    ecs_service: str
    target_group: str
    revision: str
    deployment: str = ""
    fail_fast: int = 0
    on_rollback: Callable[["RolloutResult"], None] = field(default=lambda _: None)
    bootstrap: str = ""
    on_return: Callable[[], None] = field(default=lambda: None)


@dataclass(frozen=True)
class RolloutResult:
    """How a rollout ends: ``complaints`` are what the load balancer said of unhealthy targets on the way."""

    verdict: Verdict
    deployment: ServiceDeployment
    rollout_id: str
    complaints: tuple[str, ...]


class RolloutWatcher:
    """Looks, tells what changed, and comes to verdicts."""

    def __init__(
        self, *, ecs: Ecs, elb: Elb, clock: Clock, events: Events, chance: Callable[[], float] = random.random
    ) -> None:
        self.ecs, self.elb, self.clock, self.events, self.chance = ecs, elb, clock, events, chance

    def find(
        self, watched: RolloutTarget, known: frozenset[str], since: datetime | None = None
    ) -> ServiceDeployment | None:
        """The service deployment that our update started; None where it does not show up in time.

        Args:
            watched: the rollout.
            known: the service deployments that were there before.
            since: when the newest of those began.

        Raises:
            AwsUnreachable: no answer for a minute.
            AwsThrottled: nothing but that for ten.
        """
        began, pace = self.clock.monotonic(), Pace(self.chance)
        answered = began
        while True:
            try:
                for deployment in self.ecs.service_deployments(watched.cluster, watched.ecs_service, since):
                    if deployment.arn not in known and deployment.task_definition == watched.revision:
                        return deployment
                answered = self.clock.monotonic()
                if answered - began >= _APPEARS_WITHIN:
                    return None
            except (AwsThrottled, AwsUnreachable) as error:
                if self.clock.monotonic() - answered > _patience_with(error):
                    raise
                pace.throttled()
            self.clock.sleep(pace.wait(2))

    def loop(
        self,
        watched: Sequence[RolloutTarget],
        patience: float = PATIENCE,
        *,
        drained: bool = True,
        views: MutableMapping[str, RolloutView] | None = None,
    ) -> "WatchLoop":
        """Watch these together from now on.

        Args:
            watched: whose ``deployment`` is known.
            patience: seconds.
            drained: whether to go on until the old tasks are gone, or to end when the new ones serve alone.
            views: what an earlier loop has seen of them, by service deployment; grows.
        """
        known = {} if views is None else views
        for each in watched:
            known.setdefault(each.deployment, RolloutView(each.service, each.revision, self.events))
        seen = {each.service: known[each.deployment] for each in watched}
        return WatchLoop(self, watched, seen, until=(self.clock.monotonic() + patience, drained))


class WatchLoop:
    """Several rollouts, watched together; ``run`` can be interrupted and called again."""

    def __init__(
        self,
        watcher: RolloutWatcher,
        watched: Sequence[RolloutTarget],
        views: Mapping[str, RolloutView],
        *,
        until: tuple[float, bool],
    ) -> None:
        self._ecs, self._elb, self._clock, self._events = watcher.ecs, watcher.elb, watcher.clock, watcher.events
        self._pace, (self._deadline, self._drained) = Pace(watcher.chance), until
        self._open = {each.service: each for each in watched}
        self._views = views
        self._looked = all(view.looked for view in views.values())
        self._began = self._heard_at = watcher.clock.monotonic()
        self._ended: dict[str, RolloutResult] = {}
        self._failed_fast: set[str] = set()
        self._returned: set[str] = set()
        self._targets: dict[str, list[TargetHealth]] = {}
        self._asked = 0

    @property
    def undecided(self) -> tuple[RolloutTarget, ...]:
        """Those that go on."""
        return tuple(self._open.values())

    def run(self) -> Mapping[str, RolloutResult]:
        """Watch until all are decided; returns how each ended, by service.

        Raises:
            AwsUnreachable: no answer for a minute.
            AwsThrottled: nothing but that for ten.
        """
        while self._open:
            if self._looked:
                self._clock.sleep(self._pace.wait(_calls(len(self._open))))
            self._looked = True
            self._poll()
        return self._ended

    def _poll(self) -> None:
        try:
            fresh = self._whose_targets()
            for watched, deployment, service in self._now():
                if watched.service in fresh:
                    self._targets[watched.service] = self._elb.target_health(watched.target_group)
                self._see(watched, deployment, service, fresh=watched.service in fresh)
            self._pace.answered()
            self._heard_at = self._clock.monotonic()
        except (AwsThrottled, AwsUnreachable) as error:
            if self._clock.monotonic() - self._heard_at > _patience_with(error):
                raise
            if isinstance(error, AwsThrottled):
                self._pace.throttled()

    def _now(self) -> list[tuple[RolloutTarget, ServiceDeployment, EcsService]]:
        every = list(self._open.values())
        by_arn = {found.arn: found for found in self._ecs.deployments([each.deployment for each in every])}
        services = self._ecs.services(every[0].cluster, [each.ecs_service for each in every])
        return [
            (each, by_arn[each.deployment], service)
            for each, service in zip(every, services, strict=True)
            if each.deployment in by_arn
        ]

    def _whose_targets(self) -> frozenset[str]:
        """Whose targets this look asks for: target groups are asked for one by one, so of many services some."""
        names = list(self._open)
        chosen = [names[(self._asked + place) % len(names)] for place in range(min(len(names), _TARGET_GROUPS_A_LOOK))]
        self._asked += len(chosen)
        return frozenset(chosen)

    def _see(self, watched: RolloutTarget, deployment: ServiceDeployment, service: EcsService, *, fresh: bool) -> None:
        view = self._views[watched.service]
        was_rolling_back = view.rolling_back
        targets = self._targets.get(watched.service, [])
        view.update(deployment, service, targets)
        if view.rolling_back and not was_rolling_back:
            so_far = self._taken_back(watched, deployment)
            watched.on_rollback(RolloutResult(so_far, deployment, view.rollout_id, view.complaints))
        if deployment.status in _RETURNED and watched.service not in self._returned:
            watched.on_return()
            self._returned.add(watched.service)  # only now: a call that AWS did not answer is made again
        # Targets as they were some looks ago may be those of the old tasks.
        serving = serves(deployment, service, targets) if fresh else view.serving
        if serving and not view.serving:
            view.serving = True
            self._events.emit(WentLive(watched.service, self._clock.monotonic() - self._began))
        if verdict := self._verdict(watched, deployment, serving=serving):
            self._open.pop(watched.service)
            self._ended[watched.service] = RolloutResult(verdict, deployment, view.rollout_id, view.complaints)
        elif view.moved and not serving:
            self._fail_fast(watched, deployment, view)

    def _verdict(self, watched: RolloutTarget, deployment: ServiceDeployment, *, serving: bool) -> Verdict | None:
        if deployment.over:
            after = self._after(watched, deployment) if deployment.status == "STOPPED" else []
            newer = any(revision != watched.bootstrap for revision in after)
            if after and not newer:
                return self._taken_back(watched, deployment)
            verdict = final_verdict(deployment, newer=newer)
            ours = verdict is Verdict.STOPPED and watched.service in self._failed_fast
            return Verdict.ROLLED_BACK if ours else verdict
        if serving and not self._drained:
            return Verdict.STILL_DRAINING
        if self._clock.monotonic() >= self._deadline:
            return Verdict.STILL_DRAINING if serving else Verdict.TIMED_OUT
        return None

    def _after(self, watched: RolloutTarget, deployment: ServiceDeployment) -> list[str]:
        """The revisions that younger service deployments bring."""
        since = deployment.created_at
        listed = self._ecs.service_deployments(watched.cluster, watched.ecs_service, since)
        return [other.task_definition for other in listed if other.created_at > since]

    def _taken_back(self, watched: RolloutTarget, deployment: ServiceDeployment) -> Verdict:
        ours = watched.service in self._failed_fast or not asked_for(deployment)
        return Verdict.ROLLED_BACK if ours else Verdict.STOPPED

    def _fail_fast(self, watched: RolloutTarget, deployment: ServiceDeployment, view: RolloutView) -> None:
        """Take the rollout back as soon as enough of its tasks have died of the same cause."""
        if not watched.fail_fast or deployment.status != "IN_PROGRESS" or watched.service in self._failed_fast:
            return
        stopped = self._ecs.tasks(watched.cluster, watched.ecs_service, stopped=True)
        ours = [task for task in stopped if task.started_by == view.rollout_id]
        way, count = commonest_death(task for task in ours if died(task))
        if count < watched.fail_fast:
            return
        try:
            self._ecs.roll_back(watched.deployment)
        except AwsConflict:
            return  # ECS was faster.
        self._failed_fast.add(watched.service)
        self._events.emit(FailedFast(watched.service, count, way))


def _patience_with(error: AwsError) -> float:
    return _THROTTLED if isinstance(error, AwsThrottled) else _SILENCE


def _calls(services: int) -> int:
    """How many calls a look takes: services by ten, service deployments by twenty, target groups one by one."""
    return -(-services // 10) + -(-services // 20) + min(services, _TARGET_GROUPS_A_LOOK)


_TARGET_GROUPS_A_LOOK = 10
"""Load balancing allows 10 such calls a second, to everybody (API reference, "Request throttling")."""
