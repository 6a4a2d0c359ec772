"""What ``tagship.yaml`` can say, as frozen types. Pure: nothing here reads a file or knows AWS's API.

The manifest as written is a ``Manifest``; ``Manifest.for_environment`` applies one environment's overrides
and gives an ``EnvironmentManifest``, which is what every other part works with.
A ``Manifest`` that exists is possible in each of its environments.
"""

from collections import Counter
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from typing import Any, Final, Self, TypeVar

from pydantic import Field, ValidationError, model_validator

from tagship.base.errors import ManifestInvalid
from tagship.manifest.fargate import memory_choices, memory_in_words
from tagship.manifest.overrides import EnvironmentOverride
from tagship.manifest.part import Part
from tagship.manifest.spelling import did_you_mean
from tagship.manifest.types import (
    Account,
    AppName,
    Cidr,
    Command,
    Cpu,
    Drain,
    EnvironmentName,
    FailFast,
    GracePeriod,
    Interval,
    MigrationKind,
    MigrationTimeout,
    Nat,
    PathPattern,
    Port,
    Region,
    RelativePath,
    ServiceName,
    ShellCommand,
    StopTimeout,
    Tasks,
    Threshold,
    Timeout,
    UrlPath,
    VariableName,
    Whole,
    impossible,
    several,
)

LOCAL: Final = "local"
"""The environment that is always there: the embedded AWS on this machine."""

_EVERYTHING: Final = "/*"

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

    build: Build = Field(default=Build(), description="How the image is built.")
    port: Port = Field(description="The port that the container listens on.")
    health: HealthCheck = Field(default=HealthCheck(), description="How the load balancer checks a task.")
    cpu: Cpu = Field(default=256, description="CPU units; 1024 are one vCPU.")
    memory: Whole = Field(default=512, description="MiB; which sizes Fargate offers depends on `cpu`.")
    environment: Mapping[VariableName, str] = Field(
        default={}, description="Plain settings, as environment variables; no secrets here."
    )
    count: Count = Field(default=Count(), description="How many tasks run.")
    after: tuple[ServiceName, ...] = Field(
        default=(), description="Services that must serve the version before this one is updated."
    )
    migrate: Migrate | None = Field(default=None, description="Runs once before the version's tasks.")
    rollout: Rollout = Field(default=Rollout(), description="Limits of a rollout.")
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


class SiteBuild(Part):
    """How the front end is built."""

    context: RelativePath = Field(default=".", description="Folder in which the command runs.")
    command: ShellCommand = Field(description="What the shell runs in a clean checkout of the tag.")


class Site(Part):
    """The front end: a folder of static files, and what writes them."""

    folder: RelativePath = Field(description="Folder with index.html, relative to tagship.yaml.")
    build: SiteBuild | None = Field(default=None, description="How the folder is made; none where it is committed.")
    single_page: bool = Field(
        default=False, strict=True, description="Whether `index.html` answers for every path that names no file."
    )


class Network(Part):
    """The environment's own VPC, in two zones."""

    cidr: Cidr = Field(default="10.20.0.0/16", description="Private address range of the VPC, from /16 to /24.")
    nat: Nat = Field(
        default="single", description="How private subnets reach the internet; each NAT gateway costs money."
    )


class EnvironmentManifest(Part):
    """The manifest as it holds for one environment: what every other part works with."""

    app: AppName
    environment: EnvironmentName
    account: Account | None
    region: Region
    network: Network
    services: Mapping[ServiceName, Service]
    site: Site | None


