"""Alarms on a CloudWatch by itself: put, measured, evaluated minute by minute."""

from typing import Any

from seatrial.services.cloudwatch.data import Datum
from tests.seatrial.unit.cloudwatch.harness import REGION, START, Harness

NOW = START.timestamp()
SERVICE = {"ClusterName": "shop", "ServiceName": "web"}
DIMENSIONS = [{"Name": name, "Value": value} for name, value in SERVICE.items()]
TOPIC = f"arn:aws:sns:{REGION}:000000000000:pages"
POLICY = f"arn:aws:autoscaling:{REGION}:000000000000:scalingPolicy:1:resource/ecs/service/shop/web:policyName/p"
ARN = f"arn:aws:cloudwatch:{REGION}:000000000000:alarm:"


async def put(harness: Harness, name: str = "high", **changed: Any) -> str:  # noqa: ANN401 - AWS's
    """Put an alarm on CPUUtilization above 80, one of one; its ARN."""
    params = {
        "AlarmName": name,
        "Namespace": "AWS/ECS",
        "MetricName": "CPUUtilization",
        "Dimensions": DIMENSIONS,
        "Statistic": "Average",
        "Period": 60,
        "EvaluationPeriods": 1,
        "DatapointsToAlarm": 1,
        "Threshold": 80.0,
        "ComparisonOperator": "GreaterThanThreshold",
        "AlarmActions": [TOPIC],
        **changed,
    }
    await harness.call("PutMetricAlarm", **{key: value for key, value in params.items() if value is not None})
    return ARN + name


def measured(harness: Harness, value: float, dimensions: dict[str, str] | None = None, ago: int = 60) -> None:
    """One datapoint, so many seconds ago."""
    datum = Datum("CPUUtilization", harness.clock.now().timestamp() - ago, {value: 1}, dimensions or SERVICE, "Percent")
    harness.cloudwatch.record("AWS/ECS", [datum], region=REGION)


async def passed(harness: Harness, *arns: str, value: float | None = None) -> None:
    """A minute passes in which a value was measured; the alarms are evaluated at its end."""
    harness.clock.sleep(60)
    if value is not None:
        measured(harness, value)
    for arn in arns:
        harness.cloudwatch.engine.evaluate(arn)
    await harness.cloudwatch.settle()


async def described(harness: Harness, name: str = "high", **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
    answer = await harness.call("DescribeAlarms", AlarmNames=[name], **params)
    (alarm,) = answer["MetricAlarms"] + answer["CompositeAlarms"]
    found: dict[str, Any] = alarm
    return found
