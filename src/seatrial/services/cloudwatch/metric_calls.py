"""PutMetricData, GetMetricStatistics and ListMetrics."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from math import isfinite
from typing import Any

from seatrial.core.internal import AwsCallError
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.cloudwatch.metric_store import Metric
from seatrial.services.cloudwatch.metrics import Metrics
from seatrial.services.cloudwatch.paging import page
from seatrial.services.cloudwatch.samples import STATISTICS, Samples, is_statistic

_DAY = 86400
_MOST_DATAPOINTS = 1440
_LISTED_DAYS = 14
_LISTED_AT_ONCE = 500
_SHORT_PERIODS = {1, 5, 10, 20, 30}
_MOST_VALUES = 150


def put_metric_data(metrics: Metrics, params: Mapping[str, Any], region: str, now: float) -> dict[str, Any]:
    """PutMetricData.

    Raises:
        AwsCallError: a datum is not one.
    """
    namespace: str = params["Namespace"]
    if namespace.startswith("AWS/"):
        raise _invalid(f"The value {namespace} for parameter Namespace is invalid.")
    entities = (entity.get("MetricData", ()) for entity in params.get("EntityMetricData", ()))
    data = [*params.get("MetricData", ()), *(datum for part in entities for datum in part)]
    if not data:
        raise AwsCallError("MissingParameter", "The parameter MetricData is required.")
    for place, datum in enumerate(data, 1):
        _check(datum, f"MetricData.member.{place}", now)
    metrics.record(region, namespace, [_datum(datum, now) for datum in data if "StatisticValues" not in datum])
    for datum in data:
        if "StatisticValues" in datum:
            metric = Metric.of(region, namespace, datum["MetricName"], dimensions(datum))
            metrics.add(metric, _at(datum, now), datum.get("Unit", "None"), _statistic_set(datum["StatisticValues"]))
    return {}


def get_metric_statistics(metrics: Metrics, params: Mapping[str, Any], region: str) -> dict[str, Any]:
    """GetMetricStatistics: one datapoint for each period and unit, oldest first (AWS promises no order).

    Raises:
        AwsCallError: the parameters do not fit together.
    """
    start, end, period = params["StartTime"].timestamp(), params["EndTime"].timestamp(), params["Period"]
    wanted = [*params.get("Statistics", ()), *params.get("ExtendedStatistics", ())]
    check_period(period)
    if start >= end:
        raise _invalid("The parameter StartTime must be less than the parameter EndTime.")
    if not wanted:
        raise AwsCallError("MissingParameter", "Must specify either Statistics or ExtendedStatistics.")
    if unknown := next((name for name in wanted if not is_statistic(name)), None):
        raise _invalid(f"The value {unknown} for parameter Statistics is not supported.")
    if (asked := (end - start) / period) > _MOST_DATAPOINTS:
        raise AwsCallError(
            "InvalidParameterCombination",
            f"You have requested up to {int(asked):,} datapoints, which exceeds the limit of 1,440. You may reduce the"
            " datapoints requested by increasing Period, or decreasing the time range.",
        )
    metric = Metric.of(region, params["Namespace"], params["MetricName"], dimensions(params))
    window = metrics.minutes.between(start, end, period)
    points = [
        (window.at(place), unit, samples)
        for unit, found in metrics.by_unit(metric, window).items()
        for place, samples in enumerate(found)
        if samples and params.get("Unit") in {None, unit}
    ]
    return {
        "Label": params["MetricName"],
        "Datapoints": [_datapoint(at, unit, samples, wanted) for at, unit, samples in sorted(points, key=_begin)],
    }


def list_metrics(metrics: Metrics, params: Mapping[str, Any], region: str, now: float) -> dict[str, Any]:
    """ListMetrics: what has had datapoints in the last two weeks, or with ``RecentlyActive`` in three hours.

    Raises:
        AwsCallError: the token is not one of ours.
    """
    since = now - (3 * 3600 if params.get("RecentlyActive") else _LISTED_DAYS * _DAY)
    found = [metric for metric, _ in metrics.store.metrics(region, since) if _listed(metric, params)]
    shown, token = page(found, params.get("NextToken"), _LISTED_AT_ONCE)
    answer: dict[str, Any] = {"Metrics": [described(metric) for metric in shown]}
    return {**answer, "NextToken": token} if token else answer


def described(metric: Metric) -> dict[str, Any]:
    """A metric as the API shows it."""
    return {
        "Namespace": metric.namespace,
        "MetricName": metric.name,
        "Dimensions": [{"Name": name, "Value": value} for name, value in metric.dimensions],
    }


def dimensions(params: Mapping[str, Any]) -> dict[str, str]:
    """The dimensions in a call's parameters, by name."""
    return {dimension["Name"]: dimension["Value"] for dimension in params.get("Dimensions", ())}


