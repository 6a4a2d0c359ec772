"""What is scaled: an ECS service's tasks, an Aurora cluster's replicas. Each through its own API."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.autoscaling.arns import new_id
from seatrial.services.autoscaling.records import Key

REPLICA_PREFIX = "application-autoscaling-"
"""How AWS names the replicas that it makes (Aurora user guide, "Aurora Auto Scaling")."""


@dataclass(frozen=True)
class Capacity:
    """How much there is.

    Args:
        desired: what was asked for.
        running: what is there.
        deploying: whether the resource must not shrink now.
        broken: whether some of what was asked for will never be there.
    """

    desired: int
    running: int
    deploying: bool = False
    broken: bool = False


class Resource(Protocol):
    """Something whose capacity can be set."""

    async def read_capacity(self, key: Key) -> Capacity | None:
        """Its capacity; None where it does not exist."""
        ...

    async def set(self, key: Key, capacity: int) -> None:
        """Ask for this capacity.

        Raises:
            AwsCallError: its service refuses.
        """
        ...


class EcsServices:
    """``service/CLUSTER/NAME``: the desired count of an ECS service."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def read_capacity(self, key: Key) -> Capacity | None:
        """See ``Resource.read_capacity``."""
        _, cluster, name = key.resource.split("/", 2)
        try:
            answer = await self._aws.call(
                "ecs", "DescribeServices", region=key.region, cluster=cluster, services=[name]
            )
        except AwsCallError as error:
            if error.code == "ClusterNotFoundException":
                return None
            raise
        found = [service for service in answer.get("services", []) if service["status"] == "ACTIVE"]
        if not found:
            return None
        service = found[0]
        # AWS: scale-in is off while a deployment runs (ECS developer guide, "Service auto scaling and deployments").
        deploying = any(rollout.get("rolloutState") == "IN_PROGRESS" for rollout in service.get("deployments", []))
        deploying = deploying and service.get("deploymentController", {}).get("type") != "EXTERNAL"
        return Capacity(service["desiredCount"], service["runningCount"], deploying)

    async def set(self, key: Key, capacity: int) -> None:
        """See ``Resource.set``."""
        _, cluster, name = key.resource.split("/", 2)
        await self._aws.call(
            "ecs", "UpdateService", region=key.region, cluster=cluster, service=name, desiredCount=capacity
        )


class AuroraReplicas:
    """``cluster:ID``: the replicas of an Aurora cluster; only those that were made here are removed."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def read_capacity(self, key: Key) -> Capacity | None:
        """See ``Resource.read_capacity``."""
        cluster = await self._cluster(key)
        if cluster is None:
            return None
        readers = await self._readers(key, cluster)
        states = [reader["DBInstanceStatus"] for reader in readers]
        return Capacity(
            desired=len(states) - states.count("deleting"),
            running=states.count("available"),
            broken="failed" in states,
        )

    async def set(self, key: Key, capacity: int) -> None:
        """See ``Resource.set``."""
        cluster = await self._cluster(key)
        if cluster is None:
            raise AwsCallError("DBClusterNotFoundFault", f"{key.resource} does not exist.", 404)
        readers = [r for r in await self._readers(key, cluster) if r["DBInstanceStatus"] != "deleting"]
        for _ in range(capacity - len(readers)):
            await self._add(key, cluster)
        ours = [r["DBInstanceIdentifier"] for r in readers if r["DBInstanceIdentifier"].startswith(REPLICA_PREFIX)]
        surplus = max(0, len(readers) - capacity)
        if surplus > len(ours):
            raise AwsCallError("InvalidParameterCombination", "Only replicas made by Auto Scaling can be removed.")
        for identifier in ours[:surplus]:
            await self._aws.call(
                "rds",
                "DeleteDBInstance",
                region=key.region,
                DBInstanceIdentifier=identifier,
                SkipFinalSnapshot=True,
            )

    async def _add(self, key: Key, cluster: Mapping[str, Any]) -> None:
        """A replica like the writer (Aurora user guide: the class of the primary instance, the lowest priority)."""
        writer = next(member["DBInstanceIdentifier"] for member in _members(cluster) if member["IsClusterWriter"])
        answer = await self._aws.call("rds", "DescribeDBInstances", region=key.region, DBInstanceIdentifier=writer)
        await self._aws.call(
            "rds",
            "CreateDBInstance",
            region=key.region,
            DBInstanceIdentifier=REPLICA_PREFIX + new_id(),
            DBInstanceClass=answer["DBInstances"][0]["DBInstanceClass"],
            DBClusterIdentifier=cluster["DBClusterIdentifier"],
            Engine=cluster["Engine"],
            PromotionTier=15,
        )

    async def _cluster(self, key: Key) -> dict[str, Any] | None:
        identifier = key.resource.partition(":")[2]
        try:
            answer = await self._aws.call(
                "rds", "DescribeDBClusters", region=key.region, DBClusterIdentifier=identifier
            )
        except AwsCallError as error:
            if "NotFound" in error.code:
                return None
            raise
        return next(iter(answer.get("DBClusters", [])), None)

    async def _readers(self, key: Key, cluster: Mapping[str, Any]) -> list[dict[str, Any]]:
        names = {member["DBInstanceIdentifier"] for member in _members(cluster) if not member["IsClusterWriter"]}
        if not names:
            return []
        answer = await self._aws.call("rds", "DescribeDBInstances", region=key.region)
        return [found for found in answer["DBInstances"] if found["DBInstanceIdentifier"] in names]


def _members(cluster: Mapping[str, Any]) -> list[dict[str, Any]]:
    return list(cluster.get("DBClusterMembers", []))


def resources(aws: Aws) -> dict[str, Resource]:
    """Everything that can be scaled here, by its dimension."""
    return {"ecs:service:DesiredCount": EcsServices(aws), "rds:cluster:ReadReplicaCount": AuroraReplicas(aws)}
