from typing import Any

import pytest

from seatrial.services.cloudwatch.data import Datum
from seatrial.services.metrics_publisher.containers import Machine, insights, utilization
from seatrial.services.metrics_publisher.facts import ClusterFacts, TaskFacts, clusters, has_insights, task_facts
from seatrial.services.metrics_publisher.readings import Use

MIB = 1024 * 1024
MACHINE = Machine(cores=2, memory=8192 * MIB)
WEB = {"ClusterName": "main", "ServiceName": "web"}


def task(
    *containers: str, service: str = "web", cpu: float = 256, memory: float = 512, kind: str = "FARGATE"
) -> TaskFacts:
    return TaskFacts("main", service, "web", kind, cpu, memory, containers)


def cluster(*tasks: TaskFacts, services: tuple[dict[str, Any], ...] = (), on: bool = False) -> ClusterFacts:
    described = {"runningTasksCount": len(tasks), "activeServicesCount": len(services)}
    return ClusterFacts("main", described, on, tasks, services)


def test_a_quarter_of_a_core_is_all_of_256_units() -> None:
    assert utilization([cluster(task("a"))], {"a": Use(0.25, 128 * MIB)}, MACHINE, 60) == [
        Datum("CPUUtilization", 60, {100.0: 1}, WEB, "Percent"),
        Datum("MemoryUtilization", 60, {25.0: 1}, WEB, "Percent"),
    ]


def test_each_task_is_a_sample_and_its_containers_count_together() -> None:
    uses = {"a": Use(0.05, 0), "b": Use(0.075, 0), "c": Use(0.25, 0)}
    (cpu, _) = utilization([cluster(task("a", "b"), task("c"))], uses, MACHINE, 60)
    assert cpu.samples == {50.0: 1, 100.0: 1}


def test_tasks_without_use_reservation_or_service_add_nothing() -> None:
    uses = {"a": Use(0.25, MIB)}
    assert utilization([cluster(task("unread"))], uses, MACHINE, 60) == []
    assert utilization([cluster(task("a", cpu=0, memory=0))], uses, MACHINE, 60) == []
    assert utilization([cluster(task("a", service=""))], uses, MACHINE, 60) == []


def test_a_cluster_has_a_utilization_of_its_own_only_for_tasks_on_instances() -> None:
    uses = {"a": Use(0.5, 4096 * MIB), "b": Use(0.5, 0)}
    data = utilization([cluster(task("a", kind="EC2"), task("b"))], uses, MACHINE, 60)
    whole = {datum.name: datum.samples for datum in data if datum.dimensions == {"ClusterName": "main"}}
    assert whole == {"CPUUtilization": {25.0: 1}, "MemoryUtilization": {50.0: 1}}


SERVICE = {"serviceName": "web", "runningCount": 1, "pendingCount": 2, "desiredCount": 3, "deployments": [{}, {}]}

MAIN = {"ClusterName": "main"}
FAMILY = {"ClusterName": "main", "TaskDefinitionFamily": "web"}
INSIGHTS: list[tuple[str, dict[str, str], float, str]] = [
    ("TaskCount", MAIN, 1, "Count"),
    ("ServiceCount", MAIN, 1, "Count"),
    ("RunningTaskCount", WEB, 1, "Count"),
    ("PendingTaskCount", WEB, 2, "Count"),
    ("DesiredTaskCount", WEB, 3, "Count"),
    ("DeploymentCount", WEB, 2, "Count"),
    *(("CpuReserved", where, 256, "None") for where in (MAIN, FAMILY, WEB)),
    *(("CpuUtilized", where, 128, "None") for where in (MAIN, FAMILY, WEB)),
    *(("MemoryReserved", where, 512, "Megabytes") for where in (MAIN, FAMILY, WEB)),
    *(("MemoryUtilized", where, 100, "Megabytes") for where in (MAIN, FAMILY, WEB)),
]