def check_period(period: int) -> None:
    """Refuse a period that CloudWatch does not know.

    Raises:
        AwsCallError: it is neither 1, 5, 10, 20, 30 nor a multiple of 60.
    """
    if period not in _SHORT_PERIODS and (period <= 0 or period % 60):
        raise _invalid(f"The value {period} for parameter Period is invalid: must be 1, 5, 10, 20, 30 or 60 times n.")


def moment(at: float) -> datetime:
    """Seconds since 1970 as the API gives times."""
    return datetime.fromtimestamp(at, UTC)


def _check(datum: Mapping[str, Any], place: str, now: float) -> None:
    given = [name for name in ("Value", "Values", "StatisticValues") if name in datum]
    if not given:
        raise AwsCallError(
            "MissingParameter",
            f"At least one of the parameters {place}.Value, {place}.Values or {place}.StatisticValues must be given.",
        )
    if len(given) > 1:
        raise AwsCallError(
            "InvalidParameterCombination",
            f"The parameters {' and '.join(f'{place}.{name}' for name in given)} are mutually exclusive.",
        )
    values, counts = datum.get("Values", ()), datum.get("Counts")
    if counts is not None and len(counts) != len(values):
        raise _invalid(f"The parameters {place}.Values and {place}.Counts must be of the same size.")
    if len(values) > _MOST_VALUES:
        raise _invalid(f"The collection {place}.Values must not have a size greater than {_MOST_VALUES}.")
    numbers = [*values, *(counts or ()), *datum.get("StatisticValues", {}).values(), datum.get("Value", 0.0)]
    if not all(isfinite(number) for number in numbers):
        raise _invalid(f"The value for parameter {place}.{given[0]} must be a finite number.")
    if not -14 * _DAY <= _at(datum, now) - now <= _DAY / 12:
        raise _invalid(f"The parameter {place}.Timestamp must specify a time within the past two weeks.")


def _datum(datum: Mapping[str, Any], now: float) -> Datum:
    values = datum.get("Values") or [datum["Value"]]
    counts = datum.get("Counts") or [1.0] * len(values)
    samples: dict[float, float] = {}
    for value, count in zip(values, counts, strict=True):
        samples[value] = samples.get(value, 0.0) + count
    return Datum(
        name=datum["MetricName"],
        at=_at(datum, now),
        samples={value: count for value, count in samples.items() if count > 0},
        dimensions=dimensions(datum),
        unit=datum.get("Unit", "None"),
        resolution=1 if datum.get("StorageResolution", 60) < 60 else 60,  # noqa: PLR2004 - seconds in a minute
    )


def _statistic_set(values: Mapping[str, float]) -> Samples:
    return Samples(values["SampleCount"], values["Sum"], values["Minimum"], values["Maximum"], {})


def _at(datum: Mapping[str, Any], now: float) -> float:
    given: datetime | None = datum.get("Timestamp")
    return given.timestamp() if given else now


def _datapoint(at: float, unit: str, samples: Samples, wanted: Sequence[str]) -> dict[str, Any]:
    told = {name: value for name in wanted if (value := samples.statistic(name)) is not None}
    point: dict[str, Any] = {"Timestamp": moment(at), "Unit": unit}
    point |= {name: value for name, value in told.items() if name in STATISTICS}
    extended = {name: value for name, value in told.items() if name not in STATISTICS}
    return {**point, "ExtendedStatistics": extended} if extended else point


def _begin(point: tuple[float, str, Samples]) -> float:
    return point[0]


def _listed(metric: Metric, params: Mapping[str, Any]) -> bool:
    if params.get("Namespace") not in {None, metric.namespace} or params.get("MetricName") not in {None, metric.name}:
        return False
    has = dict(metric.dimensions)
    return all(
        wanted["Name"] in has and wanted.get("Value") in {None, has[wanted["Name"]]}
        for wanted in params.get("Dimensions", ())
    )


def _invalid(message: str) -> AwsCallError:
    return AwsCallError("InvalidParameterValue", message)
