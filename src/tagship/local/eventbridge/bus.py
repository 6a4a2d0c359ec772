"""The default event bus: what AWS's own services announce."""

from collections.abc import Mapping, Sequence
from typing import Any


class EventBus:
    """Takes the events of AWS's services, and delivers each to the targets of the rules that match it."""

    def announce(
        self, source: str, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any], *, region: str
    ) -> None:
        """Take an event; it is delivered in the background, in the order of the calls.

        Args:
            source: ``aws.ecs``, ``aws.cloudwatch``.
            detail_type: ``ECS Task State Change``.
            resources: ARNs.
            detail: of the event, in JSON.
            region: where it happened.
        """
