"""The two alarms that AWS makes for a target-tracking policy. Pure.

AlarmHigh: above the target in three datapoints of a minute. AlarmLow: below 90 % of it in fifteen. The figures are
those of the alarms that AWS makes for ECS services.
"""

from seatrial.services.autoscaling.arns import alarm_arn, alarm_name
from seatrial.services.autoscaling.metrics import metric
from seatrial.services.autoscaling.records import Json, Key, Policy

HIGH_DATAPOINTS = 3
LOW_DATAPOINTS = 15
LOW_SHARE = 0.9


def sides(configuration: Json) -> list[str]:
    """The alarms of a policy: without scale-in there is no AlarmLow."""
    return ["High"] if configuration.get("DisableScaleIn") else ["High", "Low"]


def named(key: Key, configuration: Json, before: list[Json]) -> list[Json]:
    """``Alarms`` of a target-tracking policy; those that it has already keep their names."""
    if metric(key, configuration) is None:
        return []
    kept = {side: alarm for side in sides(configuration) for alarm in before if side_of(alarm["AlarmName"]) == side}
    made = {side: alarm_name(key, side) for side in sides(configuration) if side not in kept}
    return [
        kept.get(side) or {"AlarmName": made[side], "AlarmARN": alarm_arn(key, made[side])}
        for side in sides(configuration)
    ]


def side_of(alarm: str) -> str:
    """``High`` or ``Low``."""
    return "High" if "-AlarmHigh-" in alarm else "Low"


def put(policy: Policy) -> list[Json]:
    """What CloudWatch's PutMetricAlarm is asked, for each alarm of a policy."""
    measured = metric(policy.key, policy.configuration) if policy.alarms else None
    return [_put(policy, alarm["AlarmName"], measured) for alarm in policy.alarms] if measured else []


def _put(policy: Policy, name: str, measured: Json) -> Json:
    target = float(policy.configuration["TargetValue"])
    high = side_of(name) == "High"
    datapoints = HIGH_DATAPOINTS if high else LOW_DATAPOINTS
    return {
        "AlarmName": name,
        "AlarmDescription": f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.arn}.",
        "ActionsEnabled": True,
        "AlarmActions": [policy.arn],
        "OKActions": [],
        "InsufficientDataActions": [],
        "EvaluationPeriods": datapoints,
        "Threshold": target if high else round(target * LOW_SHARE, 10),
        "ComparisonOperator": "GreaterThanThreshold" if high else "LessThanThreshold",
        "TreatMissingData": "missing",
        **measured,
    }
