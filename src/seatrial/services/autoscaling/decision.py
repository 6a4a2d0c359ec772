"""Whether an alarm changes the capacity, and why not. Pure.

Sources: Application Auto Scaling user guide, "How target tracking scaling works" (cooldowns, several policies),
"How step scaling works" (cooldown), "Scaling activities" (reasons for not scaling), "Suspend and resume scaling";
Amazon ECS developer guide, "Service auto scaling and deployments".
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from seatrial.services.autoscaling.records import LastScaling


@dataclass(frozen=True)
class Situation:
    """A scalable target at the moment in which an alarm acts.

    Args:
        desired: the capacity that is asked for now.
        running: the capacity that is there now.
        minimum: the minimum of the scalable target.
        maximum: the maximum of the scalable target.
        deploying: whether the resource is in a deployment, in which it must not shrink.
        suspended: ``SuspendedState`` of the scalable target.
        last: the newest scaling by a policy.
        elapsed: seconds of AWS's time since that scaling ended; None while it has not.
    """

    desired: int
    running: int
    minimum: int
    maximum: int
    deploying: bool = False
    suspended: Mapping[str, bool] = field(default_factory=dict)
    last: LastScaling | None = None
    elapsed: float | None = None

    @property
    def cooling(self) -> LastScaling | None:
        """The newest scaling where its cooldown still runs."""
        if self.last is None or (self.elapsed is not None and self.elapsed >= self.last.cooldown):
            return None
        return self.last

    @property
    def scaled_out(self) -> LastScaling | None:
        """The newest scaling where it was a scale-out whose cooldown still runs."""
        return self.cooling if self.cooling and self.cooling.after > self.cooling.before else None

    @property
    def scaled_in(self) -> LastScaling | None:
        """The newest scaling where it was a scale-in whose cooldown still runs."""
        return self.cooling if self.cooling and self.cooling.after < self.cooling.before else None


@dataclass(frozen=True)
class Scale:
    """Set the capacity to ``to``, counting from ``before``."""

    to: int
    before: int


@dataclass(frozen=True)
class NotScaled:
    """The capacity stays: one of AWS's codes, and the figures that belong to it."""

    code: str
    figures: Mapping[str, int] = field(default_factory=dict)


Decision = Scale | NotScaled | None
"""None: AWS does nothing, and says nothing."""


def tracking_base(situation: Situation, *, outwards: bool) -> int:
    """The capacity to which a target-tracking policy's metric belongs.

    The metric is that of the tasks that run. What was added in a cooldown is part of the next scale-out, so that
    one counts from the capacity before it. A scale-in counts from what is asked for: it is the larger.
    """
    if outwards and situation.scaled_out:
        return situation.scaled_out.before
    if outwards and situation.running:
        return min(situation.running, situation.desired)
    return situation.desired


def step_base(situation: Situation) -> int:
    """The capacity from which a step-scaling policy counts: in a scale-out's cooldown, the one before it."""
    return situation.scaled_out.before if situation.scaled_out else situation.desired


def decide(situation: Situation, proposal: int, *, outwards: bool, tracking: bool) -> Decision:
    """What a policy's proposal comes to.

    Args:
        situation: the situation of the scalable target.
        proposal: the capacity that the policy asks for.
        outwards: whether its alarm asks for more.
        tracking: whether it is a target-tracking policy.
    """
    return _out(situation, proposal) if outwards else _in(situation, proposal, tracking=tracking)


def _out(situation: Situation, proposal: int) -> Decision:
    if situation.suspended.get("DynamicScalingOutSuspended"):
        return None
    if situation.desired >= situation.maximum:
        return NotScaled("AlreadyAtMaxCapacity", {"MaxCapacity": situation.maximum})
    to = min(max(proposal, situation.minimum), situation.maximum)
    if to > situation.desired:
        # One that is larger than the one before it goes ahead in a cooldown, and counts from where that one did.
        before = situation.scaled_out.before if situation.scaled_out else situation.desired
        return Scale(to, before)
    if situation.scaled_out:
        return None
    return NotScaled("AlreadyAtDesiredCapacity", {"CurrentCapacity": situation.desired})


def _in(situation: Situation, proposal: int, *, tracking: bool) -> Decision:
    if situation.suspended.get("DynamicScalingInSuspended"):
        return None
    if situation.desired <= situation.minimum:
        return NotScaled("AlreadyAtMinCapacity", {"MinCapacity": situation.minimum})
    if situation.deploying:
        return NotScaled("TargetServicePutResourceAsUnscalable", {"CurrentCapacity": situation.desired})
    if situation.scaled_in:
        return None
    to = max(min(proposal, situation.maximum), situation.minimum)
    if to < situation.desired:
        return Scale(to, situation.desired)
    # One task less, and the metric would be above its target: the next alarm would bring the task back.
    code = "AutoScalingAnticipatedFlapping" if tracking else "AlreadyAtDesiredCapacity"
    return NotScaled(code, {"CurrentCapacity": situation.desired})


def within(desired: int, minimum: int, maximum: int) -> tuple[int, str] | None:
    """What brings a capacity into its bounds, and AWS's words for the cause; None where it is inside already."""
    if desired < minimum:
        return minimum, f"minimum capacity was set to {minimum}"
    if desired > maximum:
        return maximum, f"maximum capacity was set to {maximum}"
    return None
