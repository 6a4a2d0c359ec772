from typing import Any

import pytest

from seatrial.services.databases.names import DatabaseContainer, names, to_join

REGION = "eu-west-1"
SUFFIX = f"1a2b.{REGION}.rds.amazonaws.com"
WRITER, READER = f"main.cluster-{SUFFIX}", f"main.cluster-ro-{SUFFIX}"


def cluster(writer: str = "one") -> dict[str, Any]:
    members = [{"DBInstanceIdentifier": name, "IsClusterWriter": name == writer} for name in ("one", "two")]
    return {
        "DBClusterIdentifier": "main",
        "Endpoint": WRITER,
        "ReaderEndpoint": READER,
        "DBClusterMembers": members,
    }


def instance(name: str, cluster: str = "main") -> dict[str, Any]:
    address = f"{name}.{SUFFIX}" if cluster else "localhost"
    return {"DBInstanceIdentifier": name, "DBClusterIdentifier": cluster, "Endpoint": {"Address": address}}


def container(identity: str, **labels: str) -> DatabaseContainer:
    return DatabaseContainer(identity, {"region": REGION, **labels})


def found(clusters: list[Any], instances: list[Any], *containers: DatabaseContainer) -> dict[str, set[str]]:
    return {name: set(all_) for name, all_ in names(REGION, clusters, instances, containers).items()}


def test_a_container_that_all_members_share_answers_to_every_name() -> None:
    shared = container("shared", cluster_id="main")
    assert found([cluster()], [instance("one"), instance("two")], shared) == {
        "shared": {WRITER, READER, f"one.{SUFFIX}", f"two.{SUFFIX}"}
    }


def test_the_only_instance_is_the_reader_endpoints_too() -> None:
    shared = container("shared", cluster_id="main")
    assert found([cluster()], [instance("one")], shared)["shared"] == {WRITER, READER, f"one.{SUFFIX}"}


@pytest.mark.parametrize(("writer", "reader"), [("one", "two"), ("two", "one")])
def test_the_writers_endpoint_is_the_writers_whoever_that_is(writer: str, reader: str) -> None:
    own = [container(name, cluster_id="main", db_id=name) for name in ("one", "two")]
    assert found([cluster(writer)], [instance("one"), instance("two")], *own) == {
        writer: {WRITER, f"{writer}.{SUFFIX}"},
        reader: {READER, f"{reader}.{SUFFIX}"},
    }


def test_a_database_of_no_cluster_and_one_of_another_region_get_no_names() -> None:
    alone = container("alone", db_id="alone")
    elsewhere = DatabaseContainer("elsewhere", {"region": "us-east-1", "cluster_id": "main"})
    assert found([cluster()], [instance("alone", cluster=""), instance("one")], alone, elsewhere) == {"alone": set()}


def having(*has: str | None) -> list[DatabaseContainer]:
    """Containers ``0``, ``1``, … with names separated by blanks; None is not in the network."""
    return [
        DatabaseContainer(str(number), {}, None if names_ is None else frozenset(names_.split()))
        for number, names_ in enumerate(has)
    ]


@pytest.mark.parametrize(
    ("has", "wanted", "joined"),
    [
        ((None,), ("a b",), {"0"}),
        (("a",), ("a b",), {"0"}),
        (("a b",), ("a b",), set()),
        (("a b 0123456789ab",), ("a b",), set()),
        (("a b gone",), ("a b",), set()),
        (("w one", "r two"), ("r one", "w two"), {"0", "1"}),
        (("w r one", None), ("w one", "r two"), {"0", "1"}),
        ((None,), ("",), set()),
    ],
    ids=[
        "new",
        "a name more",
        "as it should be",
        "docker's own name",
        "a name gone",
        "failover",
        "a reader",
        "nameless",
    ],
)
def test_only_a_container_that_lacks_a_name_or_has_anothers_is_joined_anew(
    has: tuple[str | None, ...], wanted: tuple[str, ...], joined: set[str]
) -> None:
    asked = {str(number): frozenset(names_.split()) for number, names_ in enumerate(wanted)}
    assert to_join(having(*has), asked) == {name: asked[name] for name in joined}