def test_container_insights_have_the_documented_names_dimensions_and_units() -> None:
    data = insights([cluster(task("a"), services=(SERVICE,), on=True)], {"a": Use(0.125, 100 * MIB)}, 60)
    found = [(datum.name, dict(datum.dimensions), *datum.samples, datum.unit) for datum in data]
    assert sorted(found, key=repr) == sorted(INSIGHTS, key=repr)


def test_without_the_setting_there_are_no_container_insights() -> None:
    assert insights([cluster(task("a"), services=(SERVICE,))], {}, 60) == []


@pytest.mark.parametrize(("value", "on"), [("enabled", True), ("enhanced", True), ("disabled", False)])
def test_the_setting_of_the_cluster_decides(value: str, on: bool) -> None:  # noqa: FBT001 - a table
    assert has_insights({"settings": [{"name": "containerInsights", "value": value}]}) is on


DESCRIBED = {
    "taskDefinitionArn": "arn:aws:ecs:eu-west-1:000000000000:task-definition/api:7",
    "group": "service:web",
    "lastStatus": "RUNNING",
    "launchType": "FARGATE",
    "cpu": "256",
    "memory": "512",
    "containers": [{"runtimeId": "a", "cpu": "64"}, {"runtimeId": "b"}, {"name": "not started"}],
}


def test_a_task_is_read_as_aws_describes_it() -> None:
    assert task_facts(DESCRIBED, "main") == TaskFacts("main", "web", "api", "FARGATE", 256, 512, ("a", "b"))
    assert task_facts({**DESCRIBED, "group": "family:api"}, "main").service == ""


def test_without_a_reservation_of_the_task_those_of_its_containers_count() -> None:
    containers = [{"cpu": "100", "memory": "300"}, {"cpu": "28", "memory": "300", "memoryReservation": "200"}]
    found = task_facts({**DESCRIBED, "cpu": "", "memory": None, "containers": containers}, "main")
    assert (found.cpu, found.memory) == (128, 500)


class Aws:
    """ECS with 250 tasks in one cluster, and a cluster that is gone."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def call(self, _service: str, operation: str, /, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.calls.append(operation)
        if operation == "ListClusters":
            return {"clusterArns": ["main", "gone", "idle"]}
        if operation == "DescribeClusters":
            on = [{"name": "containerInsights", "value": "enabled"}]
            main = {"status": "ACTIVE", "runningTasksCount": 250, "activeServicesCount": 12, "settings": on}
            return {
                "clusters": [
                    {"clusterName": "main", **main},
                    {"clusterName": "gone", "status": "INACTIVE"},
                    {"clusterName": "idle", "status": "ACTIVE", "runningTasksCount": 0},
                ]
            }
        if operation in {"ListTasks", "ListServices"}:
            member, total = ("taskArns", 250) if operation == "ListTasks" else ("serviceArns", 12)
            begin = int(params.get("nextToken", 0))
            page = [str(n) for n in range(begin, min(total, begin + 100))]
            return {member: page} | ({"nextToken": str(begin + 100)} if begin + 100 < total else {})
        if operation == "DescribeServices":
            assert len(params["services"]) <= 10
            return {"services": [{"serviceName": name, "status": "ACTIVE"} for name in params["services"]]}
        assert len(params["tasks"]) <= 100
        return {
            "tasks": [{**DESCRIBED, "lastStatus": "PENDING" if arn == "0" else "RUNNING"} for arn in params["tasks"]]
        }


async def test_every_running_task_is_found_in_as_few_calls_as_aws_allows() -> None:
    aws = Aws()
    main, idle = await clusters(aws, "eu-west-1")
    assert (main.name, len(main.tasks), len(main.services)) == ("main", 249, 12)
    assert (idle.name, idle.tasks) == ("idle", ())
    described = ["ListClusters", "DescribeClusters", *["ListTasks"] * 3, *["DescribeTasks"] * 3]
    assert aws.calls == [*described, "ListServices", *["DescribeServices"] * 2]
