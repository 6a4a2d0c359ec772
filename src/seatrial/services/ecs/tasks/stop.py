"""From RUNNING to STOPPED: out of the load balancer, drained, SIGTERM, SIGKILL, removed."""

import asyncio
from collections.abc import Callable

from seatrial.services.ecs import texts
from seatrial.services.ecs.containers.docker import ContainerFacts
from seatrial.services.ecs.containers.spec import stop_timeout
from seatrial.services.ecs.records import Container, Json, Task
from seatrial.services.ecs.startup import network_owner, stop_waves
from seatrial.services.ecs.targets import TargetGroups
from seatrial.services.ecs.tasks.start import Tools

DRAIN_POLL_SECONDS = 0.5
KILL_GRACE_SECONDS = 10.0


class TaskStop:
    """The end of one task.

    Args:
        task: its record.
        definitions: its container definitions.
        tools: the engine and the rest.
        targets: the load balancer.
        save: writes the record through.
    """

    def __init__(
        self, task: Task, definitions: list[Json], tools: Tools, *, targets: TargetGroups, save: Callable[[], None]
    ) -> None:
        self._task = task
        self._definitions = {definition["name"]: definition for definition in definitions}
        self._tools = tools
        self._targets = targets
        self._save = save

    async def deregister(self) -> None:
        """Take the task out of its target groups."""
        for target in self._task.targets:
            await self._targets.deregister(target)

    async def drained(self) -> None:
        """Wait until the requests under way have ended: while something is left to serve them."""
        for target in self._task.targets:
            while self._runs() and await self._targets.draining(target):  # noqa: ASYNC110 - the ELBv2 API tells nobody
                await asyncio.sleep(DRAIN_POLL_SECONDS)
        self._task.targets = []

    async def stop_containers(self) -> None:
        """SIGTERM, then SIGKILL after each container's ``stopTimeout``; dependents before what they depend on."""
        for wave in stop_waves(list(self._definitions.values())):
            await asyncio.gather(*(self._stop_one(item) for item in self._task.containers if item.name in wave))

    async def clean_up(self) -> None:
        """Ship the last words and remove the containers."""
        await asyncio.gather(*(self._remove(container) for container in self._task.containers))

    def record_end(self, container: Container, facts: ContainerFacts) -> None:
        """Write down how a container ended."""
        if container.last_status == "STOPPED":
            return
        container.last_status = "STOPPED"
        container.exit_code, out_of_memory = self._seen(container, facts)
        if out_of_memory:
            container.reason = texts.OUT_OF_MEMORY
        self._save()

    def _seen(self, container: Container, facts: ContainerFacts) -> tuple[int | None, bool]:
        """Exit code and whether the kernel ended it; what a fault ended is seen as the fault says."""
        faults = self._task.faults
        if faults is None or not faults.ended or container.name != network_owner(list(self._definitions.values())):
            return facts.exit_code, facts.out_of_memory
        return (1, False) if faults.ends_as == "crash" else (facts.exit_code, True)

    async def _stop_one(self, container: Container) -> None:
        if container.runtime_id is None or container.last_status != "RUNNING":
            return  # Never started, or ended already.
        ended = self._tools.watcher.watch(container.runtime_id)
        if not ended.done():
            await self._tools.containers.signal(container.runtime_id, "SIGTERM")
            await asyncio.wait({ended}, timeout=stop_timeout(self._definitions[container.name]))
        if not ended.done():
            await self._tools.containers.signal(container.runtime_id, "SIGKILL")
            await asyncio.wait({ended}, timeout=KILL_GRACE_SECONDS)
        if ended.done():
            self.record_end(container, ended.result())

    async def _remove(self, container: Container) -> None:
        if container.runtime_id:
            await self._tools.shipper.finished(container.runtime_id)
            await self._tools.containers.remove(container.runtime_id)
            self._tools.watcher.forget(container.runtime_id)
        container.last_status = "STOPPED"

    def _runs(self) -> bool:
        return any(container.last_status == "RUNNING" for container in self._task.containers)
