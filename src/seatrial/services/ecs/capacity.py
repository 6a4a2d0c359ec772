"""Which capacity provider gets which task. Pure.

Source: API reference, ``CapacityProviderStrategyItem``: first each base, then in the ratio of the weights.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from seatrial.services.ecs.errors import invalid

MOST_PROVIDERS = 20

Strategy = Sequence[Mapping[str, Any]]


def assigned(strategy: Strategy, running: Mapping[str, int], count: int) -> list[str]:
    """The providers of so many new tasks, beside those that run already.

    Args:
        strategy: ``capacityProvider``, ``weight`` and ``base`` of each item.
        running: tasks by provider.
        count: how many more.
    """
    tasks = dict(running)
    chosen = []
    for _ in range(count):
        provider = _next(strategy, tasks)
        tasks[provider] = tasks.get(provider, 0) + 1
        chosen.append(provider)
    return chosen


def check(strategy: Strategy, available: Iterable[str]) -> None:
    """Whether AWS takes this strategy.

    Args:
        strategy: the strategy of the call.
        available: the cluster's capacity providers.

    Raises:
        AwsCallError: ``InvalidParameterException``.
    """
    if len(strategy) > MOST_PROVIDERS:
        raise invalid("A capacity provider strategy can contain a maximum of 20 capacity providers.")
    if any(item["capacityProvider"] not in set(available) for item in strategy):
        raise invalid(
            "The specified capacity provider strategy cannot contain a capacity provider that is not "
            "associated with the cluster. Associate the capacity provider with the cluster and try again."
        )
    if strategy and not any(item.get("weight", 0) > 0 for item in strategy):
        raise invalid("At least one capacity provider in a strategy must have a weight greater than zero.")
    if sum(item.get("base", 0) > 0 for item in strategy) > 1:
        raise invalid("Only one capacity provider in a capacity provider strategy can have a base defined.")


def _next(strategy: Strategy, tasks: Mapping[str, int]) -> str:
    for item in strategy:
        if tasks.get(item["capacityProvider"], 0) < item.get("base", 0):
            return str(item["capacityProvider"])
    weighted = [item for item in strategy if item.get("weight", 0) > 0] or list(strategy)

    def share(item: Mapping[str, Any]) -> float:
        beyond = tasks.get(item["capacityProvider"], 0) - item.get("base", 0)
        return float((max(0, beyond) + 1) / max(1, item.get("weight", 1)))

    return str(min(weighted, key=share)["capacityProvider"])
