from typing import Any

import pytest

from seatrial.services.ecs.containers.spec import Launch, Surroundings, create_arguments
from seatrial.services.ecs.records import Task, TaskDefinition
from seatrial.services.ecs.tasks.factory import Order, new_task
from seatrial.services.ecs.zones import Place
from tests.seatrial.unit.ecs.harness import fargate

AROUND = Surroundings(
    instance="abcd1234",
    networks=("seatrial-abcd1234", "seatrial-abcd1234-b"),
    endpoint="http://host.docker.internal:4566",
    host="172.17.0.1",
    cpus=2,
)
CLUSTER = "arn:aws:ecs:eu-west-1:000000000000:cluster/default"


def task(zone: str = "eu-west-1a", **overrides: Any) -> Task:  # noqa: ANN401 - AWS's
    spec = fargate()
    spec["containerDefinitions"] = [{"essential": True, **item} for item in spec["containerDefinitions"]]
    definition = TaskDefinition(arn="arn", family="web", revision=1, spec=spec, registered_at=0)
    order = Order(CLUSTER, definition, "family:web", {"launchType": "FARGATE"}, overrides=overrides)
    return new_task(order, 0, Place(zone))


def arguments(around: Surroundings = AROUND, launch: dict[str, Any] | None = None, **definition: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
    described = {"name": "app", "environment": [], **definition}
    given = {"task": task(), "definition": described, "image": "web", **(launch or {})}
    return create_arguments(Launch(**given), around)


def test_the_tasks_limits_hold_for_each_container() -> None:
    made = arguments()
    assert (made["nano_cpus"], made["mem_limit"], made["memswap_limit"]) == (250_000_000, 512 << 20, 512 << 20)


def test_a_containers_own_memory_is_within_the_tasks() -> None:
    assert arguments(memory=128)["mem_limit"] == 128 << 20
    assert arguments(memory=4096)["mem_limit"] == 512 << 20


def test_no_more_cpus_are_asked_for_than_the_engine_has() -> None:
    big = task(cpu="16384")
    assert arguments(launch={"task": big})["nano_cpus"] == 2_000_000_000


def test_a_containers_processes_and_its_output_on_disk_are_bounded() -> None:
    made = arguments()
    assert made["pids_limit"] == 4096
    assert made["log_config"] == {"type": "json-file", "config": {"max-size": "256m", "max-file": "2"}}


def test_what_is_not_said_is_left_to_the_image() -> None:
    assert not {"command", "entrypoint", "user", "working_dir", "healthcheck"} & set(arguments())


def test_the_definition_reaches_docker() -> None:
    made = arguments(
        entryPoint=["sh", "-c"],
        command=["run"],
        user="1000",
        workingDirectory="/app",
        readonlyRootFilesystem=True,
        ulimits=[{"name": "nofile", "softLimit": 1, "hardLimit": 2}],
        linuxParameters={"initProcessEnabled": True, "tmpfs": [{"containerPath": "/tmp", "size": 64}]},
    )
    assert (made["entrypoint"], made["command"], made["user"]) == (["sh", "-c"], ["run"], "1000")
    assert (made["working_dir"], made["read_only"], made["init"]) == ("/app", True, True)
    assert made["ulimits"] == [{"Name": "nofile", "Soft": 1, "Hard": 2}]
    assert made["tmpfs"] == {"/tmp": "size=64m"}


def test_a_health_check_has_awss_defaults_in_nanoseconds() -> None:
    check = arguments(healthCheck={"command": ["CMD", "true"], "startPeriod": 2})["healthcheck"]
    assert check == {
        "test": ["CMD", "true"],
        "interval": 30_000_000_000,
        "timeout": 5_000_000_000,
        "retries": 3,
        "start_period": 2_000_000_000,
    }


def test_the_definitions_environment_wins_over_ours_and_overrides_win_over_it() -> None:
    given = [{"name": "AWS_REGION", "value": "mine"}, {"name": "A", "value": "1"}]
    override = {"name": "app", "environment": [{"name": "A", "value": "2"}], "command": ["other"]}
    made = arguments(launch={"task": task(containerOverrides=[override])}, environment=given)
    assert (made["environment"]["AWS_REGION"], made["environment"]["A"]) == ("mine", "2")
    assert made["command"] == ["other"]
    assert made["environment"]["AWS_ENDPOINT_URL"] == AROUND.endpoint


def test_the_task_is_on_the_label_so_that_nothing_is_orphaned() -> None:
    made_for = task()
    labels = arguments(launch={"task": made_for})["labels"]
    assert (labels["seatrial.instance"], labels["seatrial.task"]) == ("abcd1234", made_for.arn)


def test_the_owner_joins_the_network_of_its_zone_and_the_others_its_namespace() -> None:
    assert arguments()["network"] == "seatrial-abcd1234"
    assert arguments(launch={"task": task("eu-west-1b")})["network"] == "seatrial-abcd1234-b"
    joined = arguments(launch={"namespace": "container-0"})
    assert joined["network_mode"] == "container:container-0"
    assert "network" not in joined


@pytest.mark.parametrize(("publish", "ports"), [(False, None), (True, {"80/tcp": ("127.0.0.1", None)})])
def test_ports_are_published_on_loopback_where_containers_cannot_be_reached(publish: bool, ports: object) -> None:  # noqa: FBT001 - the case
    around = Surroundings("i", ("n",), "e", "h", publish=publish)
    assert arguments(around, launch={"ports": (80,)}).get("ports") == ports
