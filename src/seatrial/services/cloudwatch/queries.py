"""Metric data queries: metrics and expressions over periods, for GetMetricData and for alarms."""

from collections.abc import Mapping, Sequence
from typing import Any

from seatrial.services.cloudwatch.math import Query, QuerySet, Series
from seatrial.services.cloudwatch.metric_calls import dimensions
from seatrial.services.cloudwatch.metric_store import Metric
from seatrial.services.cloudwatch.metrics import Metrics
from seatrial.services.cloudwatch.periods import Window
from seatrial.services.cloudwatch.samples import Samples


def metric_of(about: Mapping[str, Any], region: str) -> Metric:
    """The metric that parameters name with ``Namespace``, ``MetricName`` and ``Dimensions``."""
    return Metric.of(region, about.get("Namespace", ""), about.get("MetricName", ""), dimensions(about))


def read_samples(metrics: Metrics, stat: Mapping[str, Any], region: str, window: Window) -> list[Samples | None]:
    """The samples of a ``MetricStat`` in each period of a window."""
    return metrics.samples(metric_of(stat["Metric"], region), window, stat.get("Unit"))


def read_series(metrics: Metrics, query: Mapping[str, Any], region: str, window: Window) -> Series:
    """The series of a query with a ``MetricStat``; its times are in AWS's seconds since the window's begin."""
    stat = query["MetricStat"]
    found = read_samples(metrics, stat, region, window)
    points = {
        place * stat["Period"]: value
        for place, samples in enumerate(found)
        if samples and (value := samples.statistic(stat["Stat"])) is not None
    }
    label = query.get("Label") or stat["Metric"].get("MetricName", "")
    return Series(points, stat["Period"], label)


def query_set_of(
    metrics: Metrics, queries: Sequence[Mapping[str, Any]], region: str, windows: Mapping[int, Window]
) -> QuerySet:
    """All queries of a call together.

    Args:
        metrics: where they are read.
        queries: ``MetricDataQueries``.
        region: whose metrics.
        windows: the periods that are asked for, by length in AWS's seconds.
    """
    read = [
        Query(
            id=query["Id"],
            series=read_series(metrics, query, region, windows[query["MetricStat"]["Period"]])
            if "MetricStat" in query
            else None,
            expression=query.get("Expression", ""),
            label=query.get("Label", ""),
        )
        for query in queries
    ]
    period = min(windows)
    window = windows[period]
    times = [place * period for place in range(window.count)]
    return QuerySet(read, window.start, times, period, metrics.minutes.width(1))
