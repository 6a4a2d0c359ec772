"""Metrics are kept by region, namespace, name and dimensions, and told as CloudWatch tells them."""

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.internal import AwsCallError
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.cloudwatch.metric_store import Metric, MetricStore, Point
from seatrial.services.cloudwatch.samples import Samples
from tests.seatrial.unit.cloudwatch.harness import START, Harness

NOW = START.timestamp()
SERVICE = {"ClusterName": "shop", "ServiceName": "web"}


async def statistics(harness: Harness, *names: str, minutes: int = 5, **params: Any) -> list[dict[str, Any]]:  # noqa: ANN401
    start = START - timedelta(minutes=minutes)
    asked = {"Namespace": "shop", "MetricName": "latency", "Period": 60, **params}
    answer = await harness.call(
        "GetMetricStatistics", Statistics=list(names), StartTime=start, EndTime=START + timedelta(minutes=1), **asked
    )
    points: list[dict[str, Any]] = answer["Datapoints"]
    return points


@pytest.mark.parametrize("protocol", ["query", "json", "smithy-rpc-v2-cbor"])
async def test_what_is_put_is_told(harness: Harness, protocol: str) -> None:
    data = [{"MetricName": "latency", "Values": [1.0, 3.0], "Counts": [3.0, 1.0], "Unit": "Seconds"}]
    await harness.call("PutMetricData", protocol=protocol, Namespace="shop", MetricData=data)
    (point,) = await statistics(harness, "Average", "Sum", "Minimum", "Maximum", "SampleCount")
    assert point == {
        "Timestamp": START,
        "Unit": "Seconds",
        "SampleCount": 4.0,
        "Sum": 6.0,
        "Average": 1.5,
        "Minimum": 1.0,
        "Maximum": 3.0,
    }


async def test_a_metric_with_other_dimensions_or_in_another_region_is_another_metric(harness: Harness) -> None:
    harness.cloudwatch.record("shop", [Datum("latency", NOW, {1.0: 1}, SERVICE)], region="eu-central-1")
    harness.cloudwatch.record("shop", [Datum("latency", NOW, {2.0: 1})], region="eu-central-1")
    harness.cloudwatch.record("shop", [Datum("latency", NOW, {4.0: 1})], region="us-east-1")
    assert [point["Sum"] for point in await statistics(harness, "Sum")] == [2.0]


async def test_percentiles_are_told_from_the_samples(harness: Harness) -> None:
    samples = {float(value): 1.0 for value in range(1, 101)}
    harness.cloudwatch.record("shop", [Datum("latency", NOW, samples)], region="eu-central-1")
    answer = await harness.call(
        "GetMetricStatistics",
        Namespace="shop",
        MetricName="latency",
        Period=60,
        StartTime=START,
        EndTime=START + timedelta(minutes=1),
        ExtendedStatistics=["p50", "p99", "p99.9", "p100"],
    )
    (point,) = answer["Datapoints"]
    assert point["ExtendedStatistics"] == {"p50": 50.0, "p99": 99.0, "p99.9": 100.0, "p100": 100.0}


async def test_a_longer_period_gathers_its_minutes_from_the_minute_at_which_the_query_begins(harness: Harness) -> None:
    data = [Datum("latency", NOW - 60 * minute, {float(minute): 1}) for minute in range(6)]
    harness.cloudwatch.record("shop", data, region="eu-central-1")
    points = await statistics(harness, "Sum", minutes=5, Period=180)
    assert [point["Sum"] for point in points] == [5 + 4 + 3, 2 + 1 + 0]
    assert points[0]["Timestamp"] == START - timedelta(minutes=5)


async def test_a_statistic_set_tells_no_percentile_unless_its_samples_are_equal(harness: Harness) -> None:
    whole = {"SampleCount": 4.0, "Sum": 8.0, "Minimum": 1.0, "Maximum": 3.0}
    same = {"SampleCount": 2.0, "Sum": 4.0, "Minimum": 2.0, "Maximum": 2.0}
    data = [{"MetricName": name, "StatisticValues": values} for name, values in (("latency", whole), ("same", same))]
    await harness.call("PutMetricData", Namespace="shop", MetricData=data)
    window: dict[str, Any] = {
        "StartTime": START,
        "EndTime": START + timedelta(minutes=1),
        "Period": 60,
        "Namespace": "shop",
    }
    told = [
        await harness.call(
            "GetMetricStatistics", MetricName=name, Statistics=["Average"], ExtendedStatistics=["p50"], **window
        )
        for name in ("latency", "same")
    ]
    assert [answer["Datapoints"][0].get("ExtendedStatistics") for answer in told] == [None, {"p50": 2.0}]
    assert [answer["Datapoints"][0]["Average"] for answer in told] == [2.0, 2.0]


