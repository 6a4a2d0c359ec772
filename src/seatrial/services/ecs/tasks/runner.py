"""Runs tasks through their lifecycle.

PROVISIONING, PENDING, ACTIVATING, RUNNING, DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED (developer guide,
"Amazon ECS task lifecycle").
"""

import asyncio
import logging
from collections.abc import Callable, Coroutine
from typing import Any

from seatrial.core.engine import TargetAddresses
from seatrial.core.faults import Faults
from seatrial.core.faults.course import Course
from seatrial.core.internal import AwsCallError
from seatrial.services.ecs import texts
from seatrial.services.ecs.containers.docker import ContainerFacts, EngineRefused
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.records import Container, Json, Record, Service, Task
from seatrial.services.ecs.startup import network_owner
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.targets import TargetGroups, targets_of
from seatrial.services.ecs.tasks.start import TaskStart, Tools
from seatrial.services.ecs.tasks.stop import TaskStop

Changed = Callable[[Task], None]

_log = logging.getLogger("seatrial")


class TaskRunner:
    """Starts, watches and stops tasks; each is one coroutine from its first status to its last.

    Args:
        state: the records.
        targets: the load balancer's target groups.
        journal: where events go.
        addresses: where containers are reached.
        activation: seconds that a task with a load balancer stays ACTIVATING.
        changed: told of each change of a task of a service.
        faults: what befalls tasks on request.
    """

    def __init__(  # noqa: PLR0913 - each is another neighbour
        self,
        state: EcsState,
        targets: TargetGroups,
        journal: Journal,
        *,
        addresses: TargetAddresses,
        activation: float,
        changed: Changed,
        faults: Faults,
    ) -> None:
        self._state = state
        self._targets = targets
        self._journal = journal
        self._addresses = addresses
        self._activation = activation
        self._changed = changed
        self._faults = faults
        self._courses: dict[str, asyncio.Task[None]] = {}
        self._tools: Tools | None = None
        self._stops: dict[str, asyncio.Event] = {}
        self._running: dict[str, asyncio.Task[None]] = {}

    @property
    def has_engine(self) -> bool:
        """Whether there is anything to run containers with."""
        return self._tools is not None

    def use(self, tools: Tools) -> None:
        """Run containers with this engine."""
        self._tools = tools

    def launch(self, task: Task) -> None:
        """Start a task that was just made; here it is decided what befalls it."""
        task.faults = self._faults.befalling(names_of(task))
        if task.faults:
            self._state.save(task)
        self._journal.task(task)
        self._spawn(task, self._live(task))

    def adopt(self, task: Task, found: dict[str, ContainerFacts]) -> None:
        """Take over a task from before; ``found`` are its containers by name."""
        self._spawn(task, self._resume(task, found))

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Ask a task to stop; answered at once."""
        if not task.live:
            return
        task.desired_status = "STOPPED"
        task.stop_code, task.stopped_reason = code, reason
        task.stopping_at = self._journal.now()
        self._save(task)
        self._stop_event(task).set()

    def noticed(self, facts: ContainerFacts) -> None:
        """A container's health changed, or its network."""
        task = self._state.tasks.get(facts.task)
        container = _by_runtime_id(task, facts.id) if task else None
        if task and container and self._has_lost_its_address(task, container, facts):
            task.detached = True
            self._save(task)
        health = "UNHEALTHY" if task and task.faults and task.faults.unwell else facts.health
        if task and container and container.health != health and container.checked:
            container.health = health
            self._save(task)

    def _has_lost_its_address(self, task: Task, container: Container, facts: ContainerFacts) -> bool:
        owns = container.name == network_owner(self._definitions(task))
        lost = owns and not facts.ended and task.last_status == "RUNNING" and facts.address != task.address
        return lost and not task.detached

    def end(self) -> None:
        """Let go of every task; containers go on."""
        for running in (*self._running.values(), *self._courses.values()):
            running.cancel()

    def _spawn(self, task: Task, life: Coroutine[Any, Any, None]) -> None:
        running = asyncio.get_running_loop().create_task(self._safely(task, life), name=f"ecs-task-{task.id}")
        self._running[task.arn] = running
        running.add_done_callback(lambda _: self._running.pop(task.arn, None))

    async def _safely(self, task: Task, life: Coroutine[Any, Any, None]) -> None:
        try:
            await life
        except Exception as error:  # noqa: BLE001 - a task must end, whatever breaks
            _log.exception("Task %s broke", task.id)
            self._fail_start(task, f"ServerException: {error}")
            await self._end(task)

    async def _live(self, task: Task) -> None:
        stop = self._stop_event(task)
        if self._tools is None:
            await stop.wait()
        else:
            await _first(self._start(task, self._tools), stop.wait())
            await self._watch(task, self._tools)
        await self._end(task)

    async def _resume(self, task: Task, found: dict[str, ContainerFacts]) -> None:
        tools = self._tools
        if tools is None or task.last_status in {"PROVISIONING", "PENDING"}:
            for facts in found.values():
                await self._remove(facts)
            for container in task.containers:
                container.runtime_id, container.last_status = None, "PENDING"
            await (self._live(task) if task.live else self._end(task))
            return
        await self._follow_again(task, tools, found)
        self._befall(task, tools)
        if task.last_status == "ACTIVATING" and task.live:
            await self._activate(task)
        await self._watch(task, tools)
        await self._end(task)

    async def _follow_again(self, task: Task, tools: Tools, found: dict[str, ContainerFacts]) -> None:
        start = self._starting(task, tools)
        for container in task.containers:
            facts = found.get(container.name)
            if facts is None and container.last_status == "RUNNING":
                container.last_status = "STOPPED"
                container.reason = "The container was gone when the embedded AWS started again."
            elif facts and container.last_status == "RUNNING":
                await start.follow_again(container, facts)
        self._remember_address(task, list(found.values()))
        self._save(task)

    async def _start(self, task: Task, tools: Tools) -> None:
        start = self._starting(task, tools)
        try:
            await tools.containers.prepare()
            self._move(task, "PENDING")
            secrets = await start.prepare()
            self._remember_address(task, await start.run(secrets))
            self._befall(task, tools)
            await self._activate(task)
        except EngineRefused as refusal:
            self._fail_start(task, str(refusal))
        except AwsCallError as error:
            self._fail_start(task, f"ResourceInitializationError: {error.code}: {error.message}")

    async def _activate(self, task: Task) -> None:
        self._move(task, "ACTIVATING", connected_at=self._journal.now())
        workload = self._state.revisions[task.revision_arn].workload if task.revision_arn else {}
        targets = targets_of(workload, task.address or "")
        if targets and await self._ends_within(task, self._activation):
            return
        await self._register(task, targets)
        self._move(task, "RUNNING", started_at=task.started_at or self._journal.now())

    def _befall(self, task: Task, tools: Tools) -> None:
        """Let the faults that the task has caught take their course."""
        owner = next((item for item in task.containers if item.name == network_owner(self._definitions(task))), None)
        if task.faults is None or owner is None or owner.runtime_id is None:
            return
        task.faults.began_at = task.faults.began_at or self._journal.now()
        course = Course(
            task.faults,
            owner.runtime_id,
            tools.containers,
            now=self._journal.now,
            save=lambda: self._save(task),
            fall_ill=lambda: self._fall_ill(task),
        )
        self._courses[task.arn] = asyncio.get_running_loop().create_task(course.run(), name=f"ecs-faults-{task.id}")

    def _fall_ill(self, task: Task) -> None:
        self._faults.sicken(task.address or "")
        for container in task.containers:
            container.health = "UNHEALTHY" if container.checked else container.health
        self._save(task)

    async def _register(self, task: Task, targets: list[Json]) -> None:
        task.targets, service = targets, self._service(task)
        self._save(task)
        for target in targets:
            await self._targets.register(target)
            if service:
                self._journal.say(service, texts.registered(service.name, target["group"]))
                self._state.save(service)

    async def _ends_within(self, task: Task, seconds: float) -> bool:
        """Whether an essential container ends within this time."""
        watcher = self._tools.watcher if self._tools else None
        essential = [item.runtime_id for item in task.containers if item.essential and item.runtime_id]
        watched = [watcher.watch(identity) for identity in essential] if watcher else []
        done, _ = await asyncio.wait(watched, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
        return bool(done)

    async def _watch(self, task: Task, tools: Tools) -> None:
        """Wait until the task is asked to stop, or an essential container ends."""
        ending = TaskStop(task, self._definitions(task), tools, targets=self._targets, save=lambda: self._save(task))
        waiting: dict[asyncio.Future[Any], Container] = {
            asyncio.ensure_future(asyncio.shield(tools.watcher.watch(container.runtime_id))): container
            for container in task.containers
            if container.runtime_id and container.last_status == "RUNNING"
        }
        stopped: asyncio.Future[Any] = asyncio.ensure_future(self._stop_event(task).wait())
        try:
            while task.live:
                if any(container.essential and container.last_status == "STOPPED" for container in task.containers):
                    self.stop(task, "EssentialContainerExited", texts.ESSENTIAL_EXITED)
                    return
                done, _ = await asyncio.wait({stopped, *waiting}, return_when=asyncio.FIRST_COMPLETED)
                for future in done - {stopped}:
                    ending.record_end(waiting.pop(future), future.result())
        finally:
            for future in (stopped, *waiting):
                future.cancel()

    async def _end(self, task: Task) -> None:
        """DEACTIVATING, STOPPING, DEPROVISIONING, STOPPED."""
        if course := self._courses.pop(task.arn, None):
            course.cancel()
        if self._tools:
            ending = TaskStop(
                task, self._definitions(task), self._tools, targets=self._targets, save=lambda: self._save(task)
            )
            task.targets = [target for target in task.targets if not self._is_anothers(task, target)]
            if task.targets:
                self._move(task, "DEACTIVATING")
                self._say_draining(task)
                await ending.deregister()
                await ending.drained()
            self._move(task, "STOPPING")
            await ending.stop_containers()
            self._move(task, "DEPROVISIONING", execution_stopped_at=self._journal.now())
            await ending.clean_up()
            self._tools.credentials.end(task.arn)
        self._forget_address(task)
        for container in task.containers:
            container.last_status = "STOPPED"
        self._stops.pop(task.arn, None)
        self._move(task, "STOPPED", stopped_at=self._journal.now())

    def _fail_start(self, task: Task, reason: str) -> None:
        broken = next((item for item in task.containers if item.last_status != "RUNNING"), None)
        if broken:
            broken.reason = reason[:1024]
        self.stop(task, "TaskFailedToStart", reason)

    def _say_draining(self, task: Task) -> None:
        service = self._service(task)
        if service is None:
            return
        for target in task.targets:
            self._journal.say(service, texts.deregistered(service.name, target["group"]))
        self._journal.say(service, texts.draining(service.name, task.started_by or ""))
        self._state.save(service)

    def _remember_address(self, task: Task, facts: list[ContainerFacts]) -> None:
        for item in facts if task.address else ():
            for port, published in item.published:
                self._addresses.put((task.address or "", port), ("127.0.0.1", published))

    def _is_anothers(self, task: Task, target: Json) -> bool:
        """Whether a younger task has got the same address from Docker, and was registered with it."""
        others = (other for other in self._state.tasks.values() if other.arn != task.arn and not other.gone)
        return any(target in other.targets and other.live for other in others)

    def _forget_address(self, task: Task) -> None:
        others = (other for other in self._state.tasks.values() if other.arn != task.arn and other.live)
        if task.address and any(other.address == task.address for other in others):
            return
        self._faults.recover(task.address or "")
        ports = {port["containerPort"] for item in self._definitions(task) for port in item.get("portMappings", ())}
        for port in ports:
            self._addresses.forget((task.address or "", port))

    def _starting(self, task: Task, tools: Tools) -> TaskStart:
        revision = self._state.revisions.get(task.revision_arn or "")

        def save() -> None:
            self._write(task, *([revision] if revision else []))

        definition = self._state.definitions.get(task.definition_arn)
        spec = definition.spec if definition else {}
        return TaskStart(
            task,
            self._definitions(task),
            tools,
            revision=revision,
            save=save,
            role=str(task.overrides.get("executionRoleArn") or spec.get("executionRoleArn", "")),
            task_role=str(task.overrides.get("taskRoleArn") or spec.get("taskRoleArn", "")),
        )

    def _definitions(self, task: Task) -> list[Json]:
        definition = self._state.definitions.get(task.definition_arn)
        return definition.containers if definition else []

    def _service(self, task: Task) -> Service | None:
        return self._state.services.get(task.service_arn or "")

    async def _remove(self, facts: ContainerFacts) -> None:
        if self._tools:
            await self._tools.containers.remove(facts.id)

    def _stop_event(self, task: Task) -> asyncio.Event:
        event = self._stops.setdefault(task.arn, asyncio.Event())
        if not task.live:
            event.set()
        return event

    def _move(self, task: Task, status: str, **changes: float | None) -> None:
        if not task.live and status in {"PENDING", "ACTIVATING", "RUNNING"}:
            return
        task.last_status = status
        for name, value in changes.items():
            setattr(task, name, value)
        self._save(task)

    def _save(self, task: Task) -> None:
        self._write(task)
        self._changed(task)

    def _write(self, task: Task, *others: Record) -> None:
        """Every change of a task goes to the store, and to EventBridge where it can be seen."""
        task.version += 1
        self._state.save(task, *others)
        self._journal.task(task)


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


def names_of(task: Task) -> set[str]:
    """By which names faults find a task: its service's name and ARN, its group's, its family's."""
    family = task.definition_arn.rpartition("/")[2].partition(":")[0]
    return {task.service_arn or "", task.group.partition(":")[2], family} - {""}


def _by_runtime_id(task: Task, runtime_id: str) -> Container | None:
    return next((container for container in task.containers if container.runtime_id == runtime_id), None)
