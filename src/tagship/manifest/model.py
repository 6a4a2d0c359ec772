"""What ``tagship.yaml`` can say, as frozen types. Pure: nothing here reads a file or knows AWS's API.

The manifest as written is a ``Manifest``; ``Manifest.for_environment`` applies one environment's overrides
and gives an ``EnvironmentManifest``, which is what every other part works with.
"""

from collections.abc import Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from tagship.manifest.fargate import memory_choices

LOCAL = "local"
"""The environment that is always there: the embedded AWS on this machine."""

AppName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,28}[a-z0-9]$")]
EnvironmentName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9]{0,18}[a-z0-9]$")]
ServiceName = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9-]{0,28}[a-z0-9]$")]
VariableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z_][A-Za-z0-9_]*$")]
UrlPath = Annotated[str, StringConstraints(pattern=r"^/[^\s]*$", max_length=128)]


class Part(BaseModel):
    """Common ground: frozen, and an unknown key is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Build(Part):
    """How a service's image is built."""

    context: str = Field(default=".", description="Folder that the build sees, relative to tagship.yaml.")
    dockerfile: str = Field(default="Dockerfile", description="The Dockerfile, relative to the context.")


class HealthCheck(Part):
    """How the load balancer asks a task whether it is well."""

    path: UrlPath = Field(default="/healthz", description="Answers 200 to 399 when the task can serve.")
    interval: int = Field(default=10, ge=5, le=300, description="Seconds between two checks.")
    timeout: int = Field(default=5, ge=2, le=120, description="Seconds to wait for an answer.")
    healthy_threshold: int = Field(default=2, ge=2, le=10, description="Good answers in a row until healthy.")
    unhealthy_threshold: int = Field(default=3, ge=2, le=10, description="Bad answers in a row until unhealthy.")
    grace_period: int = Field(
        default=30,
        ge=0,
        le=7200,
        description="Seconds after a task's start in which bad answers do not count.",
    )

    @model_validator(mode="after")
    def _timeout_fits(self) -> Self:
        if self.timeout >= self.interval:
            raise ValueError(f"timeout ({self.timeout}) must be smaller than interval ({self.interval})")
        return self


class Count(Part):
    """How many tasks of a service run."""

    desired: int = Field(default=2, ge=1, le=5000, description="Tasks that the first release starts.")
    min: int = Field(default=1, ge=1, le=5000, description="Scaling never goes below.")
    max: int = Field(default=4, ge=1, le=5000, description="Scaling never goes above.")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if not self.min <= self.desired <= self.max:
            raise ValueError(f"must be min <= desired <= max, not {self.min} <= {self.desired} <= {self.max}")
        return self


class Service(Part):
    """One container behind the load balancer."""

    build: Build = Build()
    port: int = Field(ge=1, le=65535, description="The port that the container listens on.")
    health: HealthCheck = HealthCheck()
    cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] = Field(
        default=256, description="CPU units; 1024 are one vCPU."
    )
    memory: int = Field(default=512, description="MiB; what Fargate allows depends on cpu.")
    environment: Mapping[VariableName, str] = Field(default={}, description="Plain settings; no secrets here.")
    count: Count = Count()
    paths: tuple[UrlPath, ...] = Field(
        default=("/*",),
        min_length=1,
        max_length=5,
        description="Path patterns that the load balancer sends here.",
    )
    stop_timeout: int = Field(
        default=30, ge=1, le=120, description="Seconds between SIGTERM and SIGKILL; Fargate allows 120."
    )
    drain: int = Field(
        default=30,
        ge=0,
        le=3600,
        description="Seconds in which requests under way may end before a task is stopped.",
    )

    @model_validator(mode="after")
    def _memory_fits_cpu(self) -> Self:
        choices = memory_choices(self.cpu)
        if self.memory not in choices:
            allowed = ", ".join(str(choice) for choice in choices)
            raise ValueError(f"memory {self.memory} does not go with cpu {self.cpu}; Fargate allows {allowed}")
        return self


class Site(Part):
    """The front end: a folder of static files."""

    folder: str = Field(description="Folder with index.html, relative to tagship.yaml.")


class Network(Part):
    """The environment's own VPC, in two zones."""

    cidr: str = Field(default="10.20.0.0/16", description="Private address range of the VPC.")
    nat: Literal["none", "single", "per-zone"] = Field(
        default="single", description="How private subnets reach the internet; each NAT gateway costs money."
    )


class ServiceOverride(Part):
    """What an environment may say differently of one service."""

    health: HealthCheck | None = None
    cpu: Literal[256, 512, 1024, 2048, 4096, 8192, 16384] | None = None
    memory: int | None = None
    environment: Mapping[VariableName, str] | None = Field(default=None, description="Added to the service's own.")
    count: Count | None = None
    drain: int | None = Field(default=None, ge=0, le=3600)


class EnvironmentOverride(Part):
    """What one environment says differently."""

    account: Annotated[str, StringConstraints(pattern=r"^\d{12}$")] | None = Field(
        default=None, description="AWS account; with other credentials every command stops."
    )
    region: str | None = Field(default=None, description="Another region than the app's.")
    network: Network | None = None
    services: Mapping[ServiceName, ServiceOverride] = Field(default={})


class EnvironmentManifest(Part):
    """The manifest as it holds for one environment: what every other part works with."""

    app: AppName
    environment: EnvironmentName
    account: str | None
    region: str
    network: Network
    services: Mapping[ServiceName, Service]
    site: Site | None


class Manifest(Part):
    """``tagship.yaml`` as written."""

    app: AppName = Field(description="Name of the application; begins every AWS name.")
    region: Annotated[str, StringConstraints(pattern=r"^[a-z]{2}(-[a-z]+)+-\d$")] = Field(
        description="AWS region, such as eu-central-1."
    )
    network: Network = Network()
    services: Mapping[ServiceName, Service] = Field(min_length=1, description="Containers behind the load balancer.")
    site: Site | None = Field(default=None, description="The front end.")
    environments: Mapping[EnvironmentName, EnvironmentOverride] = Field(
        default={}, description="One entry per environment; `local`, the embedded AWS, is always there."
    )

    @model_validator(mode="after")
    def _overrides_name_services(self) -> Self:
        for environment, override in self.environments.items():
            for service in override.services:
                if service not in self.services:
                    raise ValueError(f"environments.{environment}.services.{service}: there is no service `{service}`")
        return self
