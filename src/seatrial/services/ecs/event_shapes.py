"""What ECS tells EventBridge. Pure.

Source: developer guide, "Amazon ECS task state change events", "Amazon ECS service action events" and "Amazon ECS
service deployment state change events". Times are ISO 8601 with milliseconds; a task event carries no health.
"""

from collections.abc import Hashable
from datetime import UTC, datetime

from seatrial.services.ecs.records import Container, Json, Task
from seatrial.services.ecs.shapes import present
from seatrial.services.ecs.task_shapes import describe_task

_TIMES = (
    "createdAt",
    "connectivityAt",
    "pullStartedAt",
    "pullStoppedAt",
    "startedAt",
    "stoppingAt",
    "executionStoppedAt",
    "stoppedAt",
)
_NOT_IN_EVENTS = {"healthStatus", "tags", "platformFamily"}


def stamp(seconds: float) -> str:
    """A time as it stands in events: ``2019-05-31T19:05:50.617Z``."""
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03}Z"


def task_event(task: Task, now: float) -> Json:
    """The detail of an ``ECS Task State Change``."""
    described = {name: value for name, value in describe_task(task).items() if name not in _NOT_IN_EVENTS}
    times = {name: stamp(described[name]) for name in _TIMES if name in described}
    return {
        **described,
        **times,
        "attachments": [{**item, "type": "eni"} for item in described["attachments"]],
        "containers": [_container(task, container) for container in task.containers],
        "overrides": {"containerOverrides": described["overrides"]["containerOverrides"]},
        "updatedAt": stamp(now),
    }


def event_identity(task: Task) -> Hashable:
    """What must differ for a task to be worth an event: its statuses, and those of its containers."""
    containers = tuple((item.last_status, item.runtime_id, item.exit_code, item.reason) for item in task.containers)
    return task.last_status, task.desired_status, containers


def _container(task: Task, container: Container) -> Json:
    interface = task.attachment
    return {
        "containerArn": container.arn,
        "lastStatus": container.last_status,
        "name": container.name,
        "image": container.image,
        "taskArn": task.arn,
        "networkInterfaces": [
            {"attachmentId": item.id, **present(privateIpv4Address=task.address)} for item in (interface,) if item
        ],
        "cpu": container.cpu,
        **present(
            imageDigest=container.digest,
            runtimeId=container.runtime_id,
            memory=container.memory,
            memoryReservation=container.memory_reservation,
            exitCode=container.exit_code,
            reason=container.reason,
        ),
    }
