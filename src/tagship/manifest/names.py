"""Every AWS name, made here and nowhere else: Terraform gets them as values, Python from this class.

Names are cut to AWS's limits with a short hash of the whole name in place of what was lost,
so that two long names never become the same.
"""

import hashlib
from dataclasses import dataclass

_HASH = 6
"""Characters of the hash: 24 bits, enough to tell the few names of one account apart."""


def fit(name: str, limit: int) -> str:
    """The name itself where it fits in ``limit`` characters; otherwise its beginning and a hash of the whole."""
    if len(name) <= limit:
        return name
    digest = hashlib.sha256(name.encode()).hexdigest()[:_HASH]
    return f"{name[: limit - _HASH - 1].rstrip('-')}-{digest}"


@dataclass(frozen=True)
class Names:
    """The names of one app in one environment."""

    app: str
    environment: str

    @property
    def prefix(self) -> str:
        """``app-environment``: begins every name."""
        return f"{self.app}-{self.environment}"

    def bucket(self, account: str, region: str) -> str:
        """The environment's bucket. S3: 63 characters, unique in the world."""
        return f"{fit(self.prefix, 63 - len(account) - len(region) - 2)}-{account}-{region}"

    @property
    def cluster(self) -> str:
        """The ECS cluster. ECS: 255 characters."""
        return self.prefix

    @property
    def load_balancer(self) -> str:
        """The load balancer. ELB: 32 characters, may not begin with ``internal-``."""
        return fit(self.prefix, 32)

    def service(self, service: str) -> str:
        """The ECS service: unique within its cluster, so the service's own name will do."""
        return service

    def container(self, service: str) -> str:
        """The service's container within its task."""
        return service

    def task_family(self, service: str) -> str:
        """The task-definition family. ECS: 255 characters, unique in the region."""
        return f"{self.prefix}-{service}"

    def target_group(self, service: str) -> str:
        """The target group. ELB: 32 characters."""
        return fit(f"{self.prefix}-{service}", 32)

    def repository(self, service: str) -> str:
        """The ECR repository. ECR: 256 characters."""
        return f"{self.prefix}/{service}"

    def log_group(self, service: str) -> str:
        """The CloudWatch log group. Logs: 512 characters."""
        return f"/ecs/{self.prefix}/{service}"

    def execution_role(self, service: str) -> str:
        """The role that ECS itself uses to start the task. IAM: 64 characters, unique in the account."""
        return fit(f"{self.prefix}-{service}-execution", 64)

    def task_role(self, service: str) -> str:
        """The role of the running container. IAM: 64 characters, unique in the account."""
        return fit(f"{self.prefix}-{service}-task", 64)

    def security_group(self, purpose: str) -> str:
        """A security group. EC2: 255 characters."""
        return f"{self.prefix}-{purpose}"
