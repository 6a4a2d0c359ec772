"""A service as the manifest states it: one container image behind the load balancer."""

from collections import Counter
from collections.abc import Mapping
from typing import Annotated, Final, Self

from pydantic import Field, model_validator

from tagship.manifest.fargate import memory_choices, memory_in_words
from tagship.manifest.part import Part
from tagship.manifest.types import (
    Command,
    Cpu,
    Cron,
    Drain,
    FailFast,
    FewTasks,
    GracePeriod,
    Interval,
    MigrationKind,
    MigrationTimeout,
    PathPattern,
    Percent,
    Port,
    RelativePath,
    RequestsPerTask,
    ServiceName,
    StopTimeout,
    Tasks,
    Threshold,
    Timeout,
    TimeZone,
    UrlPath,
    VariableName,
    Whole,
    Word,
    impossible,
    or_none,
)

_WILDCARDS: Final = 5
"""How many ``*`` and ``?`` the conditions of one listener rule may hold (ELB quotas)."""


class Build(Part):
    """How a service's image is built."""

    context: RelativePath = Field(default=".", description="Folder that the build sees, relative to tagship.yaml.")
    dockerfile: RelativePath = Field(default="Dockerfile", description="The Dockerfile, relative to the context.")


class HealthCheck(Part):
    """How the load balancer asks a task whether it is well."""

    path: UrlPath = Field(default="/healthz", description="Answers 200 to 399 when the task can serve.")
    interval: Interval = Field(default=10, description="Seconds between two checks.")
    timeout: Timeout = Field(default=5, description="Seconds to wait for an answer; less than the interval.")
    healthy_threshold: Threshold = Field(default=2, description="Good answers in a row until healthy.")
    unhealthy_threshold: Threshold = Field(default=3, description="Bad answers in a row until unhealthy.")
    grace_period: GracePeriod = Field(
        default=30, description="Seconds after a task's start in which bad answers do not count."
    )

    @model_validator(mode="after")
    def _timeout_fits(self) -> Self:
        if self.timeout >= self.interval:
            raise impossible(
                f"must be smaller than the interval of {self.interval} seconds, not {self.timeout}", "timeout"
            )
        return self


class Count(Part):
    """How many tasks of a service run."""

    desired: Tasks = Field(default=2, description="Tasks that the first release starts.")
    min: Tasks = Field(default=1, description="Scaling never goes below.")
    max: Tasks = Field(default=4, description="Scaling never goes above.")

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
    """Other limits of scaling, from a moment on that comes again and again."""

    name: Word = Field(description="What the schedule is called, such as `night`.")
    cron: Cron = Field(description="When it begins, in the six fields of an AWS cron expression.")
    timezone: TimeZone = Field(default="UTC", description="The clock that `cron` goes by.")
    min: FewTasks = Field(description="From then on, scaling never goes below.")
    max: Tasks = Field(description="From then on, scaling never goes above.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.min > self.max:
            raise impossible(f"must be min <= max, not {self.min} <= {self.max}")
        return self


class Scaling(Part):
    """When tasks are added and taken away, between the limits of `count`."""

    cpu: Percent | None = Field(default=60, description="Average CPU that scaling keeps, in percent.")
    memory: Percent | None = Field(default=None, description="Average memory that scaling keeps, in percent.")
    requests: RequestsPerTask | None = Field(
        default=None, description="Requests a minute that scaling gives to each task."
    )
    schedule: tuple[ScheduledCount, ...] = Field(default=(), description="Other limits at other times.")

    @model_validator(mode="after")
    def _schedules_undo_each_other(self) -> Self:
        names = Counter(each.name for each in self.schedule)
        if twice := [name for name, times in names.items() if times > 1]:
            raise impossible(f"`{twice[0]}` is the name of two schedules", "schedule")
        if len(self.schedule) == 1:
            raise impossible("must have at least two entries: nothing undoes an entry but another", "schedule")
        return self


class Migrate(Part):
    """The command that brings the database to the version, run once before its tasks."""

    command: Command = Field(description="The command and its arguments, run in the service's own image.")
    kind: MigrationKind = Field(
        default="expand",
        description="`expand`: the version before works with the result; `contract`: it does not.",
    )
    timeout: MigrationTimeout = Field(default=900, description="Seconds until the migration counts as failed.")


class Rollout(Part):
    """How a new version takes over."""

    fail_fast: FailFast = Field(
        default=3, description="New tasks that die of the same cause until the rollout is taken back."
    )


class Service(Part):
    """One container behind the load balancer."""

    build: Build = Field(default=Build.model_construct(), description="How the image is built.")
    port: Port = Field(description="The port that the container listens on.")
    health: HealthCheck = Field(
        default=HealthCheck.model_construct(), description="How the load balancer checks a task."
    )
    cpu: Cpu = Field(default=256, description="CPU units; 1024 are one vCPU.")
    memory: Whole = Field(default=512, description="MiB; which sizes Fargate offers depends on `cpu`.")
    environment: Mapping[VariableName, str] = Field(
        default={}, description="Plain settings, as environment variables; no secrets here."
    )
    count: Count = Field(default=Count.model_construct(), description="How many tasks run.")
    scaling: Annotated[Scaling | None, or_none] = Field(
        default=Scaling.model_construct(), description="When tasks are added and taken away; `false` for never."
    )
    sign_in: bool = Field(
        default=False, strict=True, description="Whether the load balancer lets only signed-in people through."
    )
    database: bool = Field(
        default=True, strict=True, description="Whether the service is told how to reach the database, and may."
    )
    after: tuple[ServiceName, ...] = Field(
        default=(), description="Services that must serve the version before this one is updated."
    )
    migrate: Migrate | None = Field(default=None, description="Runs once before the version's tasks.")
    rollout: Rollout = Field(default=Rollout.model_construct(), description="Limits of a rollout.")
    exec: bool = Field(default=False, strict=True, description="Whether `tagship exec` may open a terminal in a task.")
    paths: tuple[PathPattern, ...] = Field(
        default=("/*",),
        min_length=1,
        max_length=5,
        description="Path patterns that the load balancer sends here; no two services share one.",
    )
    stop_timeout: StopTimeout = Field(default=30, description="Seconds between SIGTERM and SIGKILL.")
    drain: Drain = Field(
        default=30, description="Seconds in which requests under way may end before a task is stopped."
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
    def _paths_make_one_rule(self) -> Self:
        if twice := [path for path, times in Counter(self.paths).items() if times > 1]:
            raise impossible(f"`{twice[0]}` is written twice", "paths")
        wildcards = sum(path.count("*") + path.count("?") for path in self.paths)
        if wildcards > _WILDCARDS:
            raise impossible(
                f"may hold {_WILDCARDS} wildcards (`*`, `?`) in all, not {wildcards}: they are one listener rule",
                "paths",
            )
        return self
