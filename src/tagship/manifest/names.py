"""Every AWS name of app and services, made here and in ``system_names.py`` and nowhere else.

Terraform gets them as values, Python from this class.

Two things never get the same name. An environment's name holds no hyphen, so ``app-environment`` can be read
in one way only; a service's name follows after ``--``, which no name holds: otherwise service ``web`` of app
``shop-dev`` in ``api`` and service ``api-web`` of app ``shop`` in ``dev`` would share their roles.
A name that is too long for AWS is cut, and ends with eight digits of a hash of the whole;
no name begins with a digit, so a cut name is never one that somebody chose.
"""

import hashlib
from dataclasses import dataclass
from typing import Final

_DIGITS: Final = 8
"""Digits of the hash, some 26 bits: enough to tell the names of one account apart."""


def fit(name: str, limit: int) -> str:
    """The name itself where it fits in ``limit`` characters; otherwise its beginning and a hash of the whole."""
    if len(name) <= limit:
        return name
    number = int(hashlib.sha256(name.encode()).hexdigest(), 16) % 10**_DIGITS
    return f"{name[: limit - _DIGITS - 1].rstrip('-')}-{number:0{_DIGITS}}"


@dataclass(frozen=True)
class Names:
    """The names of one app in one environment.

    Args:
        app: the app's name, as ``manifest.types.AppName`` allows.
        environment: the environment's name, as ``manifest.types.EnvironmentName`` allows.
    """

    app: str
    environment: str

    @property
    def prefix(self) -> str:
        """``app-environment``: begins every name."""
        return f"{self.app}-{self.environment}"

    def bucket(self, account: str, region: str) -> str:
        """The environment's bucket. S3: 63 characters, unique in the world."""
        return f"{fit(self.prefix, 63 - len(account) - len(region) - 2)}-{account}-{region}"

    def site_bucket(self, account: str, region: str) -> str:
        """The site's bucket. S3: 63 characters, unique in the world."""
        return f"{fit(self._of('site'), 63 - len(account) - len(region) - 2)}-{account}-{region}"

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
        return self._of(service)

    def target_group(self, service: str) -> str:
        """The target group. ELB: 32 characters, letters, digits and hyphens."""
        return fit(self._of(service), 32)

    def repository(self, service: str) -> str:
        """The ECR repository. ECR: 256 characters, no two hyphens in a row."""
        return f"{self.prefix}/{service}"

    def log_group(self, service: str) -> str:
        """The CloudWatch log group. Logs: 512 characters."""
        return f"/ecs/{self.prefix}/{service}"

    def execution_role(self, service: str) -> str:
        """The role that ECS itself uses to start the task. IAM: 64 characters, unique in the account."""
        return self._role(service, "-execution")

    def task_role(self, service: str) -> str:
        """The role of the running container. IAM: 64 characters, unique in the account."""
        return self._role(service, "-task")

    def security_group(self, purpose: str) -> str:
        """A security group of the environment itself. EC2: 255 characters, unique in the VPC."""
        return f"{self.prefix}-{purpose}"

    def service_security_group(self, service: str) -> str:
        """The security group of a service's tasks. EC2: 255 characters, unique in the VPC."""
        return self._of(service)

    def _of(self, service: str) -> str:
        return f"{self.prefix}--{service}"

    def _role(self, service: str, ending: str) -> str:
        """The ending stays whole: policies and people tell roles apart by it."""
        return f"{fit(self._of(service), 64 - len(ending))}{ending}"
