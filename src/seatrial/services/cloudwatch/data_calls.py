"""GetMetricData."""

from collections.abc import Mapping, Sequence
from typing import Any

from seatrial.core.internal import AwsCallError
from seatrial.services.cloudwatch.math import MathError, Query, QuerySet, Series, evaluate, names
from seatrial.services.cloudwatch.metric_calls import check_period, moment
from seatrial.services.cloudwatch.metrics import Metrics
from seatrial.services.cloudwatch.queries import query_set_of
from seatrial.services.cloudwatch.samples import is_statistic

_MOST_QUERIES = 500
Queries = Sequence[Mapping[str, Any]]


def get_metric_data(metrics: Metrics, params: Mapping[str, Any], region: str) -> dict[str, Any]:
    """GetMetricData, on one page whatever its length.

    Raises:
        AwsCallError: ``ValidationError`` where a query is none, or an expression cannot be worked out.
    """
    queries: Queries = params["MetricDataQueries"]
    start, end = params["StartTime"].timestamp(), params["EndTime"].timestamp()
    if start >= end:
        raise AwsCallError("ValidationError", "The parameter StartTime must be less than the parameter EndTime.")
    if not queries or len(queries) > _MOST_QUERIES:
        raise AwsCallError("ValidationError", f"MetricDataQueries must have 1 to {_MOST_QUERIES} members.")
    check_queries(queries)
    periods = {query["MetricStat"]["Period"] for query in queries if "MetricStat" in query}
    periods |= set() if periods else {query.get("Period", 60) for query in queries}
    windows = {period: metrics.minutes.between(start, end, period) for period in periods}
    query_set = query_set_of(metrics, queries, region, windows)
    wanted = [query for query, asked in zip(query_set.queries, queries, strict=True) if asked.get("ReturnData", True)]
    newest_first = params.get("ScanBy", "TimestampDescending") == "TimestampDescending"
    try:
        found = [(query, series) for query in wanted for series in evaluate(query_set, query)]
    except MathError as error:
        raise AwsCallError("ValidationError", str(error)) from error
    return {
        "MetricDataResults": [_result(query_set, query, series, newest_first=newest_first) for query, series in found]
    }


def check_queries(queries: Queries) -> None:
    """Refuse queries that CloudWatch refuses before it reads any metric.

    Raises:
        AwsCallError: ``ValidationError``.
    """
    ids = [query["Id"] for query in queries]
    if len(set(ids)) < len(ids):
        raise AwsCallError("ValidationError", "The values for parameter id in MetricDataQueries are not unique.")
    for query in queries:
        name = query["Id"]
        if not name[:1].islower() or not name.replace("_", "a").isalnum():
            raise AwsCallError("ValidationError", f"The value {name} for parameter Id must begin with a small letter.")
        if ("MetricStat" in query) == ("Expression" in query):
            raise AwsCallError("ValidationError", f"{name} must have either MetricStat or Expression.")
        if "MetricStat" in query:
            _check_stat(query["MetricStat"])
        else:
            _check_expression(query["Expression"], set(ids))


def _check_stat(stat: Mapping[str, Any]) -> None:
    check_period(stat["Period"])
    if not is_statistic(stat["Stat"]):
        raise AwsCallError("ValidationError", f"The value {stat['Stat']} for parameter Stat is not supported.")


def _check_expression(expression: str, ids: set[str]) -> None:
    try:
        unknown = names(expression) - ids
    except MathError as error:
        raise AwsCallError("ValidationError", str(error)) from error
    if unknown:
        raise AwsCallError("ValidationError", f"Error in expression: unknown id {', '.join(sorted(unknown))}")


def _result(query_set: QuerySet, query: Query, series: Series, *, newest_first: bool) -> dict[str, Any]:
    points = sorted(series.points.items(), reverse=newest_first)
    return {
        "Id": query.id,
        "Label": series.label,
        "Timestamps": [moment(query_set.start + at * query_set.scale) for at, _ in points],
        "Values": [value for _, value in points],
        "StatusCode": "Complete",
    }
