"""How much capacity a policy asks for. Pure.

Sources, all in the Application Auto Scaling user guide: "How target tracking scaling works", "How step scaling
works", and its sections on cooldowns.
"""

import itertools
import math
import operator
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# So that 3 tasks at 50 % for a target of 50 % stay 3, whatever a binary fraction makes of it.
_ROUNDING = 1e-9


@dataclass(frozen=True)
class Steps:
    """A step-scaling policy.

    Args:
        kind: ``ChangeInCapacity``, ``ExactCapacity`` or ``PercentChangeInCapacity``.
        steps: AWS's ``StepAdjustments``.
        magnitude: the least change of a ``PercentChangeInCapacity``.
    """

    kind: str
    steps: Sequence[Mapping[str, Any]]
    magnitude: int = 0


def tracked(current: int, metric: float, target: float) -> int:
    """The capacity at which the metric of this capacity would be at its target, rounded up."""
    return max(0, math.ceil(current * metric / target - _ROUNDING))


def stepped(current: int, breach: float, policy: Steps) -> int | None:
    """The capacity that a step-scaling policy asks for.

    Args:
        current: the capacity now.
        breach: the metric less the alarm's threshold.
        policy: its steps.

    Returns:
        None where no step covers this breach.
    """
    step = _step(breach, policy.steps)
    if step is None:
        return None
    adjustment = int(step["ScalingAdjustment"])
    if policy.kind == "ExactCapacity":
        return adjustment
    if policy.kind == "ChangeInCapacity":
        return max(0, current + adjustment)
    change = _rounded(current * adjustment / 100)
    if change and abs(change) < policy.magnitude:
        change = int(math.copysign(policy.magnitude, change))
    return max(0, current + change)


def wrong_steps(steps: Sequence[Mapping[str, Any]]) -> str:
    """Which of AWS's rules these steps break (API reference, StepAdjustment); empty where they keep them all."""
    spans = sorted(_bounds(step) for step in steps)
    open_below = [math.isinf(lower) for lower, _ in spans]
    open_above = [math.isinf(upper) for _, upper in spans]
    lowest, highest = spans[0][0], spans[-1][1]
    rules = {
        "The upper and lower bound can't be null in the same step adjustment.": any(
            map(operator.and_, open_below, open_above)
        ),
        "The upper bound must be greater than the lower bound.": any(upper <= lower for lower, upper in spans),
        "At most one step adjustment can have a null lower bound, and one a null upper bound.": (
            sum(open_below) > 1 or sum(open_above) > 1
        ),
        "The ranges of the step adjustments can't overlap or have a gap.": any(
            before[1] != after[0] for before, after in itertools.pairwise(spans)
        ),
        "With a negative lower bound, there must be a step adjustment with a null lower bound.": (
            lowest < 0 and not any(open_below)
        ),
        "With a positive upper bound, there must be a step adjustment with a null upper bound.": (
            highest > 0 and not any(open_above)
        ),
    }
    return next((sentence for sentence, broken in rules.items() if broken), "")


def _rounded(change: float) -> int:
    """Towards zero, but never to zero: 12.7 is 12, 0.67 is 1, -0.58 is -1, -6.67 is -6."""
    whole = math.trunc(change + math.copysign(_ROUNDING, change))
    return whole if whole or not change else int(math.copysign(1, change))


def _step(breach: float, steps: Sequence[Mapping[str, Any]]) -> Mapping[str, Any] | None:
    """The step that covers a breach.

    Above the threshold the lower bound belongs to the step, below it the upper one. At the threshold itself it
    depends on the alarm's operator, which a step tells by the bound that is there.
    """
    if breach >= 0:
        for step in steps:
            lower, upper = _bounds(step)
            if lower <= breach < upper:
                return step
    if breach <= 0:
        for step in steps:
            lower, upper = _bounds(step)
            if lower < breach <= upper:
                return step
    return None


def _bounds(step: Mapping[str, Any]) -> tuple[float, float]:
    return (
        float(step.get("MetricIntervalLowerBound", -math.inf)),
        float(step.get("MetricIntervalUpperBound", math.inf)),
    )
