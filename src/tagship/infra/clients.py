"""What infra asks of AWS beside Terraform; ``aws/`` has it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from tagship.infra.asking import Asker


class Registries(Protocol):
    """ECR, as far as a plan's guard needs it."""

    def has_images(self, repository: str, /) -> bool:
        """Whether anything lies in a repository; nothing does where there is none."""
        ...


class UserPools(Protocol):
    """Cognito, as far as a plan's guard needs it."""

    def has_users(self, pool: str, /) -> bool:
        """Whether a pool, by its id, has an account; none has where there is no such pool."""
        ...

    def has_members(self, pool: str, group: str, /) -> bool:
        """Whether anybody is in a group; nobody is where there is none."""
        ...


class RunningTasks(Protocol):
    """ECS, as far as it must be known what runs."""

    def running(self, cluster: str, /) -> Mapping[str, int]:
        """Numbers of running tasks by the name of each service of a cluster; none where there is no such cluster."""
        ...


class Databases(Protocol):
    """Aurora, as far as a plan's guard and taking an environment away need it."""

    def autoscaled_readers(self, cluster: str, /) -> list[str]:
        """The readers that scaling has added, those that are being deleted too; none where the cluster is gone."""
        ...

    def stop_scaling(self, cluster: str, /) -> bool:
        """Let scaling add no more readers; returns whether it did."""
        ...

    def delete_reader(self, instance: str, /) -> None:
        """Begin to delete one instance."""
        ...

    def has_snapshot(self, snapshot: str, /) -> bool:
        """Whether there is a cluster snapshot of this name."""
        ...

    def instance_is_up(self, instance: str, /) -> bool:
        """Whether an instance has come up; no where there is none, or where its creation failed."""
        ...

    def cluster_is_up(self, cluster: str, /) -> bool:
        """Whether any instance of a cluster has come up: before that, nobody can have written to it."""
        ...


class Leftovers(Protocol):
    """Log groups and secrets that no plan takes away."""

    def log_groups(self, prefix: str, /) -> list[str]:
        """The log groups whose names begin so."""
        ...

    def delete_log_group(self, name: str, /) -> None:
        """Delete one."""
        ...

    def delete_secret(self, name: str, /) -> None:
        """Delete a secret at once, one that waits for its deletion too."""
        ...


class ServiceRoles(Protocol):
    """IAM, as far as a first-time account needs it."""

    def ensure(self, service: str, /) -> bool:
        """Make the service-linked role of a service; returns whether it was made."""
        ...


@dataclass(frozen=True)
class InfraClients:
    """The clients together."""

    registries: Registries
    databases: Databases
    leftovers: Leftovers
    user_pools: UserPools
    tasks: RunningTasks
    asker: Asker
    roles: ServiceRoles
