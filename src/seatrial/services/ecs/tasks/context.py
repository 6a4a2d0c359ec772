"""What the lives of all tasks have in common: the records, and the neighbours that a task has something to do with."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from seatrial.core.engine import TargetAddresses
from seatrial.core.faults import Faults
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.records import Json, Record, Service, Task
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.targets import TargetGroups

Changed = Callable[[Task], None]


@dataclass(frozen=True)
class TaskContext:
    """The neighbours of a task.

    Args:
        state: the records.
        targets: the load balancer's target groups.
        journal: where events go.
        addresses: where containers are reached.
        activation: seconds that a task with a load balancer stays ACTIVATING.
        changed: told of each change of a task of a service.
        faults: what affects tasks on request.
    """

    state: EcsState
    targets: TargetGroups
    journal: Journal
    addresses: TargetAddresses
    activation: float
    changed: Changed
    faults: Faults

    def save(self, task: Task) -> None:
        """Write a change of a task through, and tell the scheduler of it."""
        self.write(task)
        self.changed(task)

    def write(self, task: Task, *others: Record) -> None:
        """Every change of a task goes to the store, and to EventBridge where it can be seen."""
        task.version += 1
        self.state.save(task, *others)
        self.journal.task(task)

    def definitions(self, task: Task) -> list[Json]:
        """Its container definitions; none where its task definition was deleted."""
        definition = self.state.definitions.get(task.definition_arn)
        return definition.containers if definition else []

    def service(self, task: Task) -> Service | None:
        """The service it belongs to."""
        return self.state.services.get(task.service_arn or "")

    def others(self, task: Task) -> Iterator[Task]:
        """Every other task, the stopped ones too."""
        return (other for other in self.state.tasks.values() if other.arn != task.arn)
