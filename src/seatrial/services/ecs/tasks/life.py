"""One task through its lifecycle.

PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED (developer guide,
"Amazon ECS task lifecycle").
"""

import asyncio
import logging
from collections.abc import Coroutine
from typing import Any

from seatrial.core.faults.timeline import FaultTimeline
from seatrial.core.internal import AwsCallError
from seatrial.services.ecs import texts
from seatrial.services.ecs.containers.docker import ContainerFacts, EngineRefused
from seatrial.services.ecs.records import Container, Task
from seatrial.services.ecs.startup import network_owner
from seatrial.services.ecs.targets import targets_of
from seatrial.services.ecs.tasks.addresses import forget_address, has_lost_its_address, remember_address
from seatrial.services.ecs.tasks.context import TaskContext
from seatrial.services.ecs.tasks.registration import leave_to_younger, register, say_draining
from seatrial.services.ecs.tasks.roles import role_of
from seatrial.services.ecs.tasks.start import TaskStart, Tools
from seatrial.services.ecs.tasks.stop import TaskStop

_log = logging.getLogger("seatrial")


class TaskLife:
    """A task: one coroutine from its first status to its last.

    Args:
        task: its record.
        context: its neighbours.
        tools: the engine and the rest; None where there is no engine, and the task waits for one.
    """

    def __init__(self, task: Task, context: TaskContext, tools: Tools | None) -> None:
        self._task, self._context, self._tools = task, context, tools
        self._told_to_stop = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._timeline: asyncio.Task[None] | None = None
        if not task.live:
            self._told_to_stop.set()

    def begin(self, found: dict[str, ContainerFacts] | None = None) -> "asyncio.Task[None]":
        """Start it; or go on with its containers of before, which are ``found``, by name.

        Returns:
            What is done when the task is STOPPED.
        """
        life = self._live() if found is None else self._resume(found)
        name = f"ecs-task-{self._task.id}"
        self._running = asyncio.get_running_loop().create_task(self._safely(life), name=name)
        return self._running

    def stop(self, code: str, reason: str) -> None:
        """Ask it to stop; answered at once."""
        task = self._task
        if not task.live:
            return
        task.desired_status = "STOPPED"
        task.stop_code, task.stopped_reason = code, reason
        task.stopping_at = self._context.journal.now()
        self._save()
        self._told_to_stop.set()

    def noticed(self, facts: ContainerFacts) -> None:
        """A container's health changed, or its network."""
        task = self._task
        container = next((item for item in task.containers if item.runtime_id == facts.id), None)
        if container is None:
            return
        if has_lost_its_address(task, self._context, container, facts):
            task.detached = True
            self._save()
        health = "UNHEALTHY" if task.faults and task.faults.unhealthy else facts.health
        if container.health != health and container.checked:
            container.health = health
            self._save()

    def abandon(self) -> None:
        """Let go of it; its containers go on."""
        for each in (self._running, self._timeline):
            if each is not None:
                each.cancel()

    async def _safely(self, life: Coroutine[Any, Any, None]) -> None:
        try:
            await life
        except Exception as error:  # noqa: BLE001 - a task must end, whatever breaks
            _log.exception("Task %s broke", self._task.id)
            self._fail_start(f"ServerException: {error}")
            await self._end()

    async def _live(self) -> None:
        if self._tools is None:
            await self._told_to_stop.wait()
        else:
            await _first(self._start(self._tools), self._told_to_stop.wait())
            await self._watch(self._tools)
        await self._end()

    async def _resume(self, found: dict[str, ContainerFacts]) -> None:
        task, tools = self._task, self._tools
        if tools is None or task.last_status in {"PROVISIONING", "PENDING"}:
            await self._begin_again(found)
            return
        await self._follow_again(tools, found)
        self._apply_fault(tools)
        if task.last_status == "ACTIVATING" and task.live:
            await self._activate(tools)
        await self._watch(tools)
        await self._end()

    async def _begin_again(self, found: dict[str, ContainerFacts]) -> None:
        for facts in found.values():
            if self._tools:
                await self._tools.containers.remove(facts.id)
        for container in self._task.containers:
            container.runtime_id, container.last_status = None, "PENDING"
        await (self._live() if self._task.live else self._end())

    async def _follow_again(self, tools: Tools, found: dict[str, ContainerFacts]) -> None:
        start = self._starting(tools)
        for container in self._task.containers:
            facts = found.get(container.name)
            if facts is None and container.last_status == "RUNNING":
                container.last_status = "STOPPED"
                container.reason = "The container was gone when the embedded AWS started again."
            elif facts and container.last_status == "RUNNING":
                await start.follow_again(container, facts)
        remember_address(self._task, self._context, found.values())
        self._save()

    async def _start(self, tools: Tools) -> None:
        start = self._starting(tools)
        try:
            await tools.containers.prepare()
            self._move("PENDING")
            secrets = await start.prepare()
            remember_address(self._task, self._context, await start.run(secrets))
            self._apply_fault(tools)
            await self._activate(tools)
        except EngineRefused as refusal:
            self._fail_start(str(refusal))
        except AwsCallError as error:
            self._fail_start(f"ResourceInitializationError: {error.code}: {error.message}")

    async def _activate(self, tools: Tools) -> None:
        task, context = self._task, self._context
        self._move("ACTIVATING", connected_at=context.journal.now())
        workload = context.state.revisions[task.revision_arn].workload if task.revision_arn else {}
        targets = targets_of(workload, task.address or "")
        if targets and await self._ends_within(context.activation, tools):
            return
        await register(task, context, targets)
        self._move("RUNNING", started_at=task.started_at or context.journal.now())

    async def _ends_within(self, seconds: float, tools: Tools) -> bool:
        """Whether an essential container ends within this time."""
        essential = [item.runtime_id for item in self._task.containers if item.essential and item.runtime_id]
        watched = [tools.watcher.watch(identity) for identity in essential]
        done, _ = await asyncio.wait(watched, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)

    def _apply_fault(self, tools: Tools) -> None:
        """Let the faults that the task has caught take their course."""
        task, now = self._task, self._context.journal.now
        named = network_owner(self._context.definitions(task))
        owner = next((item for item in task.containers if item.name == named), None)
        if task.faults is None or owner is None or owner.runtime_id is None:
            return
        task.faults.began_at = task.faults.began_at or now()
        timeline = FaultTimeline(
            task.faults,
            owner.runtime_id,
            tools.containers,
            now=now,
            save=self._save,
            become_unhealthy=self._become_unhealthy,
        )
        self._timeline = asyncio.get_running_loop().create_task(timeline.run(), name=f"ecs-faults-{task.id}")

    def _become_unhealthy(self) -> None:
        self._context.faults.mark_unhealthy(self._task.address or "")
        for container in self._task.containers:
            container.health = "UNHEALTHY" if container.checked else container.health
        self._save()

    async def _watch(self, tools: Tools) -> None:
        """Wait until the task is asked to stop, or an essential container ends."""
        task, ending = self._task, self._ending(tools)
        waiting: dict[asyncio.Future[Any], Container] = {
            asyncio.ensure_future(asyncio.shield(tools.watcher.watch(container.runtime_id))): container
            for container in task.containers
            if container.runtime_id and container.last_status == "RUNNING"
        }
        stopped: asyncio.Future[Any] = asyncio.ensure_future(self._told_to_stop.wait())
        try:
            while task.live:
                if any(container.essential and container.last_status == "STOPPED" for container in task.containers):
                    self.stop("EssentialContainerExited", texts.ESSENTIAL_EXITED)
                    return
                done, _ = await asyncio.wait({stopped, *waiting}, return_when=asyncio.FIRST_COMPLETED)
                for future in done - {stopped}:
                    ending.record_end(waiting.pop(future), future.result())
        finally:
            for future in (stopped, *waiting):
                future.cancel()

    async def _end(self) -> None:
        """DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED."""
        task, context = self._task, self._context
        if self._timeline is not None:
            self._timeline.cancel()
        if self._tools:
            await self._end_containers(self._tools)
        forget_address(task, context)
        for container in task.containers:
            container.last_status = "STOPPED"
        self._move("STOPPED", stopped_at=context.journal.now())

    async def _end_containers(self, tools: Tools) -> None:
        task, context, ending = self._task, self._context, self._ending(tools)
        leave_to_younger(task, context)
        if task.targets:
            self._move("DEACTIVATING")
            say_draining(task, context)
            await ending.deregister()
            await ending.drained()
        self._move("STOPPING")
        await ending.stop_containers()
        self._move("DEPROVISIONING", execution_stopped_at=context.journal.now())
        await ending.clean_up()
        tools.credentials.end(task.arn)

    def _fail_start(self, reason: str) -> None:
        broken = next((item for item in self._task.containers if item.last_status != "RUNNING"), None)
        if broken:
            broken.reason = reason[:1024]
        self.stop("TaskFailedToStart", reason)

    def _starting(self, tools: Tools) -> TaskStart:
        task, context = self._task, self._context
        revision = context.state.revisions.get(task.revision_arn or "")
        definition = context.state.definitions.get(task.definition_arn)
        return TaskStart(
            task,
            context.definitions(task),
            tools,
            revision=revision,
            save=lambda: context.write(task, *([revision] if revision else [])),
            role=role_of(task, definition, "executionRoleArn"),
            task_role=role_of(task, definition, "taskRoleArn"),
        )

    def _ending(self, tools: Tools) -> TaskStop:
        task, context = self._task, self._context
        return TaskStop(task, context.definitions(task), tools, targets=context.targets, save=self._save)

    def _move(self, status: str, **changes: float | None) -> None:
        if not self._task.live and status in {"PENDING", "ACTIVATING", "RUNNING"}:
            return
        self._task.last_status = status
        for name, value in changes.items():
            setattr(self._task, name, value)
        self._save()

    def _save(self) -> None:
        self._context.save(self._task)


async def _first(*works: Coroutine[Any, Any, Any]) -> None:
    """Run until one of them ends; the others are cancelled."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        done, _ = await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for task in tasks:
            task.cancel()
        # A cancellation that comes here is ours, and passes on: what ends the tasks is among their results.
        await asyncio.gather(*tasks, return_exceptions=True)
    for task in done:
        task.result()
