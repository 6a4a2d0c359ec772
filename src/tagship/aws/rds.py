"""The door to RDS: instances that never came up or that scaling has added, and the snapshots that stay."""

from typing import TYPE_CHECKING, Final, Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsNotFound

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_application_autoscaling import ApplicationAutoScalingClient
    from types_boto3_rds import RDSClient

AUTOSCALED: Final = "application-autoscaling-"
"""How the name of every reader begins that Application Auto Scaling adds.

Source: Amazon Aurora User Guide, "Amazon Aurora Auto Scaling with Aurora Replicas".
"""

_NEVER_UP: Final = frozenset({"creating", "failed", "incompatible-create", "insufficient-capacity"})
"""Statuses of an instance that answers nobody, and that a failed creation ends in.

Source: Amazon RDS User Guide, "Viewing Amazon RDS DB instance status".
"""


class Databases(Protocol):
    """Aurora's clusters, as far as taking an environment away needs them."""

    def autoscaled_readers(self, cluster: str, /) -> list[str]:
        """The readers of a cluster that scaling has added, those that are being deleted too; none where it is gone."""
        ...

    def stop_scaling(self, cluster: str, /) -> bool:
        """Let scaling add no more readers; returns whether it did."""
        ...

    def delete_reader(self, instance: str, /) -> None:
        """Begin to delete one instance; nothing happens where it is gone, or going."""
        ...

    def has_snapshot(self, snapshot: str, /) -> bool:
        """Whether there is a cluster snapshot of this name, made by hand or as a last one."""
        ...

    def instance_is_up(self, instance: str, /) -> bool:
        """Whether an instance has come up; no where there is none, or where its creation failed."""
        ...

    def cluster_is_up(self, cluster: str, /) -> bool:
        """Whether any instance of a cluster has come up: before that, nobody can have written to it."""
        ...


class AwsDatabases:
    """Aurora by its API; see ``Databases``."""

    def __init__(self, aws: Aws) -> None:
        self._rds = cast("RDSClient", aws.client("rds"))
        self._scaling = cast("ApplicationAutoScalingClient", aws.client("application-autoscaling"))

    def autoscaled_readers(self, cluster: str, /) -> list[str]:
        """See ``Databases.autoscaled_readers``."""
        return sorted(name for name in self._members(cluster) if name.startswith(AUTOSCALED))

    def stop_scaling(self, cluster: str, /) -> bool:
        """See ``Databases.stop_scaling``."""
        try:
            with translated():
                self._scaling.deregister_scalable_target(
                    ServiceNamespace="rds",
                    ResourceId=f"cluster:{cluster}",
                    ScalableDimension="rds:cluster:ReadReplicaCount",
                )
        except AwsNotFound:
            return False
        return True

    def delete_reader(self, instance: str, /) -> None:
        """See ``Databases.delete_reader``. Of a cluster's instance, no snapshot can be made (API, DeleteDBInstance)."""
        try:
            with translated():
                found = self._rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
                if found and found[0].get("DBInstanceStatus") != "deleting":
                    self._rds.delete_db_instance(DBInstanceIdentifier=instance, SkipFinalSnapshot=True)
        except AwsNotFound:
            return

    def has_snapshot(self, snapshot: str, /) -> bool:
        """See ``Databases.has_snapshot``."""
        try:
            with translated():
                found = self._rds.describe_db_cluster_snapshots(DBClusterSnapshotIdentifier=snapshot)
        except AwsNotFound:
            return False
        return bool(found["DBClusterSnapshots"])

    def instance_is_up(self, instance: str, /) -> bool:
        """See ``Databases.instance_is_up``."""
        try:
            with translated():
                found = self._rds.describe_db_instances(DBInstanceIdentifier=instance)["DBInstances"]
        except AwsNotFound:
            return False
        return any(each.get("DBInstanceStatus") not in _NEVER_UP for each in found)

    def cluster_is_up(self, cluster: str, /) -> bool:
        """See ``Databases.cluster_is_up``."""
        return any(self.instance_is_up(member) for member in self._members(cluster))

    def _members(self, cluster: str) -> list[str]:
        try:
            with translated():
                found = self._rds.describe_db_clusters(DBClusterIdentifier=cluster)["DBClusters"]
        except AwsNotFound:
            return []
        return [member["DBInstanceIdentifier"] for each in found for member in each.get("DBClusterMembers", [])]
