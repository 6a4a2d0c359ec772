"""Amazon ECS, plugged into the gateway: a request is checked, answered by its operation, and wakes the scheduler."""

import contextlib
import inspect
import os
from base64 import b64decode
from collections import defaultdict
from collections.abc import Iterable, Sequence

from seatrial.core.context import ServiceContext
from seatrial.core.engine import reaches_containers
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.ecs.agent.endpoint import Agent
from seatrial.services.ecs.agent.protection import Protecting
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.containers.docker import ContainerFacts, Containers, DockerContainers
from seatrial.services.ecs.containers.networks import names_of
from seatrial.services.ecs.containers.spec import Surroundings
from seatrial.services.ecs.containers.trust import Trusts
from seatrial.services.ecs.deployments.alarms import AlarmWatch
from seatrial.services.ecs.deployments.controller import Controller
from seatrial.services.ecs.deployments.placement import Placement
from seatrial.services.ecs.deployments.rollouts import Rollouts
from seatrial.services.ecs.errors import client_error
from seatrial.services.ecs.exec import Sessions
from seatrial.services.ecs.exec.terminal import Terminal, open_terminal
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.logs.driver import LogShipper
from seatrial.services.ecs.operations.account import AccountOperations
from seatrial.services.ecs.operations.call import Call, Handler
from seatrial.services.ecs.operations.clusters import ClusterOperations
from seatrial.services.ecs.operations.definitions import DefinitionOperations
from seatrial.services.ecs.operations.deployments import DeploymentOperations
from seatrial.services.ecs.operations.execute import ExecuteOperations
from seatrial.services.ecs.operations.instances import InstanceOperations
from seatrial.services.ecs.operations.protection import ProtectionOperations
from seatrial.services.ecs.operations.services import ServiceOperations
from seatrial.services.ecs.operations.tags import TagOperations
from seatrial.services.ecs.operations.tasks import TaskOperations
from seatrial.services.ecs.records import Json
from seatrial.services.ecs.settings import EcsSettings
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.targets import TargetGroups
from seatrial.services.ecs.tasks.context import TaskContext
from seatrial.services.ecs.tasks.lost_zones import LostZones
from seatrial.services.ecs.tasks.restarting import RestartingContainers
from seatrial.services.ecs.tasks.runner import TaskRunner
from seatrial.services.ecs.tasks.start import Tools
from seatrial.services.ecs.tasks.watcher import Watcher
from seatrial.services.ecs.validation import checked_input, operations
from seatrial.services.ecs.zones import Room, Zones

TARGET = "AmazonEC2ContainerServiceV20141113."


