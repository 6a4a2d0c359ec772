"""Which metric a target-tracking policy tracks, as CloudWatch's PutMetricAlarm takes it. Pure.

Source: Application Auto Scaling user guide, "Predefined metrics for target tracking scaling policies", and the
documentation of the metrics of Amazon ECS, Application Load Balancers and Aurora.
"""

from typing import Any

from seatrial.services.autoscaling.errors import invalid
from seatrial.services.autoscaling.records import Json, Key

PERIOD = 60

_ECS = {"ECSServiceAverageCPUUtilization": "CPUUtilization", "ECSServiceAverageMemoryUtilization": "MemoryUtilization"}
_RDS = {
    "RDSReaderAverageCPUUtilization": "CPUUtilization",
    "RDSReaderAverageDatabaseConnections": "DatabaseConnections",
}
_ALB = "ALBRequestCountPerTarget"


def metric(key: Key, configuration: Json) -> Json | None:
    """The metric's part of an alarm; None for predefined metrics of services that are not scaled here.

    Raises:
        AwsCallError: ``ValidationException``.
    """
    predefined = configuration.get("PredefinedMetricSpecification")
    customized = configuration.get("CustomizedMetricSpecification")
    if (predefined is None) == (customized is None):
        raise invalid("You must specify either a predefined metric or a customized metric.")
    return _predefined(key, predefined) if predefined else _customized(customized or {})


def _predefined(key: Key, specification: Json) -> Json | None:
    kind, label = specification["PredefinedMetricType"], specification.get("ResourceLabel")
    if label and kind != _ALB:
        raise invalid(f"You can't specify a resource label for the metric type {kind}.")
    if kind in _ECS and key.namespace == "ecs":
        _, cluster, service = key.resource.split("/", 2)
        return _statistic("AWS/ECS", _ECS[kind], {"ClusterName": cluster, "ServiceName": service}, Unit="Percent")
    if kind in _RDS and key.namespace == "rds":
        dimensions = {"DBClusterIdentifier": key.resource.partition(":")[2], "Role": "READER"}
        return _statistic("AWS/RDS", _RDS[kind], dimensions)
    if kind == _ALB and key.namespace in {"ecs", "ec2"}:
        return _requests(label)
    if key.namespace in {"ecs", "rds"} and not kind.endswith("HighResolution"):
        raise invalid(f"The metric type {kind} is not supported for the service namespace {key.namespace}.")
    return None


def _requests(label: str | None) -> Json:
    """``app/NAME/ID/targetgroup/NAME/ID`` names a load balancer and a target group."""
    balancer, separator, group = (label or "").partition("/targetgroup/")
    if not separator:
        raise invalid(
            "The resource label must have the format app/<load-balancer-name>/<load-balancer-id>/"
            "targetgroup/<target-group-name>/<target-group-id>."
        )
    dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
    return _statistic("AWS/ApplicationELB", "RequestCountPerTarget", dimensions, Statistic="Sum")


def _statistic(namespace: str, name: str, dimensions: dict[str, str], **more: Any) -> Json:  # noqa: ANN401 - AWS's
    return {
        "Namespace": namespace,
        "MetricName": name,
        "Dimensions": [{"Name": key, "Value": value} for key, value in dimensions.items()],
        "Statistic": "Average",
        "Period": PERIOD,
        **more,
    }


def _customized(specification: Json) -> Json:
    if queries := specification.get("Metrics"):
        return {"Metrics": [_query(query) for query in queries]}
    if missing := [name for name in ("MetricName", "Namespace", "Statistic") if name not in specification]:
        raise invalid(f"A customized metric specification needs {', '.join(missing)}.")
    return {
        "Namespace": specification["Namespace"],
        "MetricName": specification["MetricName"],
        "Dimensions": specification.get("Dimensions", []),
        "Statistic": specification["Statistic"],
        "Period": PERIOD,
        **({"Unit": specification["Unit"]} if "Unit" in specification else {}),
    }


def _query(query: Json) -> Json:
    """A policy's query is an alarm's with the period that AWS gives it."""
    if ("Expression" in query) == ("MetricStat" in query):
        raise invalid("Each metric data query must have either Expression or MetricStat, but not both.")
    made: Json = {"ReturnData": True, **query}
    if "MetricStat" in query:
        made["MetricStat"] = {"Period": PERIOD, **query["MetricStat"]}
    else:
        made["Period"] = PERIOD
    return made
