"""The metrics of databases that have containers: ``AWS/RDS``.

Source: Aurora user guide, "Amazon CloudWatch metrics for Amazon Aurora", and RDS user guide, "Dimensions": each metric
by instance, by cluster, and by cluster and role. Instance classes have no meaning here: a database may use the whole
machine, so processor and memory are of the machine.
"""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import requests

from seatrial.core.engine import EngineClient
from seatrial.core.internal import Aws
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.metrics_publisher.containers import Machine
from seatrial.services.metrics_publisher.facts import Json
from seatrial.services.metrics_publisher.readings import Use

NAMESPACE = "AWS/RDS"
_LABEL = "ministack=rds"
_OWNER = "ministack.instance"
_QUERY = (
    "SELECT (SELECT count(*) FROM pg_stat_activity WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()),"
    " pg_is_in_recovery(), CASE WHEN NOT pg_is_in_recovery() THEN NULL"
    " WHEN pg_last_wal_receive_lsn() = pg_last_wal_replay_lsn() THEN 0"
    " ELSE extract(epoch FROM now() - pg_last_xact_replay_timestamp()) * 1000 END"
)


@dataclass(frozen=True)
class Database:
    """A DB instance with a container, which the members of a cluster may share.

    Args:
        region: where it is.
        instance: ``DBInstanceIdentifier``.
        cluster: ``DBClusterIdentifier``; empty where it is of none.
        role: ``WRITER`` or ``READER``; empty where it is of no cluster.
        container: Docker's id.
        user: the master user of a PostgreSQL; empty for other engines.
    """

    region: str
    instance: str
    cluster: str
    role: str
    container: str
    user: str


@dataclass(frozen=True)
class Answer:
    """What a PostgreSQL says of itself: ``connections`` of clients, and of a replica ``lag`` in milliseconds."""

    connections: int
    lag: float | None


async def databases(aws: Aws, engine: EngineClient, owner: str) -> list[Database]:
    """Those whose containers run. Without any, the engine alone is asked.

    Args:
        aws: the embedded AWS.
        engine: Docker.
        owner: what the label ``ministack.instance`` of ours begins with.
    """
    listed: list[Json] = await asyncio.to_thread(engine.api.containers, filters={"label": _LABEL})
    ours = [item for item in listed if item["Labels"].get(_OWNER, owner).startswith(owner)]
    found: list[Database] = []
    for region in sorted({item["Labels"].get("region", "") for item in ours} - {""}):
        instances = (await aws.call("rds", "DescribeDBInstances", region=region)).get("DBInstances", [])
        clusters = (await aws.call("rds", "DescribeDBClusters", region=region)).get("DBClusters", [])
        there = [item for item in ours if item["Labels"].get("region") == region]
        found += joined(region, instances, clusters, there)
    return found


def joined(
    region: str, instances: Iterable[Json], clusters: Iterable[Json], containers: Sequence[Json]
) -> list[Database]:
    """Instances with their own container, else with that of their cluster. Pure."""
    own = {item["Labels"]["db_id"]: item["Id"] for item in containers if "db_id" in item["Labels"]}
    shared = {
        item["Labels"]["cluster_id"]: item["Id"]
        for item in containers
        if "cluster_id" in item["Labels"] and "db_id" not in item["Labels"]
    }
    writers = {
        member["DBInstanceIdentifier"]
        for cluster in clusters
        for member in cluster.get("DBClusterMembers", ())
        if member.get("IsClusterWriter")
    }
    found = []
    for item in instances:
        name, cluster = item["DBInstanceIdentifier"], item.get("DBClusterIdentifier") or ""
        container = own.get(name) or shared.get(cluster)
        if container:
            role = ("WRITER" if name in writers else "READER") if cluster else ""
            user = item.get("MasterUsername", "") if "postgres" in item.get("Engine", "") else ""
            found.append(Database(region, name, cluster, role, container, user))
    return found


async def ask_databases(engine: EngineClient, found: Iterable[Database]) -> dict[str, Answer]:
    """What each PostgreSQL says of itself, by container; one that says nothing is left out."""
    users = {database.container: database.user for database in found if database.user}
    answers = await asyncio.to_thread(lambda: {name: _ask(engine, name, user) for name, user in users.items()})
    return {container: answer for container, answer in answers.items() if answer}


def published(
    found: Iterable[Database],
    uses: Mapping[str, Use],
    answers: Mapping[str, Answer],
    *,
    machine: Machine,
    at: float,
) -> dict[str, list[Datum]]:
    """What is known of the databases, by region. Pure."""
    samples: dict[str, dict[tuple[str, str, tuple[tuple[str, str], ...]], dict[float, float]]] = defaultdict(dict)
    for database in found:
        for name, unit, value in _values(database, uses, answers, machine):
            for where in _dimensions(database):
                counted = samples[database.region].setdefault((name, unit, where), {})
                counted[value] = counted.get(value, 0.0) + 1
    return {
        region: [Datum(name, at, values, dict(where), unit) for (name, unit, where), values in of_region.items()]
        for region, of_region in samples.items()
    }


def _values(
    database: Database, uses: Mapping[str, Use], answers: Mapping[str, Answer], machine: Machine
) -> Iterator[tuple[str, str, float]]:
    if use := uses.get(database.container):
        yield "CPUUtilization", "Percent", 100 * use.cores / machine.cores
        yield "FreeableMemory", "Bytes", float(machine.memory - use.memory)
    if answer := answers.get(database.container):
        yield "DatabaseConnections", "Count", float(answer.connections)
        if answer.lag is not None and database.role == "READER":
            yield "AuroraReplicaLag", "Milliseconds", answer.lag


def _dimensions(database: Database) -> Iterator[tuple[tuple[str, str], ...]]:
    yield (("DBInstanceIdentifier", database.instance),)
    if database.cluster:
        yield (("DBClusterIdentifier", database.cluster),)
        yield (("DBClusterIdentifier", database.cluster), ("Role", database.role))


def _ask(engine: EngineClient, container: str, user: str) -> Answer | None:
    command = ["psql", "-X", "-A", "-t", "-U", user, "-d", "postgres", "-c", _QUERY]
    try:
        made: dict[str, Any] = engine.api.exec_create(container, command)
        return parsed(engine.api.exec_start(made["Id"]))
    except requests.RequestException:  # Docker's own errors of a call are of this kind
        return None


def parsed(output: bytes) -> Answer | None:
    """``3|t|12.5`` as ``psql`` prints it: connections, whether it is a replica, its lag; None of anything else."""
    connections, _, rest = output.decode("utf-8", "replace").strip().partition("|")
    lag = rest.partition("|")[2]
    if not connections.isdigit():
        return None
    try:
        return Answer(int(connections), float(lag) if lag else None)
    except ValueError:
        return None
