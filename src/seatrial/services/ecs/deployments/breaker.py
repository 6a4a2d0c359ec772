"""The deployment circuit breaker's arithmetic, and how long a failing service waits. Pure.

Source: developer guide, "How the Amazon ECS deployment circuit breaker detects failures".
"""

from collections.abc import Mapping
from math import ceil
from typing import Any

DEFAULT_PERCENT = 50
BOUNDS = (3, 200)
IMPAIRED_AFTER = 3
"""Failed tasks in a row after which ECS says that it cannot start tasks consistently."""


def threshold(desired: int, configuration: Mapping[str, Any]) -> int:
    """How many failed tasks fail a deployment.

    Args:
        desired: the service's latest desired count.
        configuration: ``deploymentCircuitBreaker``; its ``thresholdConfiguration`` defaults to BOUNDED_PERCENT 50.

    Returns:
        COUNT: the value itself; percentages: of ``desired``, rounded up; BOUNDED_PERCENT: within 3 and 200.
    """
    rule = configuration.get("thresholdConfiguration") or {}
    kind, value = rule.get("type", "BOUNDED_PERCENT"), rule.get("value", DEFAULT_PERCENT)
    if kind == "COUNT":
        return int(value)
    share: int = ceil(desired * value / 100)
    return share if kind == "UNBOUNDED_PERCENT" else min(BOUNDS[1], max(BOUNDS[0], share))


def resets_on_healthy(configuration: Mapping[str, Any]) -> bool:
    """Whether a task that becomes healthy sets the count of failures to zero."""
    return bool(configuration.get("resetOnHealthyTask", True))


def backoff(failed_in_a_row: int, *, base: float, limit: float) -> float:
    """Seconds to wait before the next start: nothing after the first failure, then doubling."""
    return 0.0 if failed_in_a_row <= 1 else float(min(limit, base * 2 ** min(failed_in_a_row - 2, 30)))
