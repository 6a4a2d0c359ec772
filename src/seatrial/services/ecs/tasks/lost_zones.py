"""An availability zone that is lost when a fault says so: its tasks are cut off until the fault ends.

ECS does not see it itself, there and here: the load balancer's health checks fail, and what it finds unhealthy is
replaced. A task without a target group is known to have lost its network interface at once.
"""

import asyncio
import contextlib

from seatrial.core.faults.model import Fault
from seatrial.services.ecs.containers.docker import Containers, EngineRefused
from seatrial.services.ecs.records import Task
from seatrial.services.ecs.startup import network_owner
from seatrial.services.ecs.tasks.addresses import remember_address
from seatrial.services.ecs.tasks.context import TaskContext

LOOK = 0.2
"""Seconds between two looks: at tasks that begin to run in a lost zone, and at whether it is back."""


class LostZones:
    """Cuts off the tasks of lost zones, and takes in those that still run when their zone is back.

    Args:
        context: the tasks, and the faults.
        containers: the engine.
    """

    def __init__(self, context: TaskContext, containers: Containers) -> None:
        self._context, self._containers = context, containers
        self._following: asyncio.Task[None] | None = None
        context.faults.listen(self._on_fault)

    def start(self) -> None:
        """Begin to follow the faults."""
        if self._following is None or self._following.done():
            self._following = asyncio.get_running_loop().create_task(self._follow(), name="ecs-lost-zones")

    def stop(self) -> None:
        """Follow no more; what is cut off stays so."""
        if self._following is not None:
            self._following.cancel()

    def _on_fault(self, fault: Fault) -> None:
        if fault.kind == "zone":
            self.start()

    async def _follow(self) -> None:
        while True:
            lost = self._context.faults.lost_zones()
            tasks = [task for task in self._context.state.tasks.values() if not task.gone]
            reached = [task for task in tasks if not task.cut_off and task.availability_zone in lost]
            back = [task for task in tasks if task.cut_off and task.availability_zone not in lost]
            if not lost and not back:
                return
            await asyncio.gather(*map(self._cut_off, reached), *map(self._take_in, back))
            await asyncio.sleep(LOOK)

    async def _cut_off(self, task: Task) -> None:
        if container := self._owner(task):
            task.cut_off = True  # written first, so that a restart knows why it is not reached
            self._context.write(task)
            self._context.faults.cut_off(task.availability_zone)
            await self._containers.cut_off(container)

    async def _take_in(self, task: Task) -> None:
        if container := self._owner(task):
            # Where its address is another's by now, it has lost it for good, and is replaced.
            with contextlib.suppress(EngineRefused):
                await self._containers.restore(container, task.address or "")
            with contextlib.suppress(EngineRefused):
                facts = await self._containers.inspect(container)
                remember_address(task, self._context, [facts] if facts else [])
                task.detached = facts is not None and not facts.ended and facts.address != task.address
        task.cut_off = False
        self._context.save(task)

    def _owner(self, task: Task) -> str | None:
        """The container that owns a task's network; None where it does not run."""
        definitions = self._context.definitions(task)
        owner = network_owner(definitions) if definitions else ""
        found = (item.runtime_id for item in task.containers if item.name == owner and item.last_status == "RUNNING")
        return next(found, None)
