"""What the door to ECS answers with: AWS's own facts as frozen values, nothing derived."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Protocol

from tagship.base.errors import AwsNotFound

Definition = Mapping[str, Any]
"""A task definition as ``RegisterTaskDefinition`` takes it."""


@dataclass(frozen=True)
class Revision:
    """A registered task-definition revision.

    ``tags`` are the revision's resource tags; ``active`` is false once it was deregistered.
    """

    arn: str
    definition: Definition
    tags: Mapping[str, str]
    active: bool

    @property
    def name(self) -> str:
        """``family:number``, as people read it."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True)
class Rollout:
    """One entry of ``services[].deployments[]``: a revision's tasks within a service.

    ``id`` is what tasks carry in ``startedBy``; ``state`` is PRIMARY, ACTIVE or INACTIVE;
    ``rollout_state`` is IN_PROGRESS, COMPLETED or FAILED.
    """

    id: str
    state: str
    task_definition: str
    desired: int
    pending: int
    running: int
    failed: int
    rollout_state: str = "COMPLETED"


@dataclass(frozen=True)
class ServiceEvent:
    """One line of ``services[].events[]``."""

    id: str
    at: datetime
    message: str


@dataclass(frozen=True)
class EcsService:
    """A service as ``DescribeServices`` shows it; events newest first.

    ``port`` is the container's port behind the load balancer; 0 where there is none.
    ``network`` is its ``networkConfiguration``, as ``RunTask`` takes it.
    """

    arn: str
    name: str
    cluster_arn: str
    task_definition: str
    desired: int
    running: int
    pending: int
    rollouts: tuple[Rollout, ...]
    events: tuple[ServiceEvent, ...]
    port: int = 0
    network: Mapping[str, Any] = field(default_factory=dict)

    @property
    def moving(self) -> bool:
        """Whether a deployment of it is under way."""
        return len(self.rollouts) > 1 or any(rollout.rollout_state == "IN_PROGRESS" for rollout in self.rollouts)


TERMINAL = frozenset({"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"})
"""Statuses of a service deployment that do not change any more (ECS API, ServiceDeployment)."""


@dataclass(frozen=True)
class DeploymentBrief:
    """What a list of service deployments says of each (ECS API reference, ``ServiceDeploymentBrief``)."""

    arn: str
    status: str
    reason: str
    created_at: datetime
    finished_at: datetime | None


@dataclass(frozen=True)
class ServiceDeployment(DeploymentBrief):
    """A service deployment: what a verdict is made from.

    ``task_definition`` is the target revision's; ``requested`` and ``running`` count the target revision's tasks.
    """

    task_definition: str
    requested: int
    running: int
    failures: int
    failure_threshold: int
    rollback_reason: str

    @property
    def over(self) -> bool:
        """Whether its status is final."""
        return self.status in TERMINAL


@dataclass(frozen=True)
class Container:
    """A container of a task."""

    name: str
    status: str
    exit_code: int | None
    reason: str
    image: str
    health: str


@dataclass(frozen=True)
class Task:
    """A task; ``started_by`` is the rollout's id for a task of a service."""

    arn: str
    task_definition: str
    started_by: str
    status: str
    stop_code: str
    stopped_reason: str
    health: str
    containers: tuple[Container, ...]
    created_at: datetime | None
    started_at: datetime | None
    stopped_at: datetime | None
    pull_started_at: datetime | None = None
    pull_stopped_at: datetime | None = None

    @property
    def id(self) -> str:
        """The last part of the ARN, which log streams are named for."""
        return self.arn.rpartition("/")[2]


@dataclass(frozen=True)
class ServiceChange:
    """What ``UpdateService`` is to change: always a full revision ARN.

    Without one, ECS would take whatever is the newest revision at that moment.
    ``desired`` is None to leave the count to scaling; ``target`` is None to leave the load balancer's target as it is;
    ``again`` starts a deployment even where nothing differs (``forceNewDeployment``).
    """

    task_definition: str
    desired: int | None = None
    target: "Target | None" = None
    again: bool = False