async def test_metrics_are_listed_by_the_dimensions_that_are_asked_for(harness: Harness) -> None:
    for name, dimensions in (("cpu", SERVICE), ("cpu", {"ClusterName": "shop"}), ("memory", SERVICE)):
        harness.cloudwatch.record("AWS/ECS", [Datum(name, NOW, {1.0: 1}, dimensions)], region="eu-central-1")
    everything = await harness.call("ListMetrics")
    named = await harness.call(
        "ListMetrics", Namespace="AWS/ECS", MetricName="cpu", Dimensions=[{"Name": "ServiceName", "Value": "web"}]
    )
    assert len(everything["Metrics"]) == 3
    assert named["Metrics"] == [
        {
            "Namespace": "AWS/ECS",
            "MetricName": "cpu",
            "Dimensions": [{"Name": "ClusterName", "Value": "shop"}, {"Name": "ServiceName", "Value": "web"}],
        }
    ]


@pytest.mark.parametrize(
    ("namespace", "datum", "code"),
    [
        ("AWS/ECS", {"MetricName": "a", "Value": 1.0}, "InvalidParameterValue"),
        ("shop", {"MetricName": "a"}, "MissingParameter"),
        ("shop", {"MetricName": "a", "Value": 1.0, "Values": [1.0]}, "InvalidParameterCombination"),
        ("shop", {"MetricName": "a", "Values": [1.0, 2.0], "Counts": [1.0]}, "InvalidParameterValue"),
        ("shop", {"MetricName": "a", "Value": float("nan")}, "InvalidParameterValue"),
        ("shop", {"MetricName": "a", "Value": 1.0, "Timestamp": START - timedelta(days=15)}, "InvalidParameterValue"),
        ("shop", {"MetricName": "a", "Value": 1.0, "Timestamp": START + timedelta(hours=3)}, "InvalidParameterValue"),
    ],
)
async def test_a_datum_that_cloudwatch_refuses_is_refused(
    harness: Harness, namespace: str, datum: dict[str, Any], code: str
) -> None:
    with pytest.raises(AwsCallError) as refused:
        await harness.call("PutMetricData", Namespace=namespace, MetricData=[datum])
    assert refused.value.code == code


async def test_a_minute_of_aws_is_as_long_as_the_settings_say(tmp_path: Path) -> None:
    harness = Harness(tmp_path, minute=1.0)
    data = [Datum("latency", NOW - second / 2, {1.0: 1}) for second in range(1, 11)]
    harness.cloudwatch.record("shop", data, region="eu-central-1")
    answer = await harness.call(
        "GetMetricStatistics",
        Namespace="shop",
        MetricName="latency",
        Period=60,
        StartTime=START - timedelta(seconds=5),
        EndTime=START,
        Statistics=["SampleCount"],
    )
    assert [point["SampleCount"] for point in answer["Datapoints"]] == [2.0] * 5


def test_what_is_written_is_found_by_another_process(tmp_path: Path) -> None:
    metric = Metric.of("eu-central-1", "shop", "latency", SERVICE)
    MetricStore(tmp_path / "metrics.sqlite").add([(metric, Point(NOW, "None", Samples.of({1.0: 2.0})))])
    # The first store is not closed: as after kill -9.
    found = MetricStore(tmp_path / "metrics.sqlite").read(metric, NOW, NOW + 60)
    assert found == [Point(NOW, "None", Samples.of({1.0: 2.0}))]


def test_what_is_older_than_15_days_is_forgotten(tmp_path: Path) -> None:
    store = MetricStore(tmp_path / "metrics.sqlite")
    metric, gone = (Metric.of("eu-central-1", "shop", name, {}) for name in ("kept", "gone"))
    old = NOW - 16 * 86400
    store.add([(gone, Point(old, "None", Samples.of({1.0: 1.0}))), (metric, Point(NOW, "None", Samples.of({1.0: 1})))])
    store.prune(NOW)
    assert store.read(gone, old, NOW) == []
    assert [found for found, _ in store.metrics("eu-central-1", 0)] == [metric]


def test_samples_of_many_values_keep_their_sum_and_three_digits_of_each() -> None:
    samples = Samples.of({value / 7: 1.0 for value in range(1, 7001)})
    assert samples.total == pytest.approx(sum(value / 7 for value in range(1, 7001)))
    assert samples.statistic("p50") == pytest.approx(500, rel=0.005)
    assert len(samples.values) < 2000
