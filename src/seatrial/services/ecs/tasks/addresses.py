"""Where the containers of a task are reached from this machine: remembered while it lives, and then forgotten."""

from collections.abc import Iterable

from seatrial.services.ecs.containers.docker import ContainerFacts
from seatrial.services.ecs.records import Container, Task
from seatrial.services.ecs.startup import network_owner
from seatrial.services.ecs.tasks.context import TaskContext


def remember_address(task: Task, context: TaskContext, facts: Iterable[ContainerFacts]) -> None:
    """Its containers publish ports on loopback, where their own addresses are not reached from this machine."""
    for item in facts if task.address else ():
        for port, published in item.published:
            context.addresses.put((task.address or "", port), ("127.0.0.1", published))


def forget_address(task: Task, context: TaskContext) -> None:
    """It is stopped; Docker may have given its address to another task already, whose it is then."""
    if task.address and any(other.live and other.address == task.address for other in context.others(task)):
        return
    context.faults.recover(task.address or "")
    ports = {port["containerPort"] for item in context.definitions(task) for port in item.get("portMappings", ())}
    for port in ports:
        context.addresses.forget((task.address or "", port))


def has_lost_its_address(task: Task, context: TaskContext, container: Container, facts: ContainerFacts) -> bool:
    """Whether these facts say that a task that runs is not reached any more, and nobody knows it yet.

    In a lost zone it is the load balancer's health checks that find out, where there are any.
    """
    if task.targets and task.cut_off:
        return False
    owns = container.name == network_owner(context.definitions(task))
    lost = owns and not facts.ended and task.last_status == "RUNNING" and facts.address != task.address
    return lost and not task.detached