@dataclass(frozen=True)
class Target:
    """Where the load balancer sends requests: a port of a container, by its target group."""

    target_group: str
    container: str
    port: int


@dataclass(frozen=True)
class OneOff:
    """A task that runs once, beside a service.

    Args:
        task_definition: the revision's ARN.
        container: which container gets the command.
        command: its words.
        network: the network configuration, in the shape of the service's own.
        started_by: who or what started it; the task carries it in characters that ECS takes.
        token: the same token starts no second task.
        terminal: whether a terminal may be opened in it.
    """

    task_definition: str
    container: str
    command: tuple[str, ...]
    network: Mapping[str, Any]
    started_by: str
    token: str
    terminal: bool = False


class Ecs(Protocol):
    """ECS, as far as a release needs it."""

    def services(self, cluster: str, names: Sequence[str]) -> list[EcsService]:
        """Services, in the order of their names; ten a call.

        Raises:
            AwsNotFound: no such cluster, or no active service of one of the names.
        """
        ...

    def deployments(self, arns: Sequence[str]) -> list[ServiceDeployment]:
        """Service deployments by their ARNs, twenty a call; one that is gone is left out."""
        ...

    def scale(self, cluster: str, name: str, desired: int) -> EcsService:
        """Change the number of tasks; starts no deployment."""
        ...

    def run_task(self, cluster: str, task: OneOff) -> Task:
        """Start a task beside the services.

        Raises:
            AwsError: it could not be placed; says why.
            Refused: the command is longer than ECS takes.
        """
        ...

    def task(self, cluster: str, arn: str) -> Task:
        """A task.

        Raises:
            AwsNotFound: no such task, or it stopped long ago.
        """
        ...

    def stop_task(self, cluster: str, arn: str, reason: str) -> None:
        """Stop a task."""
        ...

    def service(self, cluster: str, name: str) -> EcsService:
        """A service.

        Raises:
            AwsNotFound: no such cluster, or no active service of that name.
        """
        ...

    def revision(self, arn: str) -> Revision:
        """A revision by its ARN or ``family:number``; a bare family is its newest active one.

        Raises:
            AwsNotFound: no such revision.
        """
        ...

    def register(self, definition: Definition, tags: Mapping[str, str]) -> Revision:
        """Register a new revision. There is no client token: look for an equal one first."""
        ...

    def update_service(self, cluster: str, name: str, change: ServiceChange) -> EcsService:
        """Start a deployment, where the revision is another one than the service's own."""
        ...

    def service_deployments(self, cluster: str, name: str, since: datetime | None = None) -> list[ServiceDeployment]:
        """The newest service deployments (at most 20), newest first.

        Args:
            cluster: the cluster.
            name: the service.
            since: those that began before need not be listed; AWS's own time, not this machine's.
        """
        ...

    def newest_deployment(self, cluster: str, name: str) -> DeploymentBrief | None:
        """How the newest service deployment is, without its tasks; None where AWS remembers none. One call."""
        ...

    def service_deployment(self, arn: str) -> ServiceDeployment:
        """One service deployment.

        Raises:
            AwsNotFound: no such service deployment.
        """
        ...

    def roll_back(self, service_deployment: str) -> None:
        """Stop a service deployment and put the last good revision back (``StopServiceDeployment``).

        Raises:
            AwsConflict: it is over already.
        """
        ...

    def tasks(self, cluster: str, name: str, *, stopped: bool = False) -> list[Task]:
        """The tasks of a service that run or should, or those that have stopped lately (about an hour)."""
        ...


def not_found(what: str, code: str) -> AwsNotFound:
    """The error for a thing that ECS reports as a failure with the reason MISSING instead of an exception."""
    return AwsNotFound(f"AWS has no {what}.", code=code)
