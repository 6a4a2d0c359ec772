"""What is left of a failed rollout, as a value: the tasks, the load balancer's complaints, the last lines. Pure."""

from collections import Counter
from dataclasses import dataclass, field

from tagship.aws.ecs_shapes import Task

BY_ITSELF = "EssentialContainerExited"
"""Stop code of a task whose container ended without being told to (ECS API, ``TaskStopCode``)."""

SCALED_IN = "Scaling activity initiated by "
"""Begins the reason of a task that ECS stopped because it was one too many (ECS developer guide, "Stopped tasks
error messages"): true of every rollback, and the cause of none."""

LATE = 10.0
"""Seconds of running after which an end is no failed start."""


@dataclass(frozen=True)
class HealthFacts:
    """The health check as the manifest has it; times in seconds."""

    path: str = "/healthz"
    timeout: int = 5
    grace_period: int = 30


@dataclass(frozen=True)
class Evidence:
    """What was found of a failed rollout.

    Args:
        service: the service's name in the manifest.
        port: the port that the manifest names.
        tasks: the stopped tasks of the new revision, newest first.
        complaints: what the load balancer said of unhealthy targets.
        log_lines: the last lines of one of these containers, oldest first; more than a person reads.
        log_stream: where they were found.
        health: the health check.
        memory: MiB that the manifest gives a task.
        events: what ECS said of the service since the rollout began, oldest first.
        rollback_reason: ECS's own, where it rolled back.
        superseded: whether another deployment took its place.
        one_off: what it is where it is no service: ``migration`` or ``command``.
        limit: seconds after which tagship stopped it; None where it did not.
    """

    service: str
    port: int
    tasks: tuple[Task, ...]
    complaints: tuple[str, ...]
    log_lines: tuple[str, ...]
    log_stream: str
    health: HealthFacts = field(default=HealthFacts())
    memory: int = 512
    events: tuple[str, ...] = ()
    rollback_reason: str = ""
    superseded: bool = False
    one_off: str = ""
    limit: float | None = None

    @property
    def ended(self) -> tuple[Task, ...]:
        """The tasks that ended by themselves; what ECS stopped says nothing by its exit code."""
        return tuple(
            task for task in self.tasks if task.stop_code == BY_ITSELF and "health checks" not in task.stopped_reason
        )

    @property
    def exit_codes(self) -> Counter[int]:
        """How often each exit code was seen of tasks that ended by themselves."""
        return Counter(
            container.exit_code
            for task in self.ended
            for container in task.containers
            if container.exit_code is not None
        )

    @property
    def reasons(self) -> Counter[str]:
        """How often each reason was given, by task or container."""
        return Counter(
            reason
            for task in self.tasks
            for reason in (task.stopped_reason, *(container.reason for container in task.containers))
            if reason and not reason.startswith(SCALED_IN)
        )

    @property
    def ran(self) -> float:
        """Seconds for which the longest-lived of those ran that ended by themselves; 0 where nobody knows."""
        times = [
            (task.stopped_at - task.started_at).total_seconds()
            for task in self.ended
            if task.started_at and task.stopped_at
        ]
        return max(times, default=0.0)

    @property
    def pulled(self) -> float:
        """Seconds that the slowest pull of the image took; 0 where none was made to its end."""
        times = [
            (task.pull_stopped_at - task.pull_started_at).total_seconds()
            for task in self.tasks
            if task.pull_started_at and task.pull_stopped_at
        ]
        return max(times, default=0.0)

    @property
    def unhealthy(self) -> bool:
        """Whether tasks failed a load balancer's health checks, and none ended by itself."""
        said = any("ELB health checks" in reason for reason in self.reasons)
        return bool(said or self.complaints) and not self.ended
