"""The door to Elastic Load Balancing: how the targets of a service are."""

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_elbv2 import ElasticLoadBalancingv2Client


@dataclass(frozen=True)
class TargetHealth:
    """A target: ``state`` is healthy, unhealthy, initial, draining or unused; reason and description are AWS's."""

    address: str
    state: str
    reason: str
    description: str


class Elb(Protocol):
    """Load balancing, as far as a release needs it."""

    def target_health(self, target_group: str) -> list[TargetHealth]:
        """The targets of a group, by its ARN."""
        ...

    def set_health_path(self, target_group: str, path: str) -> None:
        """Ask the targets of a group for another path, from their next health check on."""
        ...


class AwsElb:
    """Load balancing by its API; see ``Elb``."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> "ElasticLoadBalancingv2Client":
        return cast("ElasticLoadBalancingv2Client", self._aws.client("elbv2"))

    def target_health(self, target_group: str) -> list[TargetHealth]:
        """See ``Elb.target_health``."""
        with translated():
            found = self._client.describe_target_health(TargetGroupArn=target_group)["TargetHealthDescriptions"]
        return [
            TargetHealth(
                address=f"{entry['Target']['Id']}:{entry['Target'].get('Port', '')}",
                state=entry["TargetHealth"]["State"],
                reason=entry["TargetHealth"].get("Reason", ""),
                description=entry["TargetHealth"].get("Description", ""),
            )
            for entry in found
        ]

    def set_health_path(self, target_group: str, path: str) -> None:
        """See ``Elb.set_health_path``."""
        with translated():
            self._client.modify_target_group(TargetGroupArn=target_group, HealthCheckPath=path)
