"""What runs, as ECS says it: clusters, and the tasks that are RUNNING with what they reserved."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from seatrial.core.internal import Aws

Json = dict[str, Any]

_CLUSTERS_A_CALL = 100
_TASKS_A_CALL = 100
_SERVICES_A_CALL = 10


@dataclass(frozen=True)
class TaskFacts:
    """A task that runs.

    Args:
        cluster: its name.
        service: its name; empty for a task of no service.
        family: the family of its task definition.
        launch_type: ``FARGATE``, ``EC2``.
        cpu: units that are reserved, of 1,024 a core; 0 where none are.
        memory: MiB that are reserved; 0 where none are.
        containers: Docker's ids.
    """

    cluster: str
    service: str
    family: str
    launch_type: str
    cpu: float
    memory: float
    containers: tuple[str, ...]


@dataclass(frozen=True)
class ClusterFacts:
    """A cluster.

    Args:
        name: its name.
        described: AWS's ``Cluster``.
        insights: whether Container Insights is on.
        tasks: those that run.
        services: AWS's ``Service``, where Container Insights is on.
    """

    name: str
    described: Json
    insights: bool
    tasks: tuple[TaskFacts, ...]
    services: tuple[Json, ...] = ()


async def clusters(aws: Aws, region: str) -> list[ClusterFacts]:
    """The active clusters of a region."""
    arns = await _all(aws, region, "ListClusters", "clusterArns")
    found: list[ClusterFacts] = []
    for some in _cut(arns, _CLUSTERS_A_CALL):
        answer = await aws.call("ecs", "DescribeClusters", region=region, clusters=some, include=["SETTINGS"])
        found += [await _cluster(aws, region, item) for item in answer["clusters"] if item["status"] == "ACTIVE"]
    return found


async def _cluster(aws: Aws, region: str, described: Json) -> ClusterFacts:
    name, insights = described["clusterName"], has_insights(described)
    tasks: list[Json] = []
    if described.get("runningTasksCount"):
        for arns in _cut(await _all(aws, region, "ListTasks", "taskArns", cluster=name), _TASKS_A_CALL):
            tasks += (await aws.call("ecs", "DescribeTasks", region=region, cluster=name, tasks=arns))["tasks"]
    services: list[Json] = []
    if insights and described.get("activeServicesCount"):
        for arns in _cut(await _all(aws, region, "ListServices", "serviceArns", cluster=name), _SERVICES_A_CALL):
            answer = await aws.call("ecs", "DescribeServices", region=region, cluster=name, services=arns)
            services += [item for item in answer["services"] if item["status"] == "ACTIVE"]
    running = tuple(task_facts(task, name) for task in tasks if task["lastStatus"] == "RUNNING")
    return ClusterFacts(name, described, insights, running, tuple(services))


def has_insights(cluster: Json) -> bool:
    """Whether the cluster's setting ``containerInsights`` is ``enabled`` or ``enhanced``."""
    settings = {item["name"]: item["value"] for item in cluster.get("settings") or ()}
    return settings.get("containerInsights") in {"enabled", "enhanced"}


def task_facts(task: Json, cluster: str) -> TaskFacts:
    """What counts of AWS's ``Task``: reserved is what the task says, else what its containers say together."""
    kind, _, name = task.get("group", "").partition(":")
    containers: list[Json] = task.get("containers", [])
    memory = [float(item.get("memoryReservation") or item.get("memory") or 0) for item in containers]
    return TaskFacts(
        cluster=cluster,
        service=name if kind == "service" else "",
        family=task["taskDefinitionArn"].rpartition("/")[2].partition(":")[0],
        launch_type=task.get("launchType", ""),
        cpu=float(task.get("cpu") or 0) or sum(float(item.get("cpu") or 0) for item in containers),
        memory=float(task.get("memory") or 0) or sum(memory),
        containers=tuple(item["runtimeId"] for item in containers if item.get("runtimeId")),
    )


async def _all(aws: Aws, region: str, operation: str, member: str, **params: str) -> list[str]:
    found: list[str] = []
    token: dict[str, str] = {}
    while True:
        answer = await aws.call("ecs", operation, region=region, maxResults=100, **params, **token)
        found += answer.get(member, [])
        if not answer.get("nextToken"):
            return found
        token = {"nextToken": answer["nextToken"]}


def _cut(items: Sequence[str], size: int) -> Iterator[list[str]]:
    for begin in range(0, len(items), size):
        yield list(items[begin : begin + size])
