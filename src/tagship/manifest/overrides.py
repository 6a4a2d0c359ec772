"""What one environment may say differently: every field is optional, and what is left out stays as it was.

A system that may be missing is changed key by key or, by ``false``, left out; its keys are checked once they are merged
(``model.py``), because only then it is known what they add up to.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from pydantic import Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from tagship.manifest.part import Part
from tagship.manifest.secret_source import SecretSource
from tagship.manifest.service import Scaling
from tagship.manifest.systems import (
    Alerts,
    Auth,
    Dashboards,
    Database,
    Domain,
    Firewall,
    Github,
    Traffic,
    Vpn,
)
from tagship.manifest.types import (
    Account,
    Changes,
    Cidr,
    Cpu,
    Drain,
    Endpoint,
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


@dataclass(frozen=True)
class Like:
    """In the JSON Schema, a part of the manifest or ``false``."""

    part: type[Part]

    def __get_pydantic_json_schema__(self, _: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        return {"anyOf": [handler(self.part.__pydantic_core_schema__), {"const": False}]}


class HealthCheckOverride(Part):
    """An environment's differences in a health check; the rest is inherited."""

    path: UrlPath | None = Field(default=None, description="Another path.")
    interval: Interval | None = Field(default=None, description="Another interval.")
    timeout: Timeout | None = Field(default=None, description="Another timeout.")
    healthy_threshold: Threshold | None = Field(default=None, description="Another threshold.")
    unhealthy_threshold: Threshold | None = Field(default=None, description="Another threshold.")
    grace_period: GracePeriod | None = Field(default=None, description="Another grace period.")


class CountOverride(Part):
    """An environment's differences in the number of tasks; the rest is inherited."""

    desired: Tasks | None = Field(default=None, description="Another number of tasks.")
    min: Tasks | None = Field(default=None, description="Another minimum.")
    max: Tasks | None = Field(default=None, description="Another maximum.")


class RolloutOverride(Part):
    """An environment's differences in a rollout; the rest is inherited."""

    fail_fast: FailFast | None = Field(default=None, description="Another limit.")


class NetworkOverride(Part):
    """An environment's differences in the network; the rest is inherited."""

    cidr: Cidr | None = Field(default=None, description="Another range.")
    nat: Nat | None = Field(default=None, description="Another NAT setting.")
    endpoints: tuple[Endpoint, ...] | None = Field(default=None, description="Other endpoints.")
    flow_logs: bool | None = Field(default=None, strict=True, description="Whether flow logs are on.")


class ServiceOverride(Part):
    """An environment's differences in one service; the rest is inherited."""

    health: HealthCheckOverride | None = Field(default=None, description="Other health checks.")
    cpu: Cpu | None = Field(default=None, description="Another size.")
    memory: Whole | None = Field(default=None, description="Another size.")
    environment: Mapping[VariableName, str] | None = Field(
        default=None, description="Merged with the service's own; the same name replaces."
    )
    secrets: Mapping[VariableName, SecretSource] | None = Field(
        default=None, description="Merged with the service's own; the same name replaces."
    )
    count: CountOverride | None = Field(default=None, description="Another number of tasks.")
    scaling: Annotated[Changes, Like(Scaling)] = Field(default=None, description="Other scaling.")
    sign_in: bool | None = Field(default=None, strict=True, description="Whether sign-in is required.")
    database: bool | None = Field(default=None, strict=True, description="Whether it gets database access.")
    rollout: RolloutOverride | None = Field(default=None, description="Other rollout settings.")
    stop_timeout: StopTimeout | None = Field(default=None, description="Another stop timeout.")
    drain: Drain | None = Field(default=None, description="Another deregistration delay.")


class EnvironmentOverride(Part):
    """An environment's differences."""

    account: Account | None = Field(
        default=None, description="AWS account, in quotes; every command refuses credentials of another account."
    )
    region: Region | None = Field(default=None, description="Region, if not the app's.")
    protect: bool | None = Field(default=None, strict=True, description="Deletion protection for resources with data.")
    domain: Domain | None = Field(default=None, description="Your own domain name for CloudFront.")
    network: NetworkOverride | None = Field(default=None, description="Another network.")
    services: Mapping[ServiceName, ServiceOverride] = Field(default={}, description="One entry per service.")
    database: Annotated[Changes, Like(Database)] = Field(default=None, description="Another database.")
    auth: Annotated[Changes, Like(Auth)] = Field(default=None, description="Another sign-in.")
    firewall: Annotated[Changes, Like(Firewall)] = Field(default=None, description="Another firewall.")
    traffic: Annotated[Changes, Like(Traffic)] = Field(default=None, description="Other logs.")
    alerts: Annotated[Changes, Like(Alerts)] = Field(default=None, description="Other alerts.")
    dashboards: Annotated[Changes, Like(Dashboards)] = Field(default=None, description="Other dashboards.")
    vpn: Annotated[Changes, Like(Vpn)] = Field(default=None, description="Another VPN.")
    github: Annotated[Changes, Like(Github)] = Field(default=None, description="Another repository.")
