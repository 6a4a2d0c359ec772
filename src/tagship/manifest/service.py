"""A service as the manifest states it: one container image behind the load balancer."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from tagship.manifest.fargate import memory_choices, memory_in_words
from tagship.manifest.part import Part
from tagship.manifest.secret_source import SecretSource
from tagship.manifest.types import (
    CheckInterval,
    CheckTimeout,
    Command,
    Cpu,
    Cron,
    Drain,
    FailFast,
    FewTasks,
    FromVariable,
    GracePeriod,
    Interval,
    MigrationKind,
    MigrationTimeout,
    OpenFiles,
    PathPattern,
    Percent,
    Port,
    RelativePath,
    RequestsPerTask,
    Retries,
    SecretId,
    ServiceName,
    ShellCommand,
    Stage,
    StartPeriod,
    StopTimeout,
    Tasks,
    Threshold,
    Timeout,
    TimeZone,
    UrlPath,
    User,
    VariableName,
    Whole,
    Word,
    impossible,
    or_none,
)

_WILDCARDS: Final = 5
"""How many ``*`` and ``?`` the conditions of one listener rule may hold (ELB quotas)."""

RELEASE_VARIABLES: Final = (
    "AWS_REGION",
    "TAGSHIP_APP",
    "TAGSHIP_COMMIT",
    "TAGSHIP_ENVIRONMENT",
    "TAGSHIP_VERSION",
)
"""What every container is told of its own release (``release/planning/task_definition.py``)."""

_RIGHT: Final = 125
"""Characters of the longest ARN around a secret's own name."""

_RIGHTS: Final = 9000
"""Characters for ARNs: what is inline in a role has 10,240 in all (IAM user guide, "IAM and STS quotas")."""


class Build(Part):
    """How a service's image is built."""

    context: RelativePath = Field(default=".", description="Build context, relative to tagship.yaml.")
    dockerfile: RelativePath = Field(default="Dockerfile", description="The Dockerfile, relative to the context.")
    args: Mapping[VariableName, str] = Field(
        default={}, description="Build arguments, in plain text; no secrets: the image keeps them."
    )
    target: Stage | None = Field(default=None, description="The stage that becomes the image; default: the last one.")
    secrets: Mapping[SecretId, FromVariable] = Field(
        default={},
        description="By the id of `RUN --mount=type=secret`, `env:NAME`: the variable that has it.",
    )
    ssh: bool = Field(
        default=False,
        strict=True,
        description="Whether `RUN --mount=type=ssh` reaches the SSH agent where the image is built.",
    )


class HealthCheck(Part):
    """The health check of the load balancer."""

    path: UrlPath = Field(default="/healthz", description="Health check path; must return 200 to 399.")
    interval: Interval = Field(default=10, description="Seconds between health checks.")
    timeout: Timeout = Field(default=5, description="Seconds until a check times out; less than the interval.")
    healthy_threshold: Threshold = Field(default=2, description="Consecutive successful checks until healthy.")
    unhealthy_threshold: Threshold = Field(default=3, description="Consecutive failed checks until unhealthy.")
    grace_period: GracePeriod = Field(
        default=30, description="Seconds after a task's start during which failed checks do not count."
    )

    @model_validator(mode="after")
    def _timeout_fits(self) -> Self:
        if self.timeout >= self.interval:
            raise impossible(
                f"must be smaller than the interval of {self.interval} seconds, not {self.timeout}", "timeout"
            )
        return self


class ContainerCheck(Part):
    """The health check that ECS runs in the container itself."""

    command: Command | None = Field(default=None, description="A program and its arguments; exit code 0 is healthy.")
    shell: ShellCommand | None = Field(default=None, description="The same as a line for the image's `/bin/sh`.")
    interval: CheckInterval = Field(default=30, description="Seconds between checks.")
    timeout: CheckTimeout = Field(default=5, description="Seconds until a check counts as failed.")
    retries: Retries = Field(default=3, description="Consecutive failed checks until unhealthy.")
    start_period: StartPeriod = Field(
        default=0, description="Seconds after a container's start during which failed checks do not count."
    )

    @model_validator(mode="after")
    def _has_one_command(self) -> Self:
        if (self.command is None) == (self.shell is None):
            raise impossible("needs `command` or `shell`, one of the two")
        return self


