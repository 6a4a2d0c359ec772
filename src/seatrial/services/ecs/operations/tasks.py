"""Tasks."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from seatrial.services.ecs import texts
from seatrial.services.ecs.capacity import assigned
from seatrial.services.ecs.errors import conflict, invalid
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.operations import service_rules as rules
from seatrial.services.ecs.operations.call import Call, Handler, missing, page
from seatrial.services.ecs.operations.definitions import usable_definition
from seatrial.services.ecs.records import Cluster, Json, Service, Task, TaskDefinition
from seatrial.services.ecs.shapes import tag_list
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.task_shapes import describe_task
from seatrial.services.ecs.tasks.factory import Order, new_task
from seatrial.services.ecs.tasks.tags import managed_tags
from seatrial.services.ecs.zones import Place, Room

RUN_AT_ONCE = 10
DESCRIBED_AT_ONCE = 100
OPTIONS = ("enableExecuteCommand", "enableECSManagedTags", "propagateTags", "referenceId")

_OTHER_FILTERS = {"family", "serviceName", "containerInstance", "launchType"}


class Runs(Protocol):
    """What starts and stops tasks."""

    def launch(self, task: Task) -> None:
        """Start a task that was just made."""
        ...

    def stop(self, task: Task, code: str, reason: str) -> None:
        """Stop a task."""
        ...


class TaskOperations:
    """What can be done with tasks."""

    def __init__(self, state: EcsState, runner: Runs, journal: Journal, room: Room) -> None:
        self._state = state
        self._runner = runner
        self._journal = journal
        self._room = room

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "RunTask": self.run,
            "StopTask": self.stop,
            "DescribeTasks": self.describe,
            "ListTasks": self.list_arns,
        }

    async def run(self, call: Call) -> Json:
        """Start up to ten tasks; the same client token again answers the same tasks."""
        await self._room.zones.learn(call.scope.region, call.params)
        with self._state.transaction():
            return self._run(call)

    def _run(self, call: Call) -> Json:
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        definition = usable_definition(self._state, call.scope, call["taskDefinition"])
        workload = rules.first_workload(call, cluster)
        rules.check_workload(definition, workload)
        _check_run(call, workload)
        _check_overrides(definition, call.get("overrides", {}))
        count = call.get("count", 1)
        if not 1 <= count <= RUN_AT_ONCE:
            raise invalid("count must be between 1 and 10.")
        before = self._with_token(cluster, call)
        strategy = workload.get("capacityProviderStrategy")
        providers = assigned(strategy, {}, count) if strategy else [None] * count
        places = self._room.for_tasks({definition.family}, count, region=call.scope.region, workload=workload)
        if not before and not places:
            return {"tasks": [], "failures": [{"reason": texts.NO_CAPACITY}] * count}
        tasks = before or [
            self._new(Placement(cluster, definition, workload, *each), call)
            for each in zip(places, providers, strict=True)
        ]
        return {"tasks": [self._described(task) for task in tasks], "failures": []}

    def stop(self, call: Call) -> Json:
        """Stop a task; answered at once, the containers get their ``stopTimeout``."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        task = self._find(cluster, call["task"])
        if task is None:
            raise invalid("The referenced task was not found.")
        if task.live:
            self._runner.stop(task, "UserInitiated", call.get("reason") or texts.STOPPED_BY_USER)
        return {"task": self._described(task)}

    def describe(self, call: Call) -> Json:
        """Describe tasks; those that are not there (any more) are failures."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        if not call["tasks"]:
            raise invalid("Tasks cannot be empty.")
        if len(call["tasks"]) > DESCRIBED_AT_ONCE:
            raise invalid("Tasks cannot have more than 100 elements.")
        found = {name: self._find(cluster, name) for name in call["tasks"]}
        prefix = cluster.arn.replace(":cluster/", ":task/")
        return {
            "tasks": [self._described(task, call=call) for task in found.values() if task],
            "failures": [missing(f"{prefix}/{name.rpartition('/')[2]}") for name, task in found.items() if not task],
        }

    def list_arns(self, call: Call) -> Json:
        """The ARNs of tasks: those that are meant to run, unless ``desiredStatus`` says STOPPED."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        if "startedBy" in call.params and _OTHER_FILTERS & call.params.keys():
            raise invalid("When you specify startedBy as the filter, it must be the only filter that you use.")
        service = (
            self._state.service(call.scope, call.get("cluster"), call["serviceName"])
            if ("serviceName" in call.params)
            else None
        )
        wanted = _filter(call.params, service)
        arns = [task.arn for task in self._state.cluster_tasks(cluster) if wanted(task)]
        return page(sorted(arns), call, default=100, name="taskArns")

    def _new(self, placement: "Placement", call: Call) -> Task:
        definition, token = placement.definition, call.get("clientToken")
        extra = {"started_by": call.get("startedBy"), "client_token": token, "request": _asked(call) if token else None}
        order = Order(
            cluster_arn=placement.cluster.arn,
            definition=definition,
            group=call.get("group") or f"family:{definition.family}",
            workload=placement.workload,
            overrides=call.get("overrides", {}),
            options=call.picked(OPTIONS),
            extra=extra,
        )
        task = new_task(order, self._journal.now(), placement.place, placement.provider)
        self._state.save(task)
        inherited = self._state.tags.get(definition.arn, {}) if call.get("propagateTags") == "TASK_DEFINITION" else {}
        managed = managed_tags(task.cluster_arn) if call.get("enableECSManagedTags") else {}
        self._state.set_tags(task.arn, managed | inherited | call.tags())
        self._runner.launch(task)
        return task

    def _with_token(self, cluster: Cluster, call: Call) -> list[Task]:
        token = call.get("clientToken")
        same = [task for task in self._state.cluster_tasks(cluster) if token and task.client_token == token]
        if any(task.request != _asked(call) for task in same):
            raise conflict(
                "The request could not be processed because the client token was used with other parameters."
            )
        return same

    def _find(self, cluster: Cluster, reference: str) -> Task | None:
        arn = f"{cluster.arn.replace(':cluster/', ':task/')}/{reference.rpartition('/')[2]}"
        return self._state.tasks.get(arn)

    def _described(self, task: Task, *, call: Call | None = None) -> Json:
        shown = call is None or call.includes("TAGS")
        return describe_task(task) | {"tags": tag_list(self._state.tags.get(task.arn)) if shown else []}


