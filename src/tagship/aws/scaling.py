"""The door to Application Auto Scaling: between which numbers it may move the tasks of a service."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final, Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_application_autoscaling import ApplicationAutoScalingClient

_TARGETS_A_CALL: Final = 50
"""API reference, DescribeScalableTargets: ResourceIds."""


@dataclass(frozen=True)
class Bounds:
    """Scaling never gives a service fewer tasks than ``least``, and never more than ``most``."""

    least: int
    most: int


class AutoScaling(Protocol):
    """Application Auto Scaling, as far as a release needs it."""

    def bounds(self, cluster: str, services: Sequence[str]) -> Mapping[str, Bounds]:
        """The bounds of services by their names in ECS; one that nothing scales is left out."""
        ...

    def set_min_capacity(self, cluster: str, service: str, tasks: int) -> None:
        """Give a service that is scaled another lower bound, and leave the upper one as it is.

        AWS brings a service into its bounds at once.

        Raises:
            AwsError: nothing scales the service, or the upper bound is lower.
        """
        ...


class AwsAutoScaling:
    """Application Auto Scaling by its API; see ``AutoScaling``."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> "ApplicationAutoScalingClient":
        return cast("ApplicationAutoScalingClient", self._aws.client("application-autoscaling"))

    def bounds(self, cluster: str, services: Sequence[str]) -> Mapping[str, Bounds]:
        """See ``AutoScaling.bounds``."""
        with translated():
            return dict(self._bounds(cluster, services))

    def _bounds(self, cluster: str, services: Sequence[str]) -> Iterator[tuple[str, Bounds]]:
        for start in range(0, len(services), _TARGETS_A_CALL):
            found = self._client.describe_scalable_targets(
                ServiceNamespace="ecs",
                ResourceIds=[_resource(cluster, name) for name in services[start : start + _TARGETS_A_CALL]],
                ScalableDimension="ecs:service:DesiredCount",
            )
            for target in found["ScalableTargets"]:
                yield target["ResourceId"].rpartition("/")[2], Bounds(target["MinCapacity"], target["MaxCapacity"])

    def set_min_capacity(self, cluster: str, service: str, tasks: int) -> None:
        """See ``AutoScaling.set_min_capacity``."""
        with translated():
            self._client.register_scalable_target(
                ServiceNamespace="ecs",
                ResourceId=_resource(cluster, service),
                ScalableDimension="ecs:service:DesiredCount",
                MinCapacity=tasks,
            )


def _resource(cluster: str, service: str) -> str:
    return f"service/{cluster}/{service}"
