"""An alarm invokes a policy: what is there now, what the policy asks for, and what comes of it."""

from dataclasses import dataclass

from seatrial.services.autoscaling import texts
from seatrial.services.autoscaling.alarms import side_of
from seatrial.services.autoscaling.arithmetic import Steps, stepped, tracked
from seatrial.services.autoscaling.decision import Situation, decide, step_base, tracking_base
from seatrial.services.autoscaling.records import Policy, Target
from seatrial.services.autoscaling.scaler import Scaler
from seatrial.services.autoscaling.state import AutoscalingState
from seatrial.services.cloudwatch.data import AlarmAction

# Seconds where a policy names no cooldown, by namespace; none for all others
# (API reference, TargetTrackingScalingPolicyConfiguration). Of step scaling it is 300 for all.
_COOLDOWN = 300
_COOLING = {
    **dict.fromkeys(("ecs", "ec2", "elasticmapreduce", "appstream", "rds", "neptune", "sagemaker"), _COOLDOWN),
    "custom-resource": _COOLDOWN,
    "elasticache": 600,
}
# An alarm that is in ALARM acts every minute: an AlarmLow that did not for longer than this is in it no more.
_FRESH = 150


@dataclass(frozen=True)
class _Low:
    """An AlarmLow acted: when, and on which value of the metric."""

    at: float
    value: float


class Invocations:
    """Takes what alarms ask of policies.

    Args:
        state: the state of Application Auto Scaling.
        scaler: carries out.
        minute: seconds of AWS's minute here.
    """

    def __init__(self, state: AutoscalingState, scaler: Scaler, minute: float) -> None:
        self._state = state
        self._scaler = scaler
        self._minute = minute
        self._lows: dict[str, _Low] = {}

    async def act(self, action: AlarmAction) -> None:
        """Do what an alarm asks of the policy that it names; nothing where there is no such policy any more."""
        policy = self._state.policies.get(action.action)
        target = self._state.targets.get(policy.target) if policy else None
        if policy is None or target is None or action.value is None:
            return
        async with self._scaler.alone(target):
            situation = await self._situation(target)
            if situation is None:
                return
            if policy.type == "TargetTrackingScaling":
                await self._track(policy, target, situation, action)
            elif policy.type == "StepScaling":
                await self._step(policy, target, situation, action)

    async def _situation(self, target: Target) -> Situation | None:
        capacity = await self._scaler.read_capacity(target)
        if capacity is None:
            return None
        ended = target.last.ended if target.last else None
        return Situation(
            desired=capacity.desired,
            running=capacity.running,
            minimum=target.minimum,
            maximum=target.maximum,
            deploying=capacity.deploying,
            suspended=target.suspended,
            last=target.last,
            elapsed=None if ended is None else (self._scaler.now() - ended) * 60 / self._minute,
        )

    async def _track(self, policy: Policy, target: Target, situation: Situation, action: AlarmAction) -> None:
        if action.state != "ALARM" or action.alarm_name not in {alarm["AlarmName"] for alarm in policy.alarms}:
            return
        value = action.value or 0.0
        outwards = side_of(action.alarm_name) == "High"
        if outwards:
            # From nothing, ECS scales out by the least that is possible (developer guide, "Service auto scaling").
            proposal = _tracked(policy, tracking_base(situation, outwards=True), value) if situation.desired else 1
        else:
            self._lows[policy.arn] = _Low(self._scaler.now(), value)
            all_in = self._all_in(target, situation)
            if all_in is None:
                return
            proposal = all_in
        decision = decide(situation, proposal, outwards=outwards, tracking=True)
        name = "ScaleOutCooldown" if outwards else "ScaleInCooldown"
        cooldown = policy.configuration.get(name, _COOLING.get(policy.key.namespace, 0))
        cause = texts.alarm_cause(action.alarm_name, action.state, policy.name)
        await self._scaler.carry_out(target, decision, cause, cooldown)

    def _all_in(self, target: Target, situation: Situation) -> int | None:
        """The largest of what the target-tracking policies ask for; None where one of them is not ready to scale in.

        Source: user guide, "Multiple scaling policies": in only where all of them with scale-in enabled are ready.
        """
        proposals = []
        for policy in self._state.policies_of(target):
            if policy.type != "TargetTrackingScaling" or policy.configuration.get("DisableScaleIn"):
                continue
            low = self._lows.get(policy.arn)
            if low is None or self._scaler.now() - low.at > _FRESH * self._minute / 60:
                return None
            proposals.append(_tracked(policy, tracking_base(situation, outwards=False), low.value))
        return max(proposals, default=None)

    async def _step(self, policy: Policy, target: Target, situation: Situation, action: AlarmAction) -> None:
        configuration = policy.configuration
        base = step_base(situation)
        steps = Steps(
            configuration["AdjustmentType"],
            configuration.get("StepAdjustments", []),
            configuration.get("MinAdjustmentMagnitude", 0),
        )
        proposal = stepped(base, (action.value or 0.0) - action.threshold, steps)
        if proposal is None:
            return
        if proposal < base:
            # A scale-in counts from what is there, not from before a scale-out.
            proposal = stepped(situation.desired, (action.value or 0.0) - action.threshold, steps) or 0
        decision = decide(situation, proposal, outwards=proposal >= base, tracking=False)
        cause = texts.alarm_cause(action.alarm_name, action.state, policy.name)
        await self._scaler.carry_out(target, decision, cause, configuration.get("Cooldown", _COOLDOWN))


def _tracked(policy: Policy, base: int, value: float) -> int:
    return tracked(base, value, float(policy.configuration["TargetValue"]))
