"""What a watcher has seen of one rollout so far; tells only what is new."""

from collections import Counter
from collections.abc import Iterable

from tagship.aws.ecs_shapes import EcsService, Rollout, ServiceDeployment, Task
from tagship.aws.elb import TargetHealth
from tagship.base.events import Events
from tagship.release.events import EcsMessage, RollbackBegan, RolloutProgress


class RolloutView:
    """One rollout, look after look.

    Args:
        service: its name in the manifest.
        revision: the revision that it brings.
        events: hear what is new.
    """

    def __init__(self, service: str, revision: str, events: Events) -> None:
        self._service, self._revision, self._events = service, revision, events
        self._told: RolloutProgress | None = None
        self._heard: set[str] | None = None
        self._complaints: dict[str, None] = {}
        self.rolling_back = False
        self.serving = False
        self.rollout_id = ""
        self.moved = False

    @property
    def complaints(self) -> tuple[str, ...]:
        """What the load balancer said of unhealthy targets, each once."""
        return tuple(self._complaints)

    @property
    def looked(self) -> bool:
        """Whether anything was seen yet."""
        return self._told is not None

    def update(self, deployment: ServiceDeployment, service: EcsService, targets: list[TargetHealth]) -> None:
        """Take in how it is now; ``moved`` says whether anything has changed."""
        self._emit_new_events(service, deployment)
        self._complaints |= dict.fromkeys(_complaints(targets))
        progress = self._progress(deployment, service, targets)
        self.moved = progress != self._told
        if self.moved:
            self._told = progress
            self._events.emit(progress)
        ours, _ = _ours_and_others(service, self._revision)
        self.rollout_id = ours[0].id if ours else self.rollout_id
        if deployment.status.startswith("ROLLBACK") and not self.rolling_back:
            self.rolling_back = True
            self._events.emit(RollbackBegan(self._service, deployment.rollback_reason or deployment.reason))

    def _emit_new_events(self, service: EcsService, deployment: ServiceDeployment) -> None:
        if self._heard is None:
            self._heard = {event.id for event in service.events if event.at < deployment.created_at}
        for event in reversed(service.events):
            if event.id not in self._heard:
                self._heard.add(event.id)
                self._events.emit(EcsMessage(self._service, event.message))

    def _progress(
        self, deployment: ServiceDeployment, service: EcsService, targets: list[TargetHealth]
    ) -> RolloutProgress:
        ours, others = _ours_and_others(service, self._revision)
        return RolloutProgress(
            service=self._service,
            status=deployment.status,
            requested=service.desired,
            new_running=sum(entry.running for entry in ours),
            old_running=sum(entry.running for entry in others),
            failed=max(deployment.failures, *(entry.failed for entry in ours), 0),
            healthy=sum(target.state == "healthy" for target in targets),
            targets=len([target for target in targets if target.state != "draining"]),
            complaints=_complaints(targets),
        )


def serves(deployment: ServiceDeployment, service: EcsService, targets: list[TargetHealth]) -> bool:
    """Whether the new revision serves alone: it has all its tasks, and nothing but them gets requests.

    A running task is not a healthy one, and AWS does not document when the old deployment's ``desiredCount`` falls:
    so the load balancer has the last word. Its targets that are not draining are all healthy, and exactly as many as
    the new tasks: fewer, and tasks run that get no request; more, and old ones still get some. ECS deregisters old
    ones only when new ones are healthy (developer guide, "Amazon ECS deployments").
    """
    ours, others = _ours_and_others(service, deployment.task_definition)
    asked = [target for target in targets if target.state != "draining"]
    return (
        deployment.status == "IN_PROGRESS"
        and deployment.requested > 0
        and deployment.running >= deployment.requested
        and any(entry.running >= entry.desired > 0 for entry in ours)
        and all(entry.desired == 0 for entry in others)
        and len(asked) == deployment.running
        and all(target.state == "healthy" for target in asked)
    )


def _ours_and_others(service: EcsService, revision: str) -> tuple[list[Rollout], list[Rollout]]:
    """The rollout that brings the revision, and the others; after a forced one, older ones have the same revision."""
    same = [entry for entry in service.rollouts if entry.task_definition == revision]
    ours = [entry for entry in same if entry.state == "PRIMARY"] or same
    return ours, [entry for entry in service.rollouts if entry not in ours]


def died(task: Task) -> bool:
    """Whether it ended although it was wanted: by itself, or because ECS took it out for failing its health checks."""
    return task.stop_code in _BY_ITSELF or _failed_checks(task)


def commonest_death(tasks: Iterable[Task]) -> tuple[str, int]:
    """In which way most of these tasks ended, in words, and how many of them."""
    ways = Counter(_way(task) for task in tasks)
    return ways.most_common(1)[0] if ways else ("", 0)


_BY_ITSELF = frozenset({"TaskFailedToStart", "EssentialContainerExited"})
"""Stop codes of tasks that nobody stopped."""


def _failed_checks(task: Task) -> bool:
    """``Task failed ELB health checks in (target-group …)``, ``Task failed container health checks``."""
    return "failed" in task.stopped_reason and "health checks" in task.stopped_reason


def _way(task: Task) -> str:
    if _failed_checks(task):  # the exit code is that of SIGTERM
        return task.stopped_reason.split("(", 1)[0].removeprefix("Task ").strip().removesuffix(" in")
    codes = sorted({container.exit_code for container in task.containers if container.exit_code is not None})
    if codes:
        return "exit code " + ", ".join(map(str, codes))
    # What follows differs from task to task: a time, an address, an id.
    return task.stopped_reason.split(":", 1)[0].split("(", 1)[0].strip() or task.stop_code


def _complaints(targets: list[TargetHealth]) -> tuple[str, ...]:
    return tuple(sorted({target.description for target in targets if target.state == "unhealthy"}))