class Manifest(Part):
    """``tagship.yaml`` as written."""

    app: AppName = Field(description="Name of the application; begins every AWS name.")
    region: Region = Field(description="AWS region, such as `eu-central-1`.")
    network: Network = Field(default=Network(), description="The VPC.")
    services: Mapping[ServiceName, Service] = Field(min_length=1, description="Containers behind the load balancer.")
    site: Site | None = Field(default=None, description="The front end.")
    environments: Mapping[EnvironmentName, EnvironmentOverride] = Field(
        default={}, description="One entry per environment; `local`, the embedded AWS, is always there."
    )

    @property
    def environment_names(self) -> tuple[str, ...]:
        """Every environment, ``local`` first."""
        return (LOCAL, *(name for name in self.environments if name != LOCAL))

    def for_environment(self, name: str) -> EnvironmentManifest:
        """The manifest with one environment's overrides applied.

        Raises:
            ManifestInvalid: there is no such environment.
        """
        if name not in self.environment_names:
            raise ManifestInvalid(
                f"There is no environment `{name}` in tagship.yaml; {did_you_mean(name, self.environment_names)}",
                hint=f"Name one of them with `--env`, or add `{name}:` under `environments:` in tagship.yaml.",
            )
        override = self.environments.get(name, EnvironmentOverride())
        return EnvironmentManifest(
            app=self.app,
            environment=name,
            account=override.account,
            region=override.region or self.region,
            network=_merged(self.network, override.network),
            services={
                service: _merged(written, override.services.get(service)) for service, written in self.services.items()
            },
            site=self.site,
        )

    @model_validator(mode="after")
    def _no_path_is_shared(self) -> Self:
        first: dict[str, str] = {}
        for name, service in self.services.items():
            for path in service.paths:
                if path in first:
                    raise impossible(f"`{path}` belongs to service `{first[path]}` already", "services", name, "paths")
                first[path] = name
        return self

    @model_validator(mode="after")
    def _site_answers_the_rest(self) -> Self:
        for name, service in self.services.items():
            if self.site and _EVERYTHING in service.paths:
                default = "" if "paths" in service.model_fields_set else ", the default,"
                text = f"`{_EVERYTHING}`{default} belongs to the site; name the service's own, such as [/{name}/*]"
                raise impossible(text, "services", name, "paths")
        return self

    @model_validator(mode="after")
    def _order_is_possible(self) -> Self:
        for name, service in self.services.items():
            for other in service.after:
                if other not in self.services:
                    guess = did_you_mean(other, self.services)
                    raise impossible(f"there is no service `{other}`; {guess}", "services", name, "after")
        try:
            tuple(TopologicalSorter({name: service.after for name, service in self.services.items()}).static_order())
        except CycleError as error:
            circle = " after ".join(f"`{name}`" for name in error.args[1])
            raise impossible(f"the services wait for each other: {circle}", "services") from error
        return self

    @model_validator(mode="after")
    def _environments_are_possible(self) -> Self:
        if errors := [
            error for name, override in self.environments.items() for error in self._errors_in(name, override)
        ]:
            raise several(errors)
        return self

    def _errors_in(self, name: str, override: EnvironmentOverride) -> list[dict[str, Any]]:
        errors: list[dict[str, Any]] = []
        if name == LOCAL and override.account:
            errors.append(_error("is for AWS only: the embedded AWS has an account of its own", name, "account"))
        for service, changed in override.services.items():
            if service not in self.services:
                guess = did_you_mean(service, self.services)
                errors.append(_error(f"there is no service `{service}`; {guess}", name, "services", service))
                continue
            try:
                _merged(self.services[service], changed)
            except ValidationError as error:
                at = ("environments", name, "services", service)
                errors += [{**each, "loc": (*at, *each["loc"])} for each in error.errors(include_url=False)]
        return errors


P = TypeVar("P", bound=Part)


def _error(text: str, *below_environments: str) -> dict[str, Any]:
    return {
        "type": "impossible",
        "loc": ("environments", *below_environments),
        "ctx": {"text": text, "at": ()},
        "msg": text,
        "input": None,
    }


def _merged(written: P, override: Part | None) -> P:
    if override is None:
        return written
    changed = override.model_dump(exclude_none=True, exclude_unset=True)
    return type(written).model_validate(_deep(written.model_dump(exclude_unset=True), changed))


def _deep(written: Mapping[str, Any], changed: Mapping[str, Any]) -> dict[str, Any]:
    """One mapping over another, key by key."""
    return {
        **written,
        **{
            key: _deep(written[key], value)
            if isinstance(value, Mapping) and isinstance(written.get(key), Mapping)
            else value
            for key, value in changed.items()
        },
    }
