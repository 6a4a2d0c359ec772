"""What a metric alarm sees: the datapoints of its evaluation range."""

from collections.abc import Mapping
from typing import Any

from seatrial.services.cloudwatch.alarm import Alarm
from seatrial.services.cloudwatch.evaluation import SPARE_PERIODS
from seatrial.services.cloudwatch.math import evaluate
from seatrial.services.cloudwatch.metrics import Metrics
from seatrial.services.cloudwatch.periods import Window
from seatrial.services.cloudwatch.queries import metric_of, query_set_of
from seatrial.services.cloudwatch.reasons import Datapoint

_HALF = 0.5


def datapoints(metrics: Metrics, alarm: Alarm, now: float) -> list[Datapoint]:
    """The periods that an alarm looks at, oldest first.

    Raises:
        MathError: its expression cannot be worked out.
    """
    period = alarm.period
    window = metrics.minutes.last(now, period, alarm.params["EvaluationPeriods"] + SPARE_PERIODS)
    if queries := alarm.params.get("Metrics"):
        return _of_math(metrics, queries, alarm.region, (window, period))
    statistic = statistic_of(alarm.params)
    found = metrics.samples(metric_of(alarm.params, alarm.region), window, alarm.params.get("Unit"))
    return [
        Datapoint(
            window.at(place), samples.statistic(statistic) if samples else None, samples.count if samples else None
        )
        for place, samples in enumerate(found)
    ]


def statistic_of(params: Mapping[str, Any]) -> str:
    """The statistic of an alarm on one metric, such as ``Average`` or ``p99``."""
    return str(params.get("Statistic") or params.get("ExtendedStatistic") or "Average")


def too_few_samples(params: Mapping[str, Any], points: list[Datapoint]) -> bool:
    """Whether an alarm on a percentile keeps its state because its newest datapoint has too few samples.

    Fewer than 10/(1-percentile) samples, of the lower half 10/percentile (percentiles-with-low-samples).
    """
    statistic = params.get("ExtendedStatistic", "")
    if params.get("EvaluateLowSampleCountPercentile") != "ignore" or not statistic.startswith("p"):
        return False
    share = float(statistic[1:]) / 100
    tail = 1 - share if share >= _HALF else share
    newest = next((point for point in reversed(points) if point.value is not None), None)
    return newest is not None and tail > 0 and (newest.count or 0) < 10 / tail


def _of_math(
    metrics: Metrics, queries: list[dict[str, Any]], region: str, range_: tuple[Window, int]
) -> list[Datapoint]:
    window, period = range_
    query_set = query_set_of(metrics, queries, region, {period: window})
    returned = next(
        query for query, asked in zip(query_set.queries, queries, strict=True) if asked.get("ReturnData", True)
    )
    series = evaluate(query_set, returned)
    points = series[0].points if series else {}
    return [Datapoint(window.at(place), points.get(place * period)) for place in range(window.count)]
