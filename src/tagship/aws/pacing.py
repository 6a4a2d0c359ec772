"""Keeps this program within AWS's request quotas, before AWS has to say so.

A quota belongs to everybody in the account and region, and ECS itself, the console and other pipelines call too. A call
beyond it is refused, and the SDK then slows down every call of that client, a rollout's watching too. A release of one
service never comes near; one of a hundred registers more revisions than AWS takes in a minute.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from threading import Lock
from typing import Final, Protocol

from tagship.base.clock import Clock

SHARE: Final = 0.9
"""The largest share of a quota that is used."""


class Hooks(Protocol):
    """Where botocore takes its handlers."""

    def register(self, event_name: str, handler: Callable[..., None]) -> None:
        """Call the handler whenever this happens."""
        ...


@dataclass
class Bucket:
    """Tokens that come back with time; pure but for what it holds.

    Args:
        burst: how many calls at once.
        rate: calls that come back in a second.
    """

    burst: float
    rate: float
    _tokens: float | None = field(default=None, init=False)
    _at: float = field(default=0.0, init=False)

    def take(self, now: float) -> float:
        """Take a token; returns the seconds to wait until it is there.

        Args:
            now: seconds of a monotonic clock.
        """
        held = self.burst if self._tokens is None else self._tokens
        held = min(self.burst, held + (now - self._at) * self.rate)
        self._tokens, self._at = held - 1, now
        return max(0.0, -self._tokens / self.rate)


_QUOTAS: Final[tuple[tuple[str, float, float, str], ...]] = (
    ("ecs", 20, 1, "RegisterTaskDefinition DeregisterTaskDefinition"),
    ("ecs", 50, 20, "DescribeTaskDefinition ListTaskDefinitions"),
    ("ecs", 5, 1, "DeleteTaskDefinitions"),
    ("ecs", 50, 5, "UpdateService"),
    ("ecs", 100, 20, "DescribeServices ListServices"),
    ("ecs", 50, 20, "DescribeServiceDeployments ListServiceDeployments"),
    ("ecs", 50, 20, "DescribeServiceRevisions"),
    ("ecs", 100, 20, "DescribeTasks ListTasks"),
    ("ecs", 100, 40, "RunTask StopTask ExecuteCommand"),
    ("elastic-load-balancing-v2", 40, 10, "DescribeTargetHealth DescribeTargetGroups"),
    ("cloudwatch-logs", 5, 5, "FilterLogEvents"),
    ("cloudwatch-logs", 10, 10, "GetLogEvents"),
)
"""Service as botocore's events name it, burst, calls a second, and the operations that share them.

Sources: "Request throttling for the Amazon ECS API", "Request throttling for the Elastic Load Balancing API", and
"CloudWatch Logs quotas", of each the region with the fewest.
"""


class Pacing:
    """Holds calls back for as long as their quota asks for.

    Args:
        clock: tells time and waits.
    """

    def __init__(self, clock: Clock) -> None:
        self._clock = clock
        self._taking = Lock()
        self._buckets: Mapping[str, Bucket] = dict(_buckets())

    def listen(self, hooks: Hooks) -> None:
        """Hold back every attempt of a call, the SDK's own repetitions too."""
        for service in sorted({service for service, *_ in _QUOTAS}):
            hooks.register(f"before-send.{service}", self.before_send)

    def before_send(self, event_name: str, **_: object) -> None:
        """Wait for the call's token.

        Args:
            event_name: ``before-send.ecs.UpdateService``.
        """
        bucket = self._buckets.get(event_name.partition(".")[2])
        if bucket is None:
            return
        with self._taking:
            seconds = bucket.take(self._clock.monotonic())
        if seconds:
            self._clock.sleep(seconds)


def _buckets() -> list[tuple[str, Bucket]]:
    """By ``ecs.UpdateService``; operations of one quota share one."""
    found: list[tuple[str, Bucket]] = []
    for service, burst, rate, operations in _QUOTAS:
        bucket = Bucket(burst * SHARE, rate * SHARE)
        found += [(f"{service}.{operation}", bucket) for operation in operations.split()]
    return found
