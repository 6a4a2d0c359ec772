"""Starts and stops the tasks of a service, where its scheduler has decided so."""

from collections import Counter
from collections.abc import Sequence

from seatrial.services.ecs import texts
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.capacity import assigned
from seatrial.services.ecs.deployments.scheduler import Stop
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.records import Service
from seatrial.services.ecs.settings import EcsSettings
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.tasks.factory import Order, new_task
from seatrial.services.ecs.tasks.runner import TaskRunner
from seatrial.services.ecs.tasks.tags import service_task_tags
from seatrial.services.ecs.zones import Place, Room

PLACEMENT_RETRY = 5.0
"""Seconds until a task that could not be placed is tried again."""


class Placement:
    """Finds room for tasks, has them run, and says so in the service's events.

    Args:
        state: the records.
        runner: runs tasks.
        journal: tells time, takes events.
        settings: how long to wait after a task that could not be placed.
        room: where tasks may lie.
    """

    def __init__(
        self, state: EcsState, runner: TaskRunner, *, journal: Journal, settings: EcsSettings, room: Room
    ) -> None:
        self._state, self._runner = state, runner
        self._journal, self._settings, self._room = journal, settings, room

    async def learn_zones(self, service: Service) -> None:
        """Learn the zones in which tasks of the primary rollout may lie."""
        await self._room.zones.learn(Scope.of(service.arn).region, service.primary.workload)

    def start(self, service: Service, count: int) -> None:
        """Start so many tasks of the primary rollout; where there is no room, say so, and have it tried again later."""
        places = self._places(service, count)
        if not places:
            message = texts.not_placed(service.name, texts.NO_CAPACITY)
            self._cannot_place(service, message, "RESOURCE:FARGATE", retry=PLACEMENT_RETRY)
            return
        rollout = service.primary
        if rollout.workload.get("launchType") in {"EC2", "EXTERNAL"}:
            # As in a cluster of an account that has no container instances.
            message, retry = texts.without_instances(service.name), self._settings.retry_limit
            self._cannot_place(service, message, "MEMBERSHIP:NO_INSTANCES", retry=retry)
            return
        definition = self._state.definitions[rollout.definition_arn]
        order = Order(
            cluster_arn=service.cluster_arn,
            definition=definition,
            group=f"service:{service.name}",
            workload=rollout.workload,
            options={"enableExecuteCommand": bool(service.configuration.get("enableExecuteCommand"))},
            extra={"service_arn": service.arn, "revision_arn": rollout.revision_arn, "started_by": rollout.id},
        )
        now, providers = self._journal.now(), self._providers(service, count)
        tasks = [new_task(order, now, place, provider) for place, provider in zip(places, providers, strict=True)]
        service.steady = False
        self._journal.add_event(service, texts.started_tasks(service.name, [task.id for task in tasks]))
        if not self._runner.has_engine:
            self._journal.add_event_once(service, texts.not_placed(service.name, texts.NO_ENGINE))
            self._journal.action(service, "SERVICE_TASK_PLACEMENT_FAILURE", "ERROR", reason="RESOURCE:FARGATE")
        tags = service_task_tags(service, self._state.tags.get(service.arn), self._state.tags.get(definition.arn))
        for task in tasks:
            self._state.set_tags(task.arn, tags)
        self._state.save(service, *tasks)
        for task in tasks:
            self._runner.launch(task)

    def stop(self, service: Service, stops: Sequence[Stop]) -> None:
        """Stop these tasks, each for its reason."""
        if not stops:
            return
        tasks = [self._state.tasks[stop.task] for stop in stops]
        self._journal.add_event(service, texts.stopped_tasks(service.name, [task.id for task in tasks]))
        service.steady = False
        self._state.save(service)
        self._journal.action(service, "TASKS_STOPPED")
        for task, stop in zip(tasks, stops, strict=True):
            reason = stop.reason or texts.scaled(service.primary.id)
            self._runner.stop(task, "ServiceSchedulerInitiated", reason)

    def _cannot_place(self, service: Service, message: str, reason: str, *, retry: float) -> None:
        """Say so once, and try again after so many seconds."""
        if not service.events or service.events[0].message != message:
            self._journal.add_event(service, message)
            self._journal.action(service, "SERVICE_TASK_PLACEMENT_FAILURE", "ERROR", reason=reason)
        service.retry_at = self._journal.now() + retry
        self._state.save(service)

    def _places(self, service: Service, count: int) -> list[Place]:
        """Where new tasks of the primary rollout lie; nowhere while there is no capacity."""
        primary, region = service.primary, Scope.of(service.arn).region
        beside = [task for task in self._state.tasks_of(service) if task.live and task.started_by == primary.id]
        there = [task.availability_zone for task in beside]
        names = {service.name, service.arn}
        return self._room.for_tasks(names, count, region=region, workload=primary.workload, there=there)

    def _providers(self, service: Service, count: int) -> list[str | None]:
        """The capacity providers of new tasks; None for each where the service has a launch type."""
        strategy = service.primary.workload.get("capacityProviderStrategy")
        if not strategy:
            return [None] * count
        live = [task for task in self._state.tasks_of(service) if task.live]
        return [*assigned(strategy, Counter(str(task.options.get("capacityProviderName")) for task in live), count)]
