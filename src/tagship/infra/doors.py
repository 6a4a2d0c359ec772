"""What infra asks of AWS beside Terraform; ``aws/`` has it."""

from dataclasses import dataclass
from typing import Protocol


class Registries(Protocol):
    """ECR, as far as a plan's guard needs it."""

    def has_images(self, repository: str, /) -> bool:
        """Whether anything lies in a repository; nothing does where there is none."""
        ...


class Databases(Protocol):
    """Aurora, as far as taking an environment away needs it."""

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
class InfraDoors:
    """The doors together."""

    registries: Registries
    databases: Databases
    leftovers: Leftovers
    roles: ServiceRoles