@dataclass(frozen=True)
class Placement:
    """Where a task runs, and what; the provider is None where there is a launch type."""

    cluster: Cluster
    definition: TaskDefinition
    workload: Json
    place: Place
    provider: str | None


def _asked(call: Call) -> Json:
    """What a client token stands for."""
    return {name: value for name, value in call.params.items() if name != "clientToken"}


def _check_run(call: Call, workload: Json) -> None:
    if call.get("propagateTags") == "SERVICE":
        raise invalid("Tags can only be propagated from the task definition when running a task.")
    if workload.get("launchType") in {"EC2", "EXTERNAL"}:
        raise invalid(texts.NO_INSTANCES)


def _filter(params: Mapping[str, Any], service: Service | None) -> Callable[[Task], bool]:
    desired = params.get("desiredStatus", "RUNNING")
    started_by, family, launch = params.get("startedBy"), params.get("family"), params.get("launchType")

    def wanted(task: Task) -> bool:
        return (
            task.desired_status == desired
            and (service is None or task.service_arn == service.arn)
            and started_by in {None, task.started_by}
            and launch in {None, task.launch_type}
            and family in {None, task.definition_arn.rpartition("/")[2].partition(":")[0]}
        )

    return wanted


def _check_overrides(definition: TaskDefinition, overrides: Mapping[str, Any]) -> None:
    names = {container["name"] for container in definition.containers}
    for override in overrides.get("containerOverrides", ()):
        if override.get("name") not in names:
            raise invalid(
                f"Override for container named {override.get('name')} is not a container in the TaskDefinition."
            )