class Ecs(OwnService):
    """Amazon ECS of one embedded AWS.

    Args:
        context: what the embedded AWS gives each service.
        settings: what a rehearsal may want faster.
    """

    def __init__(self, context: ServiceContext, settings: EcsSettings) -> None:
        self._context, self._settings = context, settings
        self._state = EcsState(context.store)
        self._journal = Journal(context.clock, announce=self._announce)
        targets = TargetGroups(context.aws)
        self._rollouts = rollouts = Rollouts(self._state, self._journal)
        self._controller = Controller(self._state, rollouts, targets, journal=self._journal, settings=settings)
        self._room = Room(Zones(context.aws), context.faults)
        self._tasks = TaskContext(
            self._state,
            targets,
            self._journal,
            addresses=context.targets,
            activation=settings.activation,
            changed=self._controller.task_changed,
            faults=context.faults,
        )
        self._runner = TaskRunner(self._tasks)
        protecting = Protecting(self._state, context.aws, context.roles)
        self.agent = Agent(self._state, protecting, self._journal.now)
        self.sessions = Sessions(context.settings.registry, self._open_terminal, self._journal.now)
        self._handlers: dict[str, Handler] = {
            **ClusterOperations(self._state).handlers(),
            **DefinitionOperations(self._state, context.clock).handlers(),
            **ServiceOperations(self._state, rollouts, targets, self._journal).handlers(),
            **TaskOperations(self._state, self._runner, self._journal, self._room).handlers(),
            **DeploymentOperations(self._state, rollouts).handlers(),
            **TagOperations(self._state).handlers(),
            **AccountOperations(self._state).handlers(),
            **InstanceOperations(self._state).handlers(),
            **ProtectionOperations(self._state, self._journal).handlers(),
            **ExecuteOperations(self._state, self.sessions).handlers(),
        }
        self._watcher: Watcher | None = None
        self._lost_zones: LostZones | None = None
        self._shipper: LogShipper | None = None
        self._containers: DockerContainers | None = None

    @property
    def apps(self) -> tuple[Sessions, Agent]:
        """What answers other requests than those of ECS's API."""
        return self.sessions, self.agent

    def _announce(self, kind: str, resources: list[str], detail: Json) -> None:
        region = Scope.of(resources[0]).region
        self._context.bus.announce("aws.ecs", kind, resources, detail, region=region)

    def claims(self, request: AwsRequest) -> bool:
        """See ``OwnService.claims``."""
        return request.headers.get("x-amz-target", "").startswith(TARGET)

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """See ``OwnService.handle``."""
        operation = request.operation
        if operation not in operations():
            raise client_error(f"Operation {operation} is unknown.")
        if operation not in self._handlers:
            raise client_error(f"The embedded AWS has no {operation} yet.")
        call = Call(Scope(request.region, request.account_id), checked_input(operation, request.json()))
        # What an operation writes, it writes in one go: a kill -9 leaves all of it or nothing. One that waits for other
        # services only begins here, and writes together what belongs together.
        with self._context.store.transaction() if request.is_mutating else contextlib.nullcontext():
            answer = self._handlers[operation](call)
        answer = await answer if inspect.isawaitable(answer) else answer
        if operation == "UpdateService":
            self._context.faults.deployed(answer["service"])
        if request.is_mutating:
            self._controller.wake()
        return AwsResponse.of_json(answer)

    async def start(self) -> None:
        """Take over what ran before, and begin to schedule."""
        if self._context.engine is not None:
            settings = self._context.settings
            trusts = Trusts(self._context.engine, settings.instance_id, settings.authority)
            containers = DockerContainers(self._context.engine, self._surroundings(), self._registry_login, trusts.of)
            await self.start_with(RestartingContainers(containers, self._context.faults))
            self._containers = containers
        else:
            # They wait for an engine, as before; but they can be stopped, and their services deleted.
            self._adopt({})
        alarms = AlarmWatch(
            self._context.aws,
            self._rollouts,
            scaled=self._context.settings.scaled,
            interval=self._settings.alarm_interval,
            now=self._journal.now,
        )
        placement = Placement(
            self._state, self._runner, journal=self._journal, settings=self._settings, room=self._room
        )
        self._controller.start(placement, alarms)

    async def stop(self) -> None:
        """Schedule no more; containers go on, and the next start takes them over."""
        await self._controller.stop()
        self._runner.end()
        for each in (self._watcher, self._lost_zones):
            if each:
                each.stop()
        if self._shipper:
            self._shipper.stop()
        if self._containers:
            self._containers.close()

    async def start_with(self, containers: Containers) -> None:
        """Run containers with this engine, and take over those that it has."""
        self.agent.use(containers)
        self._watcher = Watcher(containers, self._runner.noticed, self._settings.reconcile_interval)
        self._shipper = LogShipper(self._context.aws, containers)
        self._runner.use(
            Tools(
                containers=containers,
                watcher=self._watcher,
                shipper=self._shipper,
                aws=self._context.aws,
                registry=self._context.settings.registry,
                now=self._journal.now,
                credentials=self._context.credentials,
                roles=self._context.roles,
            )
        )
        self._watcher.start()
        await self._take_over(containers)
        self._lost_zones = LostZones(self._tasks, containers)
        self._lost_zones.start()

    async def _take_over(self, containers: Containers) -> None:
        """Every container belongs to a task that is not gone, or is removed."""
        found = _by_task(await containers.all())
        self._adopt(found)
        for orphan in (facts for orphans in found.values() for facts in orphans):
            await containers.remove(orphan.id)

    def _adopt(self, found: dict[str, list[ContainerFacts]]) -> None:
        """Go on with every task that is not gone; its containers are taken out of those that were found."""
        for task in [task for task in self._state.tasks.values() if not task.gone]:
            self._runner.adopt(task, {facts.name: facts for facts in found.pop(task.arn, [])})

    async def _open_terminal(self, container: str, command: Sequence[str]) -> Terminal:
        engine = self._context.engine
        assert engine is not None  # noqa: S101 - a container runs, so it has an engine
        return await open_terminal(engine, container, command)

    async def _registry_login(self) -> dict[str, str]:
        """What Docker shows the account's registry."""
        told = await self._context.aws.call("ecr", "GetAuthorizationToken")
        user, _, password = b64decode(told["authorizationData"][0]["authorizationToken"]).decode().partition(":")
        return {"username": user, "password": password}

    def _surroundings(self) -> Surroundings:
        settings = self._context.settings
        engine = self._context.engine
        assert engine is not None  # noqa: S101 - the only caller has looked
        return Surroundings(
            instance=settings.instance_id,
            networks=names_of(settings.instance_id),
            endpoint=f"http://host.docker.internal:{settings.port}",
            host=self._context.bridge or "host-gateway",
            cpus=os.cpu_count() or 1,
            publish=not reaches_containers(engine),
        )


def _by_task(found: Iterable[ContainerFacts]) -> dict[str, list[ContainerFacts]]:
    by_task: dict[str, list[ContainerFacts]] = defaultdict(list)
    for facts in found:
        by_task[facts.task].append(facts)
    return by_task
