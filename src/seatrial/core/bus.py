"""The default event bus: what AWS's own services announce."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True)
class Announcement:
    """An event before it has an id and a time."""

    source: str
    detail_type: str
    resources: Sequence[str]
    detail: Mapping[str, Any]
    region: str


class EventBus:
    """Takes the events of AWS's services, and delivers each to the targets of the rules that match it.

    What is announced while EventBridge does not run is lost, as AWS calls its services' events best effort.
    """

    def __init__(self) -> None:
        self._take: Callable[[Announcement], None] | None = None

    def connect(self, take: Callable[[Announcement], None] | None) -> None:
        """From now on announcements go there; with None, nowhere."""
        self._take = take

    def announce(
        self, source: str, detail_type: str, resources: Sequence[str], detail: Mapping[str, Any], *, region: str
    ) -> None:
        """Take an event; it is delivered in the background, in the order of the calls. Call it on the server's loop.

        Args:
            source: ``aws.ecs``, ``aws.cloudwatch``.
            detail_type: ``ECS Task State Change``.
            resources: ARNs.
            detail: the detail of the event, in JSON.
            region: where it happened.
        """
        if self._take is not None:
            self._take(Announcement(source, detail_type, tuple(resources), detail, region))
