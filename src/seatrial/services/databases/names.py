"""Which container answers to which names. Pure.

Source: Aurora user guide, "Amazon Aurora endpoint connections": the cluster endpoint leads to the writer, the reader
endpoint to the readers, and to the writer where there are none; each instance has an endpoint besides.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from seatrial.services.metrics_publisher.databases import Database, joined
from seatrial.services.metrics_publisher.facts import Json

_OF_AWS = ".rds."
"""What is in each name that AWS gives an endpoint; elsewhere, databases are at ``localhost``."""


@dataclass(frozen=True)
class DatabaseContainer:
    """A database's container that runs.

    Args:
        id: Docker's.
        labels: MiniStack's, with the identifier of the instance, or of the cluster whose members share it.
        names: the names that it answers to in the instance's network; None where it is not in there.
    """

    id: str
    labels: Mapping[str, str]
    names: frozenset[str] | None = None

    @property
    def region(self) -> str:
        """Where its database is."""
        return self.labels.get("region", "")


def names(
    region: str, clusters: Sequence[Json], instances: Sequence[Json], containers: Iterable[DatabaseContainer]
) -> dict[str, frozenset[str]]:
    """The names of each container, for those of one region."""
    there = [{"Id": item.id, "Labels": item.labels} for item in containers if item.region == region]
    databases = joined(region, instances, clusters, there)
    addresses = {item["DBInstanceIdentifier"]: item.get("Endpoint", {}).get("Address", "") for item in instances}
    found: dict[str, set[str]] = defaultdict(set)
    for database in databases:
        found[database.container].add(addresses[database.instance])
    for cluster in clusters:
        members = [database for database in databases if database.cluster == cluster["DBClusterIdentifier"]]
        for container in _of(members, "WRITER"):
            found[container].add(cluster.get("Endpoint", ""))
        for container in _of(members, "READER") or _of(members, "WRITER"):
            found[container].add(cluster.get("ReaderEndpoint", ""))
    return {container: frozenset(name for name in all_ if _OF_AWS in name) for container, all_ in found.items()}


def to_join(containers: Iterable[DatabaseContainer], wanted: Mapping[str, frozenset[str]]) -> dict[str, frozenset[str]]:
    """Which containers are to be joined anew, and with which names.

    To join anew takes a container out of the network for a moment: so the name of an instance that is gone is left to
    its container, and only one that lacks a name, or has another's, is joined.
    """
    return {
        item.id: wanted[item.id]
        for item in containers
        if wanted.get(item.id) and (item.names is None or _differ(item.names, wanted[item.id], wanted))
    }


def _differ(has: frozenset[str], mine: frozenset[str], wanted: Mapping[str, frozenset[str]]) -> bool:
    anybodys = frozenset[str]().union(*wanted.values())
    return bool(mine - has or (has & anybodys) - mine)


def _of(members: Iterable[Database], role: str) -> set[str]:
    return {database.container for database in members if database.role == role}
