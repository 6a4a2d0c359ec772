"""What containers really use and print becomes metrics, with minutes of three seconds."""

import http.client
import json
import os
import signal
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from seatrial.core.engine import EngineClient
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start
from tests.seatrial.contract.ecs.harness import Harness, eventually

BUSY = r"""
for number in range(7):
    print("ERROR" if number % 2 else "fine", number, '{"not": "json"', flush=True)
held = bytearray(100 * 1024 * 1024)
while True:
    pass
"""


@pytest.fixture(scope="module")
def fast_aws(engine: EngineClient, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAws]:  # noqa: ARG001 - needs Docker
    """An embedded AWS whose minute takes three seconds."""
    settings = replace(fresh_settings(tmp_path_factory.mktemp("home")), minute=3.0)
    start(settings)
    yield RunningAws(settings)
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


def datapoints(aws: RunningAws, namespace: str, name: str, *statistics: str, **dimensions: str) -> list[dict[str, Any]]:
    now = datetime.now(UTC)
    plain = [statistic for statistic in statistics if not statistic.startswith("p")]
    extended = [statistic for statistic in statistics if statistic.startswith("p")]
    answer = aws.client("cloudwatch").get_metric_statistics(
        Namespace=namespace,
        MetricName=name,
        Dimensions=[{"Name": key, "Value": value} for key, value in dimensions.items()],
        StartTime=now - timedelta(minutes=10),
        EndTime=now + timedelta(minutes=1),
        Period=60,
        **({"Statistics": plain} if plain else {}),
        **({"ExtendedStatistics": extended} if extended else {}),
    )
    return sorted(answer["Datapoints"], key=lambda point: point["Timestamp"])


@pytest.fixture(scope="module")
def busy(fast_aws: RunningAws) -> Harness:
    """A service of one task that uses all of its quarter of a core and 100 of its 512 MiB."""
    harness = Harness(fast_aws, "busy")
    settings = [{"name": "containerInsights", "value": "enabled"}]
    harness.ecs.update_cluster_settings(cluster=harness.cluster, settings=settings)
    harness.logs.put_metric_filter(
        logGroupName="/ecs/busy",
        filterName="errors",
        filterPattern="ERROR",
        metricTransformations=[
            {"metricName": "Errors", "metricNamespace": "App", "metricValue": "1", "defaultValue": 0, "unit": "Count"}
        ],
    )
    definition = harness.register(CONTAINER=json.dumps({"command": ["python3", "-c", BUSY], "portMappings": []}))
    harness.create(definition, count=1, balanced=False)
    eventually(harness.tasks)
    return harness


def test_a_container_that_never_rests_uses_all_it_reserved(fast_aws: RunningAws, busy: Harness) -> None:
    where = {"ClusterName": busy.cluster, "ServiceName": "busy"}

    def seen(name: str) -> list[float]:
        return [point["Average"] for point in datapoints(fast_aws, "AWS/ECS", name, "Average", **where)]

    # On a machine that others keep busy, a container may get less than its share for a long while, but never more
    # than that and a slice of the scheduler.
    eventually(lambda: any(value > 80 for value in seen("CPUUtilization")), 240)
    assert max(seen("CPUUtilization")) <= 125
    assert 20 <= seen("MemoryUtilization")[-1] <= 35


def test_container_insights_tell_the_same_in_units(fast_aws: RunningAws, busy: Harness) -> None:
    where = {"ClusterName": busy.cluster, "ServiceName": "busy"}

    def last(name: str) -> dict[str, Any]:
        found = eventually(lambda: datapoints(fast_aws, "ECS/ContainerInsights", name, "Maximum", **where))
        point: dict[str, Any] = found[-1]
        return point

    assert last("CpuReserved")["Maximum"] == 256
    assert (last("MemoryReserved")["Maximum"], last("MemoryReserved")["Unit"]) == (512, "Megabytes")
    assert 0 < last("CpuUtilized")["Maximum"] <= 320
    assert 100 <= last("MemoryUtilized")["Maximum"] <= 180
    assert last("DesiredTaskCount")["Maximum"] == 1
    assert last("DeploymentCount")["Maximum"] == 1


@pytest.mark.usefixtures("busy")
def test_lines_that_a_container_printed_are_counted_by_a_metric_filter(fast_aws: RunningAws) -> None:
    def counted() -> list[dict[str, Any]]:
        return datapoints(fast_aws, "App", "Errors", "Sum", "SampleCount")

    eventually(lambda: sum(point["SampleCount"] for point in counted()) >= 7)
    assert sum(point["Sum"] for point in counted()) == 3


def test_logs_are_searched_as_aws_searches_them(fast_aws: RunningAws, busy: Harness) -> None:
    def found(pattern: str) -> list[str]:
        pages = fast_aws.client("logs").get_paginator("filter_log_events")
        answers = pages.paginate(logGroupName="/ecs/busy", filterPattern=pattern, PaginationConfig={"PageSize": 2})
        return [event["message"].split()[1] for answer in answers for event in answer["events"]]

    eventually(lambda: len(found("")) == 7)
    assert busy.log(busy.tasks()[0])[1].startswith("ERROR 1")
    assert found("ERROR") == ["1", "3", "5"]
    assert found("error") == []
    assert found("?ERROR ?fine") == list("0123456")
    assert found('"fine 2"') == ["2"]
    assert found("{ $.not = json }") == []
    assert found("[kind = fine, number > 3, ...]") == ["4", "6"]


