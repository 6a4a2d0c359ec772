"""What ECS remembers: one record per cluster, task definition, service, service revision, service deployment, task.

Times are seconds since 1970. ``Json`` fields are in AWS's own shapes, passed through unchanged.
"""

from typing import Any, ClassVar

from pydantic import BaseModel, Field

from seatrial.core.faults.model import TaskFaults

Json = dict[str, Any]


class Record(BaseModel):
    """One thing that is remembered, under its ARN."""

    kind: ClassVar[str]
    arn: str


class Cluster(Record):
    """A cluster."""

    kind = "ecs.cluster"
    name: str
    status: str = "ACTIVE"
    settings: list[Json] = Field(default_factory=list)
    configuration: Json | None = None
    capacity_providers: list[str] = Field(default_factory=list)
    default_strategy: list[Json] = Field(default_factory=list)
    service_connect_defaults: Json | None = None


class TaskDefinition(Record):
    """One revision of a family; ``spec`` is what was registered, with AWS's defaults filled in."""

    kind = "ecs.task-definition"
    family: str
    revision: int
    spec: Json
    registered_at: float
    status: str = "ACTIVE"
    deregistered_at: float | None = None

    @property
    def containers(self) -> list[Json]:
        """The container definitions."""
        found: list[Json] = self.spec["containerDefinitions"]
        return found


class Revision(Record):
    """A service revision: what a deployment rolls out. ``digests`` fills as the first task pulls."""

    kind = "ecs.revision"
    service_arn: str
    cluster_arn: str
    definition_arn: str
    workload: Json
    created_at: float
    digests: dict[str, str] = Field(default_factory=dict)


class Rollout(BaseModel):
    """An entry of a service's ``deployments[]``; AWS calls it deployment, with an id ``ecs-svc/…``."""

    id: str
    revision_arn: str
    definition_arn: str
    service_deployment_arn: str
    workload: Json
    created_at: float
    updated_at: float
    status: str = "PRIMARY"
    state: str = "IN_PROGRESS"
    reason: str
    failed_tasks: int = 0
    failures: int = 0
    baking_since: float | None = None


class ServiceEvent(BaseModel):
    """A line of a service's ``events[]``."""

    id: str
    created_at: float
    message: str


class Service(Record):
    """A service. ``configuration`` holds what belongs to the service, ``workload`` of each rollout what is deployed."""

    kind = "ecs.service"
    name: str
    cluster_arn: str
    created_at: float
    desired_count: int
    configuration: Json
    creation: Json | None = None
    status: str = "ACTIVE"
    rollouts: list[Rollout] = Field(default_factory=list)
    last_completed: Rollout | None = None
    current_service_deployment: str | None = None
    events: list[ServiceEvent] = Field(default_factory=list)
    steady: bool = False
    impaired: bool = False
    retry_at: float = 0.0

    @property
    def primary(self) -> Rollout:
        """The rollout that the service moves to."""
        return next(rollout for rollout in self.rollouts if rollout.status == "PRIMARY")

    def rollout(self, identity: str | None) -> Rollout | None:
        """The rollout with this id, while it is in ``deployments[]``."""
        return next((rollout for rollout in self.rollouts if rollout.id == identity), None)


class ServiceDeployment(Record):
    """A service deployment, with one of AWS's nine statuses."""

    kind = "ecs.service-deployment"
    service_arn: str
    cluster_arn: str
    rollout_id: str
    target_arn: str
    sources: list[Json]
    configuration: Json
    created_at: float
    updated_at: float
    status: str = "PENDING"
    status_reason: str | None = None
    started_at: float | None = None
    finished_at: float | None = None
    stopped_at: float | None = None
    rollback: Json | None = None
    breaker_status: str = "DISABLED"
    failures: int = 0
    threshold: int = 0
    target_counts: Json = Field(default_factory=dict)
    alarms_status: str = "DISABLED"
    triggered_alarms: list[str] = Field(default_factory=list)
    alarms_read: bool = False
    bake_seconds: float = 0.0


class Container(BaseModel):
    """A container of a task; ``runtime_id`` is Docker's, ``agent_id`` the secret by which the agent knows it."""

    arn: str
    name: str
    image: str
    essential: bool = True
    cpu: str = "0"
    memory: str | None = None
    memory_reservation: str | None = None
    digest: str | None = None
    runtime_id: str | None = None
    last_status: str = "PENDING"
    exit_code: int | None = None
    reason: str | None = None
    health: str = "UNKNOWN"
    checked: bool = False
    agent_id: str = Field(default="", repr=False)
    created_at: float | None = None
    started_at: float | None = None


class Attachment(BaseModel):
    """A task's network interface; ``prefix`` and ``gateway`` are those of the network that it is in."""

    id: str
    interface_id: str
    mac: str
    subnet: str
    prefix: int = 0
    gateway: str = ""


class Task(Record):
    """A task; ``faults`` is what affects it on request.

    ``detached`` says that it has lost its ``address``, ``cut_off`` that its zone is lost, and its network with it.
    """

    kind = "ecs.task"
    cluster_arn: str
    definition_arn: str
    group: str
    launch_type: str
    cpu: str
    memory: str
    containers: list[Container]
    created_at: float
    availability_zone: str
    options: Json = Field(default_factory=dict)
    overrides: Json = Field(default_factory=dict)
    attachment: Attachment | None = None
    service_arn: str | None = None
    revision_arn: str | None = None
    started_by: str | None = None
    client_token: str | None = None
    request: Json | None = None
    protected_until: float | None = None
    address: str | None = None
    detached: bool = False
    cut_off: bool = False
    last_status: str = "PROVISIONING"
    desired_status: str = "RUNNING"
    stop_code: str | None = None
    stopped_reason: str | None = None
    version: int = 1
    targets: list[Json] = Field(default_factory=list)
    passing_at: float | None = None
    healthy_at: float | None = None
    pull_started_at: float | None = None
    pull_stopped_at: float | None = None
    connected_at: float | None = None
    started_at: float | None = None
    stopping_at: float | None = None
    execution_stopped_at: float | None = None
    stopped_at: float | None = None
    faults: TaskFaults | None = None

    @property
    def id(self) -> str:
        """The last part of the ARN."""
        return self.arn.rpartition("/")[2]

    @property
    def checked(self) -> bool:
        """Whether a load balancer or a container health check says how it is."""
        return bool(self.targets) or any(item.checked and item.essential for item in self.containers)

    @property
    def live(self) -> bool:
        """Whether it is meant to run."""
        return self.desired_status == "RUNNING"

    @property
    def gone(self) -> bool:
        """Whether nothing of it is left."""
        return self.last_status == "STOPPED"
