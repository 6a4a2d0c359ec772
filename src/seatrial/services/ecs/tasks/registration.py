"""A task in its target groups: registered, and taken out again; its service's events say both."""

from seatrial.services.ecs import texts
from seatrial.services.ecs.records import Json, Task
from seatrial.services.ecs.tasks.context import TaskContext


async def register(task: Task, context: TaskContext, targets: list[Json]) -> None:
    """Register it with these, and remember them."""
    task.targets, service = targets, context.service(task)
    context.save(task)
    for target in targets:
        await context.targets.register(target)
        if service:
            context.journal.add_event(service, texts.registered(service.name, target["group"]))
            context.state.save(service)


def leave_to_younger(task: Task, context: TaskContext) -> None:
    """Forget the targets that a younger task was registered with: Docker has given it the same address."""
    theirs = [target for other in context.others(task) if other.live and not other.gone for target in other.targets]
    task.targets = [target for target in task.targets if target not in theirs]


def say_draining(task: Task, context: TaskContext) -> None:
    """Say in its service's events that it leaves its target groups."""
    service = context.service(task)
    if service is None:
        return
    for target in task.targets:
        context.journal.add_event(service, texts.deregistered(service.name, target["group"]))
    context.journal.add_event(service, texts.draining(service.name, task.started_by or ""))
    context.state.save(service)