def test_patterns_are_tested_and_refused_before_they_are_used(fast_aws: RunningAws, busy: Harness) -> None:
    logs = fast_aws.client("logs")
    tested = logs.test_metric_filter(filterPattern="{ $.a > 1 }", logEventMessages=['{"a": 1}', '{"a": 2}', "a = 2"])
    matches = [{"eventNumber": 1, "eventMessage": '{"a": 2}', "extractedValues": {"$.a": "2"}}]
    assert tested["matches"] == matches
    given = {"metricName": "n", "metricNamespace": "App", "metricValue": "1"}
    with pytest.raises(logs.exceptions.InvalidParameterException, match="Invalid character"):
        logs.put_metric_filter(
            logGroupName="/ecs/busy", filterName="bad", filterPattern="ERROR:", metricTransformations=[given]
        )
    described = logs.describe_metric_filters(logGroupName="/ecs/busy")["metricFilters"]
    assert [item["filterName"] for item in described] == ["errors"]
    assert busy.tasks()


def alarm_state(aws: RunningAws, name: str) -> str:
    (alarm,) = aws.client("cloudwatch").describe_alarms(AlarmNames=[name])["MetricAlarms"]
    state: str = alarm["StateValue"]
    return state


def test_an_alarm_sees_what_containers_use(fast_aws: RunningAws, busy: Harness) -> None:
    fast_aws.client("cloudwatch").put_metric_alarm(
        AlarmName="busy",
        Namespace="AWS/ECS",
        MetricName="CPUUtilization",
        Dimensions=[{"Name": "ClusterName", "Value": busy.cluster}, {"Name": "ServiceName", "Value": "busy"}],
        Statistic="Average",
        Period=60,
        EvaluationPeriods=3,
        DatapointsToAlarm=2,
        Threshold=10,
        ComparisonOperator="GreaterThanThreshold",
    )
    eventually(lambda: alarm_state(fast_aws, "busy") == "ALARM", 120)


def test_an_alarm_sees_a_line_that_was_logged_even_after_the_embedded_aws_was_killed(fast_aws: RunningAws) -> None:
    logs = fast_aws.client("logs")
    logs.create_log_group(logGroupName="/app")
    logs.create_log_stream(logGroupName="/app", logStreamName="s")
    given = {"metricName": "Broken", "metricNamespace": "App", "metricValue": "$.count"}
    logs.put_metric_filter(
        logGroupName="/app", filterName="f", filterPattern='{ $.level = "ERROR" }', metricTransformations=[given]
    )
    fast_aws.client("cloudwatch").put_metric_alarm(
        AlarmName="broken",
        Namespace="App",
        MetricName="Broken",
        Statistic="Sum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=5,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        TreatMissingData="notBreaching",
    )
    os.kill(json.loads((fast_aws.settings.directory / "instance.json").read_text())["pid"], signal.SIGKILL)
    start(fast_aws.settings)
    eventually(lambda: alarm_state(fast_aws, "broken") == "OK")
    event = {"timestamp": int(time.time() * 1000), "message": '{"level": "ERROR", "count": 5}'}
    logs.put_log_events(logGroupName="/app", logStreamName="s", logEvents=[event])
    eventually(lambda: alarm_state(fast_aws, "broken") == "ALARM")


def test_requests_through_a_load_balancer_are_measured(fast_aws: RunningAws) -> None:
    harness = Harness(fast_aws, "served")
    harness.create(harness.register(VERSION="1"), count=1)
    harness.steady()
    balancer = harness.balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
    group = "targetgroup/" + harness.group.partition(":targetgroup/")[2]
    both = {"LoadBalancer": balancer, "TargetGroup": group}
    connection = http.client.HTTPConnection(*harness.front_door())
    for _ in range(20):
        connection.request("GET", "/")
        response = connection.getresponse()
        response.read()
        assert response.status == 200
    connection.close()

    def total(name: str, **where: str) -> float:
        found = datapoints(fast_aws, "AWS/ApplicationELB", name, "Sum", **where)
        return sum(float(point["Sum"]) for point in found)

    # A request is counted when its target is chosen and its answer when that begins: a round may fall in between.
    eventually(lambda: total("HTTPCode_Target_2XX_Count", **both) == 20)
    assert total("RequestCount", LoadBalancer=balancer) == 20
    assert total("RequestCount", **both) == 20
    assert total("RequestCountPerTarget", TargetGroup=group) == 20
    assert datapoints(fast_aws, "AWS/ApplicationELB", "HTTPCode_Target_5XX_Count", "Sum", **both) == []
    (times,) = datapoints(fast_aws, "AWS/ApplicationELB", "TargetResponseTime", "p99", **both)[:1]
    assert 0 < times["ExtendedStatistics"]["p99"] < 10
    assert datapoints(fast_aws, "AWS/ApplicationELB", "HealthyHostCount", "Maximum", **both)[-1]["Maximum"] == 1