class Count(Part):
    """Number of tasks of a service."""

    desired: Tasks = Field(default=2, description="Tasks that the first release starts.")
    min: Tasks = Field(default=1, description="Minimum number of tasks for auto scaling.")
    max: Tasks = Field(default=4, description="Maximum number of tasks for auto scaling.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.desired <= self.max:
            unwritten = " and ".join(
                f"`{name}`" for name in ("desired", "min", "max") if name not in self.model_fields_set
            )
            default = f" ({unwritten} by default)" if unwritten else ""
            raise impossible(f"must be min <= desired <= max, not {self.min} <= {self.desired} <= {self.max}{default}")
        return self


class ScheduledCount(Part):
    """A scheduled change of the scaling limits."""

    name: Word = Field(description="Name of the schedule, such as `night`.")
    cron: Cron = Field(description="Start, as an AWS cron expression of six fields.")
    timezone: TimeZone = Field(default="UTC", description="Time zone of `cron`.")
    min: FewTasks = Field(description="Minimum number of tasks from then on.")
    max: Tasks = Field(description="Maximum number of tasks from then on.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise impossible(f"must be min <= max, not {self.min} <= {self.max}")
        return self


class Scaling(Part):
    """Auto scaling, between the limits of `count`."""

    cpu: Percent | None = Field(default=60, description="Target of average CPU, in percent.")
    memory: Percent | None = Field(default=None, description="Target of average memory, in percent.")
    requests: RequestsPerTask | None = Field(default=None, description="Target of requests per minute and task.")
    schedule: tuple[ScheduledCount, ...] = Field(default=(), description="Scheduled changes of the limits.")

    @model_validator(mode="after")
    def _schedules_undo_each_other(self) -> Self:
        names = Counter(each.name for each in self.schedule)
        if twice := [name for name, times in names.items() if times > 1]:
            raise impossible(f"two schedules are named `{twice[0]}`", "schedule")
        if len(self.schedule) == 1:
            raise impossible("must have at least two entries: an entry stays in effect until another one", "schedule")
        return self


class Migrate(Part):
    """The database migration of a version, run once before its tasks start."""

    command: Command = Field(description="The command and its arguments, run in the service's own image.")
    kind: MigrationKind = Field(
        default="expand",
        description="`expand`: the previous version works with the migrated database; `contract`: it does not.",
    )
    timeout: MigrationTimeout = Field(default=900, description="Seconds until the migration counts as failed.")


class Rollout(Part):
    """Rollout settings."""

    fail_fast: FailFast = Field(
        default=3, description="Number of new tasks failing from the same cause after which the rollout is rolled back."
    )


class Service(Part):
    """One container behind the load balancer."""

    build: Build = Field(default=Build.model_construct(), description="How the image is built.")
    port: Port = Field(description="The port that the container listens on.")
    health: HealthCheck = Field(
        default=HealthCheck.model_construct(), description="How the load balancer checks a task."
    )
    container_check: Annotated[ContainerCheck | None, or_none] = Field(
        default=None, description="A health check that ECS runs in the container itself."
    )
    entrypoint: Command | None = Field(default=None, description="Instead of the image's ENTRYPOINT.")
    command: Command | None = Field(default=None, description="Instead of the image's CMD.")
    user: User | None = Field(default=None, description="The user, and group, instead of the image's.")
    open_files: OpenFiles | None = Field(default=None, description="How many files a process may have open.")
    cpu: Cpu = Field(default=256, description="CPU units; 1024 are one vCPU.")
    memory: Whole = Field(default=512, description="MiB; the sizes that Fargate offers depend on `cpu`.")
    environment: Mapping[VariableName, str] = Field(
        default={}, description="Environment variables, in plain text; no secrets."
    )
    secrets: Mapping[VariableName, SecretSource] = Field(
        default={},
        description="Environment variables from secrets: `name`, `name:key`, `ssm:/path`, or a whole ARN.",
    )
    count: Count = Field(default=Count.model_construct(), description="Number of tasks.")
    scaling: Annotated[Scaling | None, or_none] = Field(
        default=Scaling.model_construct(), description="Auto scaling; `false` turns it off."
    )
    sign_in: bool = Field(default=False, strict=True, description="Whether the load balancer requires sign-in.")
    database: bool = Field(
        default=True,
        strict=True,
        description="Whether the service gets the database's endpoints, credentials and network access.",
    )
    after: tuple[ServiceName, ...] = Field(
        default=(), description="Services on which the version must be live before this one is updated."
    )
    migrate: Annotated[Migrate | None, or_none] = Field(
        default=None, description="Runs once before the version's tasks."
    )
    rollout: Rollout = Field(default=Rollout.model_construct(), description="Limits of a rollout.")
    exec: bool = Field(default=False, strict=True, description="Whether `tagship exec` may open a terminal in a task.")
    paths: tuple[PathPattern, ...] = Field(
        default=("/*",),
        min_length=1,
        max_length=5,
        description="Path patterns that the load balancer sends here; each pattern belongs to one service.",
    )
    stop_timeout: StopTimeout = Field(default=30, description="Seconds between SIGTERM and SIGKILL.")
    drain: Drain = Field(
        default=30, description="Deregistration delay: seconds for requests in flight to complete before a task stops."
    )

    @property
    def scales(self) -> bool:
        """Whether its number of tasks has bounds that differ, or that a schedule moves: Terraform makes a target."""
        return self.scaling is not None and (self.count.min < self.count.max or bool(self.scaling.schedule))

    @model_validator(mode="after")
    def _memory_fits_cpu(self) -> Self:
        if self.memory not in memory_choices(self.cpu):
            size = f"{self.memory}" if "memory" in self.model_fields_set else f"{self.memory}, the default,"
            offered = memory_in_words(self.cpu)
            raise impossible(f"{size} does not go with cpu {self.cpu}; Fargate offers {offered}", "memory")
        return self

    @model_validator(mode="after")
    def _a_variable_has_one_source(self) -> Self:
        for name in self.secrets:
            if name in self.environment:
                raise impossible("is in `environment`, too; leave one of the two out", "secrets", name)
            if name in RELEASE_VARIABLES:
                raise impossible("is set by each release; choose another name", "secrets", name)
        used = sum(_RIGHT + len(source) for source in {str(each) for each in self.secrets.values()})
        if used > _RIGHTS:
            raise impossible(f"has too many or too long names for one role of IAM ({used} of {_RIGHTS})", "secrets")
        return self

    @model_validator(mode="after")
    def _paths_make_one_rule(self) -> Self:
        if twice := [path for path, times in Counter(self.paths).items() if times > 1]:
            raise impossible(f"`{twice[0]}` is listed twice", "paths")
        wildcards = sum(path.count("*") + path.count("?") for path in self.paths)
        if wildcards > _WILDCARDS:
            raise impossible(
                f"may have {_WILDCARDS} wildcards (`*`, `?`) in total, not {wildcards}: AWS's limit per listener rule",
                "paths",
            )
        return self
