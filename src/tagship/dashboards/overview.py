"""The overview: from what people see inwards, to what it runs on."""

import json
from collections.abc import Iterator
from typing import Final

from grafana_foundation_sdk.builders.dashboard import CustomVariable, Dashboard, Row
from grafana_foundation_sdk.cog.builder import Builder
from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.models.dashboard import (
    DashboardCursorSync,
    Panel,
    VariableOption,
)

from tagship.dashboards import questions
from tagship.dashboards.panels import EDGE_REGION, EVERY, WHOLE, Metric, Place, counted, lines, table
from tagship.dashboards.subject import DISTRIBUTION, LOAD_BALANCER, Subject

_HALF: Final = WHOLE // 2
_THIRD: Final = WHOLE // 3
_STEPS: Final = ("minute", "hour", "day")


def overview(subject: Subject) -> str:
    """The dashboard's JSON, as short as it can be: it travels in a task definition."""
    dashboard = (
        Dashboard(subject.title)
        .uid("overview")
        .tags(["tagship"])
        .timezone("browser")
        .time("now-24h", "now")
        .tooltip(DashboardCursorSync.CROSSHAIR)
        .readonly()
    )
    if subject.traffic:
        dashboard = dashboard.with_variable(_step())
    for title, panels in _rows(subject):
        dashboard = dashboard.with_row(Row(title))
        for panel in panels:
            dashboard = dashboard.with_panel(panel)
    built = dashboard.build()
    for number, placed in enumerate(built.panels or [], start=1):
        placed.id_val = number
    return json.dumps(built, cls=JSONEncoder, separators=(",", ":"))


def _step() -> CustomVariable:
    """How finely logs are counted. Grafana's own step would make a question of every width of a window."""
    options = [VariableOption(text=step, value=step, selected=step == "hour") for step in _STEPS]
    chosen = next(option for option in options if option.selected)
    return CustomVariable("step").label("Logs by").values(",".join(_STEPS)).options(options).current(chosen)


def _rows(subject: Subject) -> Iterator[tuple[str, list[Builder[Panel]]]]:
    yield "CloudFront", _edge()
    if subject.traffic:
        yield "Traffic", _traffic()
    if subject.firewall:
        yield "Firewall", _firewall()
    yield "Load balancer", _load_balancer(subject)
    yield "Services", _services(subject)
    if subject.database is not None:
        yield "Database", _database(subject, subject.database)


def _edge() -> list[Builder[Panel]]:
    place = Place(EDGE_REGION, "AWS/CloudFront", {"DistributionId": DISTRIBUTION, "Region": "Global"})
    errors = [Metric("4xxErrorRate", "Average", "4xx"), Metric("5xxErrorRate", "Average", "5xx")]
    return [
        lines("Requests", "short", place, [Metric("Requests", "Sum", "requests")], width=_THIRD),
        lines("Error rates", "percent", place, errors, width=_THIRD),
        lines("Traffic", "bytes", place, [Metric("BytesDownloaded", "Sum", "down")], width=_THIRD),
    ]


def _traffic() -> list[Builder[Panel]]:
    percent = {"client_errors": "percent", "server_errors": "percent"}
    return [
        counted("Requests by status", questions.BY_TIME),
        table("By country", questions.BY_COUNTRY, {"bytes": "bytes", **percent}),
        table("By status and result", questions.BY_STATUS, {"seconds_p95": "s"}),
    ]


def _firewall() -> list[Builder[Panel]]:
    return [
        table("By rule and country", questions.BY_RULE),
        table("By what was found", questions.BY_LABEL),
    ]


def _load_balancer(subject: Subject) -> list[Builder[Panel]]:
    place = Place(subject.region, "AWS/ApplicationELB", {"LoadBalancer": LOAD_BALANCER})
    times = [Metric("TargetResponseTime", "p50", "p50"), Metric("TargetResponseTime", "p95", "p95")]
    errors = [
        Metric("HTTPCode_Target_5XX_Count", "Sum", "by services"),
        Metric("HTTPCode_ELB_5XX_Count", "Sum", "by the load balancer"),
    ]
    return [
        lines("Requests", "short", place, [Metric("RequestCount", "Sum", "requests")], width=_THIRD),
        lines("Response time", "s", place, times, width=_THIRD),
        lines("Server errors", "short", place, errors, width=_THIRD),
    ]


def _services(subject: Subject) -> list[Builder[Panel]]:
    place = Place(subject.region, "AWS/ECS", {"ClusterName": subject.cluster, "ServiceName": EVERY})
    label = "${PROP('Dim.ServiceName')}"
    return [
        lines("CPU", "percent", place, [Metric("CPUUtilization", "Average", label)], width=_HALF),
        lines("Memory", "percent", place, [Metric("MemoryUtilization", "Average", label)], width=_HALF),
    ]


def _database(subject: Subject, cluster: str) -> list[Builder[Panel]]:
    """By role, so that the lines go on when a reader becomes the writer."""
    place = Place(subject.region, "AWS/RDS", {"DBClusterIdentifier": cluster, "Role": EVERY})
    whole = Place(subject.region, "AWS/RDS", {"DBClusterIdentifier": cluster})
    label = "${PROP('Dim.Role')}"
    panels = [
        lines("CPU", "percent", place, [Metric("CPUUtilization", "Average", label)], width=_THIRD),
        lines("Connections", "short", place, [Metric("DatabaseConnections", "Average", label)], width=_THIRD),
        lines("Replica lag", "ms", place, [Metric("AuroraReplicaLag", "Maximum", label)], width=_THIRD),
    ]
    if subject.serverless:
        capacity = [Metric("ServerlessDatabaseCapacity", "Average", "ACUs")]
        panels.append(lines("Capacity", "short", whole, capacity, width=WHOLE))
    return panels
