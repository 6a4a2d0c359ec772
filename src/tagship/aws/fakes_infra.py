"""What infra asks of RDS, ECR, Logs and Secrets Manager, in memory; as ``aws/fakes.py``."""

from dataclasses import dataclass, field

from tagship.base.errors import AwsDenied
from tagship.base.fakes import Hooked


@dataclass
class FakeDatabases(Hooked):
    """Clusters and their autoscaled readers. ``slow`` is how many looks it takes until a deleted one is gone."""

    readers: dict[str, list[str]] = field(default_factory=dict)
    snapshots: set[str] = field(default_factory=set)
    slow: int = 0
    scaled: set[str] = field(default_factory=set)
    """The clusters that scaling adds readers to."""
    deleted: list[str] = field(default_factory=list)
    never_up: set[str] = field(default_factory=set)
    """The clusters and instances that never came up."""
    _looks: int = 0

    def autoscaled_readers(self, cluster: str, /) -> list[str]:
        """See ``Databases.autoscaled_readers``."""
        self._looks += bool(self.deleted)
        gone = self.deleted if self._looks > self.slow else []
        return [name for name in self.readers.get(cluster, []) if name not in gone]

    def stop_scaling(self, cluster: str, /) -> bool:
        """See ``Databases.stop_scaling``."""
        there = cluster in self.scaled
        self.scaled.discard(cluster)
        return there

    def delete_reader(self, instance: str, /) -> None:
        """See ``Databases.delete_reader``."""
        self.deleted.append(instance)

    def has_snapshot(self, snapshot: str, /) -> bool:
        """See ``Databases.has_snapshot``."""
        return snapshot in self.snapshots

    def instance_is_up(self, instance: str, /) -> bool:
        """See ``Databases.instance_is_up``."""
        return instance not in self.never_up

    def cluster_is_up(self, cluster: str, /) -> bool:
        """See ``Databases.cluster_is_up``."""
        return cluster not in self.never_up


@dataclass
class FakeUserPools:
    """Which pools have users, and which groups of a pool have members."""

    users: set[str] = field(default_factory=set)
    members: set[tuple[str, str]] = field(default_factory=set)

    def has_users(self, pool: str, /) -> bool:
        """See ``UserPools.has_users``."""
        return pool in self.users

    def has_members(self, pool: str, group: str, /) -> bool:
        """See ``UserPools.has_members``."""
        return (pool, group) in self.members


@dataclass
class FakeRunningTasks:
    """How many tasks of each service run."""

    tasks: dict[str, int] = field(default_factory=dict)

    def running(self, cluster: str, /) -> dict[str, int]:  # noqa: ARG002 - there is one cluster
        """See ``AwsEcs.running``."""
        return self.tasks


@dataclass
class FakeLeftovers:
    """Log groups and secrets by name."""

    groups: set[str] = field(default_factory=set)
    secrets: set[str] = field(default_factory=set)

    def log_groups(self, prefix: str, /) -> list[str]:
        """See ``Leftovers.log_groups``."""
        return sorted(name for name in self.groups if name.startswith(prefix))

    def delete_log_group(self, name: str, /) -> None:
        """See ``Leftovers.delete_log_group``."""
        self.groups.discard(name)

    def delete_secret(self, name: str, /) -> None:
        """See ``Leftovers.delete_secret``."""
        self.secrets.discard(name)


@dataclass
class FakeImages:
    """Which repositories have images."""

    filled: set[str] = field(default_factory=set)

    def has_images(self, repository: str, /) -> bool:
        """See ``AwsEcr.has_images``."""
        return repository in self.filled


@dataclass
class FakeServiceRoles:
    """Which services have their role; ``denied`` is whether none may be made."""

    there: set[str] = field(default_factory=set)
    denied: bool = False

    def ensure(self, service: str, /) -> bool:
        """See ``ServiceRoles.ensure``."""
        if self.denied:
            raise AwsDenied("User is not authorized to perform: iam:CreateServiceLinkedRole")
        new = service not in self.there
        self.there.add(service)
        return new
