"""Application Auto Scaling in memory; see ``fakes.py``."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from tagship.aws.scaling import Bounds
from tagship.base.errors import AwsError


@dataclass
class FakeAutoScaling:
    """The bounds of one cluster's services; moves no tasks."""

    targets: dict[str, Bounds] = field(default_factory=dict)
    """By the service's name in ECS."""
    refuses: AwsError | None = None
    """Raised by every call."""

    def bounds(self, cluster: str, services: Sequence[str]) -> Mapping[str, Bounds]:  # noqa: ARG002 - one cluster
        """See ``AutoScaling.bounds``."""
        self._refuse()
        return {name: self.targets[name] for name in services if name in self.targets}

    def set_min_capacity(self, cluster: str, service: str, tasks: int) -> None:  # noqa: ARG002 - as above
        """See ``AutoScaling.set_min_capacity``."""
        self._refuse()
        known = self.targets.get(service)
        if known is None or tasks > known.most:
            raise AwsError("AWS refused `RegisterScalableTarget`: ValidationException", code="ValidationException")
        self.targets[service] = replace(known, least=tasks)

    def _refuse(self) -> None:
        if self.refuses:
            raise self.refuses
