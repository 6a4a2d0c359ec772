"""Log events become samples of metrics. Pure.

Source: CloudWatch Logs user guide, "Configuring metric values for a metric filter"; API reference,
``MetricTransformation``: ``defaultValue`` is the value "to emit when a filter pattern does not match a log event".
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seatrial.services.cloudwatch.data import Datum
from seatrial.services.logs.pattern import Pattern, parse
from seatrial.services.logs.terms import Terms
from seatrial.services.logs.values import InvalidPattern, number_of

Json = Mapping[str, Any]
MOST_DIMENSIONS = 3


@dataclass(frozen=True)
class MetricFilter:
    """A metric filter of one log group.

    Args:
        pattern: which events.
        transformations: AWS's ``metricTransformations``.
        created: milliseconds since 1970; a filter sees no events from before ("Filters do not retroactively
            filter data").
    """

    pattern: Pattern
    transformations: Sequence[Json]
    created: int


@dataclass(frozen=True)
class _Series:
    """One metric in one period."""

    namespace: str
    name: str
    dimensions: tuple[tuple[str, str], ...]
    unit: str
    at: float


def filters_of(described: Iterable[Json]) -> list[MetricFilter]:
    """The filters of ``DescribeMetricFilters``; one with a pattern that cannot be read matches nothing."""
    found = []
    for item in described:
        try:
            pattern = parse(item.get("filterPattern", ""))
        except InvalidPattern:
            continue
        found.append(MetricFilter(pattern, item.get("metricTransformations", ()), item.get("creationTime", 0)))
    return found


def evaluate(
    filters: Iterable[MetricFilter], events: Sequence[Json], period: float, ingested: float
) -> dict[str, list[Datum]]:
    """What these events add to metrics, by namespace.

    Args:
        filters: the filters of the events' log group.
        events: AWS's ``logEvents``: ``timestamp`` in milliseconds and ``message``.
        period: seconds that a minute takes; a sample's time is the beginning of the period that it is in.
        ingested: when, in seconds since 1970. An event that is at most a minute old counts then: its own minute may
            be over already where minutes pass faster, and no alarm would see it.
    """
    series: dict[_Series, dict[float, float]] = defaultdict(lambda: defaultdict(float))
    for metric_filter in filters:
        for event in events:
            message, at = event.get("message", ""), period_start(_counted_at(event, period, ingested), period)
            matched = metric_filter.pattern.match(message) is not None
            for transformation in metric_filter.transformations:
                value = _value(metric_filter.pattern, transformation, message, matched=matched)
                dimensions = _dimensions(metric_filter.pattern, transformation, message)
                if value is not None and dimensions is not None:
                    unit = transformation.get("unit") or "None"
                    name, namespace = transformation["metricName"], transformation["metricNamespace"]
                    series[_Series(namespace, name, dimensions, unit, at)][value] += 1
    data: dict[str, list[Datum]] = defaultdict(list)
    for key, samples in series.items():
        data[key.namespace].append(Datum(key.name, key.at, dict(samples), dict(key.dimensions), key.unit))
    return dict(data)


def _counted_at(event: Json, period: float, ingested: float) -> float:
    own: float = event.get("timestamp", 0) / 1000
    return ingested if 0 <= ingested - own <= period else own


def period_start(at: float, period: float) -> float:
    """The beginning of the period that a time is in."""
    return math.floor(at / period) * period


def refusal(pattern: str, transformations: Sequence[Json]) -> str | None:
    """Why ``PutMetricFilter`` refuses a filter (``InvalidParameterException``); None where it does not."""
    try:
        parsed = parse(pattern)
    except InvalidPattern as error:
        return str(error)
    for transformation in transformations:
        dimensions = transformation.get("dimensions") or {}
        if dimensions and transformation.get("defaultValue") is not None:
            return "Invalid metric transformation: dimensions and default value are mutually exclusive properties."
        if len(dimensions) > MOST_DIMENSIONS:
            return f"Invalid metric transformation: at most {MOST_DIMENSIONS} dimensions."
        if dimensions and isinstance(parsed, Terms):
            return "Invalid metric transformation: dimensions need a JSON or a space-delimited filter pattern."
        value = str(transformation.get("metricValue", ""))
        if number_of(value) is None and not value.startswith("$"):
            return f"Invalid metric transformation: the metric value {value} is neither a number nor a field."
    return None


def _value(pattern: Pattern, transformation: Json, message: str, *, matched: bool) -> float | None:
    if not matched:
        default = transformation.get("defaultValue")
        return None if default is None else float(default)
    value = str(transformation["metricValue"])
    return number_of(pattern.value(message, value)) if value.startswith("$") else number_of(value)


def _dimensions(pattern: Pattern, transformation: Json, message: str) -> tuple[tuple[str, str], ...] | None:
    """The dimensions by name; None where the event lacks one of the fields."""
    wanted = transformation.get("dimensions") or {}
    found = [(name, pattern.value(message, field)) for name, field in sorted(wanted.items())]
    return None if any(value is None for _, value in found) else tuple((name, value or "") for name, value in found)
