"""ECS's own words in events and reasons, so that tools which read them read ours.

Source: developer guide, "Amazon ECS service event messages", and texts seen in public logs of ECS.
"""

from collections.abc import Sequence

ESSENTIAL_EXITED = "Essential container in task exited"
OUT_OF_MEMORY = "OutOfMemoryError: Container killed due to memory usage"
CONTAINER_UNHEALTHY = "Task failed container health checks"
NETWORK_LOST = "Task's network interface was detached"
STOPPED_BY_USER = "Task stopped by user"
BREAKER_FAILED = "ECS deployment circuit breaker: tasks failed to start."
BREAKER_ROLLBACK = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ALARM_FAILED = "ECS deployment alarm: alarm detected."
ALARM_ROLLBACK = "Service deployment rolled back because one or more alarms were triggered."
NO_CANDIDATE = "No rollback candidate was found to run the rollback."
USER_ROLLBACK = "Service deployment rolled back because of a StopServiceDeployment request."
USER_STOP = "Service deployment stopped because of a StopServiceDeployment request."
SUPERSEDED = "Service deployment stopped because a newer service deployment was started."
NO_INSTANCES = "No Container Instances were found in your cluster."
SERVICE_DELETED = "Service deployment stopped because the service was deleted."
NO_CAPACITY = "Capacity is unavailable at this time. Please try again later or in a different availability zone."
NO_ENGINE = (
    "No Docker engine answers, so no container can be started. Start Docker, then stop and start the embedded AWS."
)


def unhealthy_target(target_group: str) -> str:
    """Why a task was stopped that its target group found unhealthy."""
    return f"Task failed ELB health checks in (target-group {target_group})"


def scaled(rollout: str) -> str:
    """Why a task was stopped that the service does not need any more."""
    return f"Scaling activity initiated by (deployment {rollout})"


def in_progress(rollout: str) -> str:
    """The reason of a rollout that goes on."""
    return f"ECS deployment {rollout} in progress."


def completed(rollout: str) -> str:
    """The reason of a rollout that is complete."""
    return f"ECS deployment {rollout} completed."


def rolling_back(rollout: str) -> str:
    """The reason of the rollout that a rollback returns to."""
    return f"ECS deployment circuit breaker: rolling back to deploymentId {rollout}."


def started_tasks(service: str, tasks: Sequence[str]) -> str:
    """Event."""
    return f"(service {service}) has started {len(tasks)} tasks: {_tasks(tasks)}."


def stopped_tasks(service: str, tasks: Sequence[str]) -> str:
    """Event."""
    return f"(service {service}) has stopped {len(tasks)} running tasks: {_tasks(tasks)}."


def registered(service: str, target_group: str, count: int = 1) -> str:
    """Event."""
    return f"(service {service}) registered {count} targets in (target-group {target_group})"


def deregistered(service: str, target_group: str, count: int = 1) -> str:
    """Event."""
    return f"(service {service}) deregistered {count} targets in (target-group {target_group})"


def draining(service: str, rollout: str, count: int = 1) -> str:
    """Event."""
    return f"(service {service}, taskSet {rollout}) has begun draining connections on {count} tasks."


def steady(service: str) -> str:
    """Event."""
    return f"(service {service}) has reached a steady state."


def deployment_completed(service: str, rollout: str) -> str:
    """Event."""
    return f"(service {service}) (deployment {rollout}) deployment completed."


def deployment_failed(service: str, rollout: str, why: str = "tasks failed to start") -> str:
    """Event."""
    return f"(service {service}) (deployment {rollout}) deployment failed: {why}."


def rollback_started(service: str, rollout: str) -> str:
    """Event."""
    return f"(service {service}) rolling back to deployment {rollout}."


def container_unhealthy(service: str, task: str) -> str:
    """Event."""
    return f"(service {service}) (task {task}) failed container health checks."


def network_lost(service: str, task: str) -> str:
    """A task has no network any more; AWS has no words for it, because there nobody can take it away."""
    return f"(service {service}) (task {task}) has lost its network interface and is replaced."


def target_unhealthy(service: str, task: str, target: tuple[str, int, str]) -> str:
    """Event; ``target`` is target group, port, and why it is unhealthy."""
    group, port, reason = target
    where = f"(service {service}) (task {task}) (port {port})"
    return f"{where} is unhealthy in (target-group {group}) due to (reason {reason})"


def impaired(service: str) -> str:
    """Event."""
    return (
        f"(service {service}) is unable to consistently start tasks successfully. "
        "For more information, see the Troubleshooting section of the Amazon ECS Developer Guide."
    )


def not_placed(service: str, reason: str) -> str:
    """Event."""
    return f"(service {service}) was unable to place a task. Reason: {reason}"


def without_instances(service: str) -> str:
    """Event."""
    return (
        f"(service {service}) was unable to place a task because no container instance met all of its requirements. "
        f"Reason: {NO_INSTANCES} For more information, "
        "see the Troubleshooting section of the Amazon ECS Developer Guide."
    )


def _tasks(tasks: Sequence[str]) -> str:
    return " ".join(f"(task {task})" for task in tasks)
