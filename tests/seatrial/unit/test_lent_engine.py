from typing import Any

import pytest

from seatrial.ministack.lent_engine import create_options, named_volumes, ours


@pytest.mark.parametrize(
    ("asked", "bound"),
    [
        (15432, ("127.0.0.1", 15432)),
        ("15432", ("127.0.0.1", "15432")),
        (None, ("127.0.0.1", None)),
        (("0.0.0.0", 15432), ("127.0.0.1", 15432)),
        (("0.0.0.0",), ("127.0.0.1", None)),
        ((15432,), ("127.0.0.1", 15432)),
        ([15432, None], [("127.0.0.1", 15432), ("127.0.0.1", None)]),
        ({"HostPort": "15432"}, {"HostPort": "15432", "HostIp": "127.0.0.1"}),
    ],
)
def test_however_a_port_is_published_it_is_on_loopback(asked: Any, bound: Any) -> None:  # noqa: ANN401 - Docker SDK's
    assert create_options({"ports": {"5432/tcp": asked}}, "abcd1234")["ports"] == {"5432/tcp": bound}


def test_a_container_and_its_volumes_are_named_and_labelled_after_the_instance() -> None:
    volumes = {"ministack-rds-cluster-1-data": {"bind": "/data", "mode": "rw"}, "/tmp/a": {"bind": "/a"}}
    asked = {"name": "ministack-rds-1-cluster-main", "labels": {"ministack": "rds"}, "volumes": volumes, "detach": True}
    made = create_options(asked, "abcd1234")
    assert made == {
        "name": "seatrial-abcd1234-rds-1-cluster-main",
        "labels": {"ministack": "rds", "seatrial.instance": "abcd1234"},
        "volumes": {
            "seatrial-abcd1234-rds-cluster-1-data": volumes["ministack-rds-cluster-1-data"],
            "/tmp/a": {"bind": "/a"},
        },
        "detach": True,
    }
    assert named_volumes(made) == ["seatrial-abcd1234-rds-cluster-1-data"]


def test_ids_and_other_names_stay() -> None:
    for name in ("0123456789ab", "seatrial-abcd1234-rds-1", "somebody"):
        assert ours(name, "abcd1234") == name


def test_a_container_without_ports_and_volumes_is_asked_for_as_it_is() -> None:
    assert create_options({"detach": True}, "abcd1234") == {"detach": True, "labels": {"seatrial.instance": "abcd1234"}}
    assert named_volumes({"volumes": ["a:/b"]}) == []


def test_a_function_has_its_memory_and_no_swap_beside_it() -> None:
    # Docker gives a container as much swap as memory, unless it is told the two together.
    labels, environment = {"ministack": "lambda"}, {"AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256"}
    made = create_options({"labels": labels, "environment": environment}, "abcd1234")
    assert made["mem_limit"] == made["memswap_limit"] == "256m"


def test_a_function_writes_to_tmp_alone_which_takes_no_memory_and_goes_with_the_container() -> None:
    # Lambda developer guide, "Lambda execution environment": the file system is read-only but for `/tmp`.
    made = create_options({"labels": {"ministack": "lambda"}, "detach": True}, "abcd1234")
    assert (made["read_only"], made["volumes"]) == (True, ["/tmp"])
    assert "tmpfs" not in made


@pytest.mark.parametrize(
    ("command", "volumes"),
    [
        (["index.handler"], ["/tmp", "/opt", "/var/task"]),
        (["bootstrap"], ["/tmp", "/opt", "/var/task", "/var/runtime"]),
    ],
)
def test_docker_copies_code_and_layers_into_volumes_for_the_rest_cannot_be_written_to(
    command: list[str], volumes: list[str]
) -> None:
    made = create_options({"labels": {"ministack": "lambda"}, "command": command}, "abcd1234")
    assert (made["read_only"], made["volumes"]) == (True, volumes)
