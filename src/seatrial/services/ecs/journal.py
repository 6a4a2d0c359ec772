"""What ECS says: a service's ``events[]``, and what goes to EventBridge."""

from collections.abc import Callable, Hashable

from seatrial.ground.clock import Clock
from seatrial.services.ecs.arns import new_uuid
from seatrial.services.ecs.event_shapes import event_identity, stamp, task_event
from seatrial.services.ecs.records import Json, Rollout, Service, ServiceEvent, Task

EVENTS_KEPT = 100
"""API reference, ``Service.events``: a maximum of 100 of the latest events are displayed."""

Announce = Callable[[str, list[str], Json], None]
"""Takes an event's detail type, its resources and its detail."""


class Journal:
    """Writes events into records; saving is the caller's.

    Args:
        clock: tells time.
        announce: passes an event on to EventBridge.
    """

    def __init__(self, clock: Clock, announce: Announce) -> None:
        self._clock = clock
        self._announce = announce
        self._told: dict[str, Hashable] = {}

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()

    def add_event(self, service: Service, message: str) -> None:
        """Add to the service's events, the newest first."""
        event = ServiceEvent(id=new_uuid(), created_at=self.now(), message=message)
        service.events = [event, *service.events][:EVENTS_KEPT]

    def add_event_once(self, service: Service, message: str) -> None:
        """Add it unless it is the latest already: AWS leaves repetitions out."""
        if not service.events or service.events[0].message != message:
            self.add_event(service, message)

    def action(self, service: Service, name: str, level: str = "INFO", **more: object) -> None:
        """``ECS Service Action``; ``more`` are further members of the detail, such as ``reason``."""
        detail = {"eventType": level, "eventName": name, "clusterArn": service.cluster_arn, **more}
        self._announce("ECS Service Action", [service.arn], {**detail, "createdAt": stamp(self.now())})

    def deployment(self, service: Service, rollout: Rollout, name: str) -> None:
        """``ECS Deployment State Change``."""
        detail = {
            "eventType": "ERROR" if name.endswith("FAILED") else "INFO",
            "eventName": name,
            "deploymentId": rollout.id,
            "updatedAt": stamp(self.now()),
            "reason": rollout.reason,
        }
        self._announce("ECS Deployment State Change", [service.arn], detail)

    def task(self, task: Task) -> None:
        """``ECS Task State Change``, where a status of the task or of a container is another than last time."""
        seen = event_identity(task)
        if self._told.get(task.arn) == seen:
            return
        self._told[task.arn] = seen
        if task.gone:
            del self._told[task.arn]
        self._announce("ECS Task State Change", [task.arn], task_event(task, self.now()))
