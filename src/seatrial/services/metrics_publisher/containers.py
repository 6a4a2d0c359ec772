"""The metrics of containers: ``AWS/ECS`` and ``ECS/ContainerInsights``. Pure.

Sources: Amazon ECS developer guide, "Amazon ECS CloudWatch metrics" and "Amazon ECS service utilization metrics":
percent of what the tasks of a service reserved, and for a cluster, of EC2 tasks only, percent of its instances;
CloudWatch user guide, "Amazon ECS Container Insights metrics".
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from seatrial.services.cloudwatch.data import Datum
from seatrial.services.metrics_publisher.facts import ClusterFacts, TaskFacts
from seatrial.services.metrics_publisher.readings import Use

ECS = "AWS/ECS"
INSIGHTS = "ECS/ContainerInsights"
UNITS = 1024
MIB = 1024 * 1024

Dimensions = tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Machine:
    """What the engine's machine has, which is where EC2 tasks run: ``cores``, and ``memory`` in bytes."""

    cores: float
    memory: int


def task_use(task: TaskFacts, uses: Mapping[str, Use]) -> Use | None:
    """What all containers of a task used; None where nothing is known of any."""
    known = [uses[container] for container in task.containers if container in uses]
    if not known:
        return None
    return Use(sum(item.cores for item in known), sum(item.memory for item in known))


def utilization(clusters: Iterable[ClusterFacts], uses: Mapping[str, Use], machine: Machine, at: float) -> list[Datum]:
    """``CPUUtilization`` and ``MemoryUtilization``: of a service one sample a task, so that Minimum and Maximum work.

    Args:
        clusters: what runs.
        uses: the containers' use of processor and memory, by container.
        machine: stands for the container instances of a cluster, of which there are none here.
        at: the time of the samples.
    """
    samples = _Samples(at)
    for cluster in clusters:
        used = [(task, use) for task in cluster.tasks if (use := task_use(task, uses))]
        for task, use in used:
            if not task.service:
                continue
            where = (("ClusterName", cluster.name), ("ServiceName", task.service))
            if task.cpu:
                samples.add("CPUUtilization", "Percent", where, 100 * use.cores * UNITS / task.cpu)
            if task.memory:
                samples.add("MemoryUtilization", "Percent", where, 100 * use.memory / (task.memory * MIB))
        on_instances = [use for task, use in used if task.launch_type == "EC2"]
        if on_instances:
            whole = (("ClusterName", cluster.name),)
            cores, memory = sum(use.cores for use in on_instances), sum(use.memory for use in on_instances)
            samples.add("CPUUtilization", "Percent", whole, 100 * cores / machine.cores)
            samples.add("MemoryUtilization", "Percent", whole, 100 * memory / machine.memory)
    return samples.data()


def insights(clusters: Iterable[ClusterFacts], uses: Mapping[str, Use], at: float) -> list[Datum]:
    """Container Insights of the clusters that have it on; processor in CPU units, memory in megabytes."""
    samples = _Samples(at)
    for cluster in clusters:
        if not cluster.insights:
            continue
        whole = (("ClusterName", cluster.name),)
        samples.add("TaskCount", "Count", whole, cluster.described.get("runningTasksCount", 0))
        samples.add("ServiceCount", "Count", whole, cluster.described.get("activeServicesCount", 0))
        for service in cluster.services:
            where = (("ClusterName", cluster.name), ("ServiceName", service["serviceName"]))
            samples.add("RunningTaskCount", "Count", where, service["runningCount"])
            samples.add("PendingTaskCount", "Count", where, service["pendingCount"])
            samples.add("DesiredTaskCount", "Count", where, service["desiredCount"])
            samples.add("DeploymentCount", "Count", where, len(service.get("deployments", ())))
        for task in cluster.tasks:
            _add_task(samples, task, task_use(task, uses))
    return samples.data()


class _Samples:
    """Samples by metric, unit and dimensions."""

    def __init__(self, at: float) -> None:
        self._at = at
        self._values: dict[tuple[str, str, Dimensions], dict[float, float]] = defaultdict(lambda: defaultdict(float))

    def add(self, name: str, unit: str, dimensions: Dimensions, value: float) -> None:
        self._values[name, unit, dimensions][float(value)] += 1

    def data(self) -> list[Datum]:
        return [
            Datum(name, self._at, dict(values), dict(dimensions), unit)
            for (name, unit, dimensions), values in self._values.items()
        ]


def _add_task(samples: _Samples, task: TaskFacts, use: Use | None) -> None:
    for where in _task_dimensions(task):
        if task.cpu:
            samples.add("CpuReserved", "None", where, task.cpu)
        if task.memory:
            samples.add("MemoryReserved", "Megabytes", where, task.memory)
        if use and task.cpu:
            samples.add("CpuUtilized", "None", where, use.cores * UNITS)
        if use and task.memory:
            samples.add("MemoryUtilized", "Megabytes", where, use.memory / MIB)


def _task_dimensions(task: TaskFacts) -> Iterator[Dimensions]:
    yield (("ClusterName", task.cluster),)
    yield (("ClusterName", task.cluster), ("TaskDefinitionFamily", task.family))
    if task.service:
        yield (("ClusterName", task.cluster), ("ServiceName", task.service))
