"""What one environment may say differently: every field is optional, and what is left out stays as it was."""

from collections.abc import Mapping

from pydantic import Field

from tagship.manifest.part import Part
from tagship.manifest.types import (
    Account,
    Cidr,
    Cpu,
    Drain,
    FailFast,
    GracePeriod,
    Interval,
    Nat,
    Region,
    ServiceName,
    StopTimeout,
    Tasks,
    Threshold,
    Timeout,
    UrlPath,
    VariableName,
    Whole,
)


class HealthCheckOverride(Part):
    """What an environment may say differently of a health check; the rest stays."""

    path: UrlPath | None = Field(default=None, description="Another path.")
    interval: Interval | None = Field(default=None, description="Another interval.")
    timeout: Timeout | None = Field(default=None, description="Another timeout.")
    healthy_threshold: Threshold | None = Field(default=None, description="Another threshold.")
    unhealthy_threshold: Threshold | None = Field(default=None, description="Another threshold.")
    grace_period: GracePeriod | None = Field(default=None, description="Another grace period.")


class CountOverride(Part):
    """What an environment may say differently of the number of tasks; the rest stays."""

    desired: Tasks | None = Field(default=None, description="Another number of tasks.")
    min: Tasks | None = Field(default=None, description="Another minimum.")
    max: Tasks | None = Field(default=None, description="Another maximum.")


class RolloutOverride(Part):
    """What an environment may say differently of a rollout; the rest stays."""

    fail_fast: FailFast | None = Field(default=None, description="Another limit.")


class NetworkOverride(Part):
    """What an environment may say differently of the network; the rest stays."""

    cidr: Cidr | None = Field(default=None, description="Another range.")
    nat: Nat | None = Field(default=None, description="Another way to the internet.")


class ServiceOverride(Part):
    """What an environment may say differently of one service; the rest stays."""

    health: HealthCheckOverride | None = Field(default=None, description="Other health checks.")
    cpu: Cpu | None = Field(default=None, description="Another size.")
    memory: Whole | None = Field(default=None, description="Another size.")
    environment: Mapping[VariableName, str] | None = Field(
        default=None, description="Added to the service's own; the same name replaces."
    )
    count: CountOverride | None = Field(default=None, description="Another number of tasks.")
    rollout: RolloutOverride | None = Field(default=None, description="Another way to roll out.")
    stop_timeout: StopTimeout | None = Field(default=None, description="Another time to stop.")
    drain: Drain | None = Field(default=None, description="Another time to drain.")


class EnvironmentOverride(Part):
    """What one environment says differently."""

    account: Account | None = Field(
        default=None, description="AWS account, in quotes; with credentials of another one every command stops."
    )
    region: Region | None = Field(default=None, description="Another region than the app's.")
    network: NetworkOverride | None = Field(default=None, description="Another network.")
    services: Mapping[ServiceName, ServiceOverride] = Field(default={}, description="One entry per service.")
