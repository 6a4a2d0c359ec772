"""Scaling policies, and the alarms of those that track a target."""

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.autoscaling import alarms
from seatrial.services.autoscaling.arithmetic import wrong_steps
from seatrial.services.autoscaling.arns import policy_arn
from seatrial.services.autoscaling.errors import alarms_failed, invalid, not_found
from seatrial.services.autoscaling.operations.call import Call, Handler
from seatrial.services.autoscaling.records import Json, Policy, Target
from seatrial.services.autoscaling.scaler import Scaler
from seatrial.services.autoscaling.state import AutoscalingState

_CONFIGURATIONS = {
    "StepScaling": "StepScalingPolicyConfiguration",
    "TargetTrackingScaling": "TargetTrackingScalingPolicyConfiguration",
    "PredictiveScaling": "PredictiveScalingPolicyConfiguration",
}
_MOST = 10


class PolicyOperations:
    """Answers what is asked of scaling policies.

    Args:
        state: the state of Application Auto Scaling.
        scaler: tells time.
        aws: the embedded AWS, for its CloudWatch.
    """

    def __init__(self, state: AutoscalingState, scaler: Scaler, aws: Aws) -> None:
        self._state = state
        self._scaler = scaler
        self._aws = aws

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "PutScalingPolicy": self._put,
            "DescribeScalingPolicies": self._describe,
            "DeleteScalingPolicy": self._delete,
        }

    async def remove(self, policy: Policy) -> None:
        """Delete a policy, and its alarms with it."""
        self._state.forget(policy)
        await self._delete_alarms(policy, policy.alarms)

    async def _put(self, call: Call) -> Json:
        target = self._state.target(call.key)
        if target is None:
            raise not_found("No scalable target registered", *call.key[2:])
        before = self._policy(target, call.params["PolicyName"])
        policy = self._made(call, target, before)
        # Remembered before its alarms are made: whoever dies in between leaves no alarm that nobody knows.
        self._state.save(policy)
        try:
            for alarm in alarms.put(policy):
                await self._aws.call("cloudwatch", "PutMetricAlarm", region=policy.key.region, **alarm)
        except AwsCallError as error:
            if before:
                self._state.save(before)
            else:
                await self.remove(policy)
            raise alarms_failed(error.message) from error
        if before:
            kept = {alarm["AlarmName"] for alarm in policy.alarms}
            await self._delete_alarms(before, [alarm for alarm in before.alarms if alarm["AlarmName"] not in kept])
        return {"PolicyARN": policy.arn, "Alarms": policy.alarms}

    def _made(self, call: Call, target: Target, before: Policy | None) -> Policy:
        params = call.params
        kind = params.get("PolicyType", before.type if before else "StepScaling")
        configuration = params.get(_CONFIGURATIONS[kind], before.configuration if before else None)
        if configuration is None:
            raise invalid(f"The policy type {kind} needs a {_CONFIGURATIONS[kind]}.")
        if before and before.type != kind:
            raise invalid("The type of a scaling policy cannot be changed.")
        if kind == "StepScaling":
            _check_steps(configuration)
        tracking = kind == "TargetTrackingScaling"
        if tracking and configuration["TargetValue"] <= 0:
            raise invalid("The target value must be greater than 0.")
        return Policy(
            arn=before.arn if before else policy_arn(call.key, params["PolicyName"]),
            target=target.arn,
            key=call.key,
            name=params["PolicyName"],
            type=kind,
            configuration=configuration,
            created=before.created if before else self._scaler.now(),
            alarms=alarms.named(call.key, configuration, before.alarms if before else []) if tracking else [],
        )

    async def _describe(self, call: Call) -> Json:
        names = call.params.get("PolicyNames")
        found = [
            policy
            for policy in self._state.policies.values()
            if call.names(policy.key) and (not names or policy.name in names)
        ]
        answer = call.page("ScalingPolicies", found, _MOST, _view)
        for described in answer["ScalingPolicies"]:
            if described["PolicyType"] == "StepScaling":
                described["Alarms"] = await self._alarms_naming(described["PolicyARN"], call.region)
        return answer

    async def _delete(self, call: Call) -> Json:
        target = self._state.target(call.key)
        policy = self._policy(target, call.params["PolicyName"]) if target else None
        if policy is None:
            raise not_found("No scaling policy found", *call.key[2:])
        await self.remove(policy)
        return {}

    def _policy(self, target: Target, name: str) -> Policy | None:
        return next((policy for policy in self._state.policies_of(target) if policy.name == name), None)

    async def _alarms_naming(self, arn: str, region: str) -> list[Json]:
        """The alarms that users made for a policy."""
        try:
            answer = await self._aws.call("cloudwatch", "DescribeAlarms", region=region, ActionPrefix=arn)
        except AwsCallError as error:
            raise alarms_failed(error.message) from error
        return [
            {"AlarmName": alarm["AlarmName"], "AlarmARN": alarm["AlarmArn"]}
            for alarm in answer.get("MetricAlarms", [])
            if arn in alarm.get("AlarmActions", [])
        ]

    async def _delete_alarms(self, policy: Policy, gone: list[Json]) -> None:
        """One by one: CloudWatch deletes none of several where one is not there (API reference, DeleteAlarms)."""
        for alarm in gone:
            try:
                await self._aws.call(
                    "cloudwatch", "DeleteAlarms", region=policy.key.region, AlarmNames=[alarm["AlarmName"]]
                )
            except AwsCallError as error:
                # One that somebody has deleted already is gone, too.
                if "NotFound" not in error.code:
                    raise alarms_failed(error.message) from error


def _check_steps(configuration: Json) -> None:
    steps = configuration.get("StepAdjustments")
    if not steps or "AdjustmentType" not in configuration:
        raise invalid("A step scaling policy needs an adjustment type and at least one step adjustment.")
    if configuration["AdjustmentType"] == "ExactCapacity" and any(step["ScalingAdjustment"] < 0 for step in steps):
        raise invalid("For exact capacity, you must specify a non-negative value.")
    if wrong := wrong_steps(steps):
        raise invalid(wrong)


def _view(policy: Policy) -> Json:
    return {
        "PolicyARN": policy.arn,
        "PolicyName": policy.name,
        "ServiceNamespace": policy.key.namespace,
        "ResourceId": policy.key.resource,
        "ScalableDimension": policy.key.dimension,
        "PolicyType": policy.type,
        _CONFIGURATIONS[policy.type]: policy.configuration,
        "Alarms": policy.alarms,
        "CreationTime": policy.created,
    }
