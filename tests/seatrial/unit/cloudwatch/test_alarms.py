"""Alarms change their states by the clock, and let everybody know."""

import asyncio
import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.internal import AwsCallError
from seatrial.ground.clock import SystemClock
from seatrial.services.cloudwatch.data import AlarmAction, Datum
from tests.seatrial.unit.cloudwatch.alarms import (
    DIMENSIONS,
    NOW,
    POLICY,
    SERVICE,
    TOPIC,
    described,
    measured,
    passed,
    put,
)
from tests.seatrial.unit.cloudwatch.harness import REGION, START, Harness


async def test_a_new_alarm_has_insufficient_data_and_then_the_state_of_its_metric(harness: Harness) -> None:
    arn = await put(harness)
    fresh = await described(harness)
    assert (fresh["StateValue"], fresh["StateReason"]) == ("INSUFFICIENT_DATA", "Unchecked: Initial alarm creation")
    await passed(harness, arn, value=92.1)
    alarm = await described(harness)
    assert alarm["StateValue"] == "ALARM"
    assert alarm["StateReason"] == (
        "Threshold Crossed: 1 out of the last 1 datapoints [92.1 (25/11/26 02:10:00)] was greater than the threshold"
        " (80.0) (minimum 1 datapoint for OK -> ALARM transition)."
    )
    assert json.loads(alarm["StateReasonData"]) == {
        "version": "1.0",
        "queryDate": "2026-11-25T02:11:00.000+0000",
        "startDate": "2026-11-25T02:10:00.000+0000",
        "statistic": "Average",
        "period": 60,
        "recentDatapoints": [92.1],
        "threshold": 80.0,
        "evaluatedDatapoints": [{"timestamp": "2026-11-25T02:10:00.000+0000", "sampleCount": 1.0, "value": 92.1}],
    }


async def test_the_metric_of_another_service_changes_nothing(harness: Harness) -> None:
    arn = await put(harness)
    measured(harness, 99.0, {"ClusterName": "shop", "ServiceName": "other"}, ago=0)
    await passed(harness, arn, value=10.0)
    assert (await described(harness))["StateValue"] == "OK"


async def test_two_of_three_datapoints_are_needed_where_two_of_three_are_asked_for(harness: Harness) -> None:
    arn = await put(harness, EvaluationPeriods=3, DatapointsToAlarm=2)
    states = []
    for value in (10.0, 10.0, 95.0, 10.0, 95.0, 10.0, 10.0):
        await passed(harness, arn, value=value)
        states.append((await described(harness))["StateValue"])
    assert states[2:] == ["OK", "OK", "ALARM", "OK", "OK"]


async def test_an_alarm_without_data_falls_back_when_the_last_datapoint_has_left_its_range(harness: Harness) -> None:
    arn = await put(harness)
    await passed(harness, arn, value=95.0)
    states = []
    for _ in range(3):
        await passed(harness, arn)
        states.append((await described(harness))["StateValue"])
    assert states == ["ALARM", "ALARM", "INSUFFICIENT_DATA"]
    assert (await described(harness))["StateReason"] == "Insufficient Data: 1 datapoint was unknown."


async def test_the_topic_gets_what_amazons_subscribers_get(harness: Harness) -> None:
    arn = await put(harness, AlarmDescription="too hot", TreatMissingData="notBreaching")
    await passed(harness, arn, value=92.1)
    ((service, operation, published),) = harness.aws.calls
    assert (service, operation) == ("sns", "Publish")
    assert (published["TopicArn"], published["region"]) == (TOPIC, REGION)
    assert published["Subject"] == 'ALARM: "high" in EU (Frankfurt)'
    message = json.loads(published["Message"])
    assert message.pop("NewStateReason").startswith("Threshold Crossed: 1 out of the last 1 datapoints [92.1 (")
    assert message == {
        "AlarmName": "high",
        "AlarmDescription": "too hot",
        "AWSAccountId": "000000000000",
        "AlarmConfigurationUpdatedTimestamp": "2026-11-25T02:10:00.000+0000",
        "NewStateValue": "ALARM",
        "StateChangeTime": "2026-11-25T02:11:00.000+0000",
        "Region": "EU (Frankfurt)",
        "AlarmArn": arn,
        "OldStateValue": "INSUFFICIENT_DATA",
        "OKActions": [],
        "AlarmActions": [TOPIC],
        "InsufficientDataActions": [],
        "Trigger": {
            "MetricName": "CPUUtilization",
            "Namespace": "AWS/ECS",
            "StatisticType": "Statistic",
            "Statistic": "AVERAGE",
            "Unit": None,
            "Dimensions": [{"value": value, "name": name} for name, value in SERVICE.items()],
            "Period": 60,
            "EvaluationPeriods": 1,
            "DatapointsToAlarm": 1,
            "ComparisonOperator": "GreaterThanThreshold",
            "Threshold": 80.0,
            "TreatMissingData": "notBreaching",
            "EvaluateLowSampleCountPercentile": "",
        },
    }


async def test_a_topic_hears_of_changes_alone_and_a_scaling_policy_once_per_period(harness: Harness) -> None:
    heard: list[AlarmAction] = []

    async def act(action: AlarmAction) -> None:
        heard.append(action)

    harness.cloudwatch.handle_action("arn:aws:autoscaling:", act)
    arn = await put(harness, AlarmActions=[TOPIC, POLICY])
    for value in (95.0, 96.0, 97.0, 10.0):
        await passed(harness, arn, value=value)
        harness.cloudwatch.engine.evaluate(arn)  # A second look in the same period repeats nothing.
    await harness.cloudwatch.settle()
    assert [(action.action, action.state, action.value) for action in heard] == [
        (POLICY, "ALARM", 95.0),
        (POLICY, "ALARM", 96.0),
        (POLICY, "ALARM", 97.0),
    ]
    assert len([call for call in harness.aws.calls if call[1] == "Publish"]) == 1


async def test_disabled_actions_are_not_executed(harness: Harness) -> None:
    arn = await put(harness, OKActions=[TOPIC])
    await harness.call("DisableAlarmActions", AlarmNames=["high"])
    await passed(harness, arn, value=95.0)
    assert harness.aws.calls == []
    await harness.call("EnableAlarmActions", AlarmNames=["high"])
    await passed(harness, arn, value=5.0)
    assert len(harness.aws.calls) == 1


async def test_the_history_tells_what_happened_newest_first(harness: Harness) -> None:
    arn = await put(harness)
    await passed(harness, arn, value=95.0)
    harness.aws.refused = {"Publish"}
    await harness.call("SetAlarmState", AlarmName="high", StateValue="OK", StateReason="by hand")
    await passed(harness, arn, value=95.0)
    items = (await harness.call("DescribeAlarmHistory", AlarmName="high"))["AlarmHistoryItems"]
    assert [item["HistorySummary"] for item in items] == [
        f'Failed to execute action {TOPIC}. Received error: "Topic does not exist"',
        "Alarm updated from OK to ALARM",
        "Alarm updated from ALARM to OK",
        f"Successfully executed action {TOPIC}",
        "Alarm updated from INSUFFICIENT_DATA to ALARM",
        'Alarm "high" created',
    ]
    change = json.loads(items[1]["HistoryData"])
    assert change["oldState"] == {"stateValue": "OK", "stateReason": "by hand"}
    assert change["newState"]["stateReasonData"]["recentDatapoints"] == [95.0]


async def test_the_event_has_the_detail_that_aws_documents(harness: Harness) -> None:
    arn = await put(harness, AlarmDescription="too hot")
    await passed(harness, arn, value=95.0)
    created, (source, kind, resources, detail, region) = harness.bus.events
    assert created[1] == "CloudWatch Alarm Configuration Change"
    assert (source, kind, resources, region) == ("aws.cloudwatch", "CloudWatch Alarm State Change", [arn], REGION)
    assert detail["alarmName"] == "high"
    assert (detail["state"]["value"], detail["previousState"]["value"]) == ("ALARM", "INSUFFICIENT_DATA")
    assert detail["state"]["timestamp"] == "2026-11-25T02:11:00.000+0000"
    assert detail["configuration"]["description"] == "too hot"
    (metric,) = detail["configuration"]["metrics"]
    assert metric["metricStat"] == {
        "metric": {"dimensions": SERVICE, "name": "CPUUtilization", "namespace": "AWS/ECS"},
        "period": 60,
        "stat": "Average",
    }
    assert metric["returnData"] is True


async def test_an_alarm_on_metric_math_sees_its_expression(harness: Harness) -> None:
    metrics = [
        {"Id": "e1", "Expression": "errors / requests * 100", "Label": "rate", "ReturnData": True},
        *(
            {
                "Id": name,
                "MetricStat": {"Metric": {"Namespace": "shop", "MetricName": name}, "Period": 60, "Stat": "Sum"},
                "ReturnData": False,
            }
            for name in ("errors", "requests")
        ),
    ]
    single: dict[str, Any] = dict.fromkeys(("Namespace", "MetricName", "Dimensions", "Statistic", "Period"))
    arn = await put(harness, Metrics=metrics, Threshold=5.0, **single)
    data = [Datum("errors", NOW, {1.0: 1}), Datum("requests", NOW, {1.0: 10})]
    harness.cloudwatch.record("shop", data, region=REGION)
    await passed(harness, arn)
    alarm = await described(harness)
    assert alarm["StateReason"].startswith("Threshold Crossed: 1 out of the last 1 datapoints [10.0 (")
    assert alarm["Metrics"] == metrics
    assert "statistic" not in json.loads(alarm["StateReasonData"])
    trigger = json.loads(harness.aws.calls[0][2]["Message"])["Trigger"]
    assert trigger["Metrics"][0] == {
        "Expression": "errors / requests * 100",
        "Id": "e1",
        "Label": "rate",
        "ReturnData": True,
    }


async def test_an_alarm_that_is_put_again_keeps_its_state_and_tags(harness: Harness) -> None:
    arn = await put(harness, Tags=[{"Key": "team", "Value": "shop"}])
    await passed(harness, arn, value=95.0)
    await put(harness, Threshold=90.0, Tags=[{"Key": "other", "Value": "x"}])
    alarm = await described(harness)
    assert (alarm["StateValue"], alarm["Threshold"]) == ("ALARM", 90.0)
    assert (await harness.call("ListTagsForResource", ResourceARN=arn))["Tags"] == [{"Key": "team", "Value": "shop"}]
    await harness.call("TagResource", ResourceARN=arn, Tags=[{"Key": "a", "Value": "1"}])
    await harness.call("UntagResource", ResourceARN=arn, TagKeys=["team"])
    assert (await harness.call("ListTagsForResource", ResourceARN=arn))["Tags"] == [{"Key": "a", "Value": "1"}]


async def test_alarms_are_found_by_what_is_asked_for(harness: Harness) -> None:
    await put(harness)
    await put(harness, "low", AlarmActions=[POLICY], Statistic=None, ExtendedStatistic="p99")
    await harness.call("PutCompositeAlarm", AlarmName="both", AlarmRule="ALARM(high)")

    async def found(**params: Any) -> list[str]:  # noqa: ANN401 - AWS's
        answer = await harness.call("DescribeAlarms", **params)
        return [alarm["AlarmName"] for alarm in answer["MetricAlarms"] + answer["CompositeAlarms"]]

    assert await found() == ["high", "low"]
    assert await found(AlarmNamePrefix="lo") == ["low"]
    assert await found(ActionPrefix="arn:aws:autoscaling") == ["low"]
    assert await found(StateValue="OK") == []
    assert await found(AlarmTypes=["CompositeAlarm"]) == ["both"]
    assert await found(ChildrenOfAlarmName="both") == ["high"]
    assert await found(ParentsOfAlarmName="high") == ["both"]
    first = await harness.call("DescribeAlarms", MaxRecords=1)
    assert await found(MaxRecords=1, NextToken=first["NextToken"]) == ["low"]
    for_metric = await harness.call(
        "DescribeAlarmsForMetric", Namespace="AWS/ECS", MetricName="CPUUtilization", Dimensions=DIMENSIONS[::-1]
    )
    assert [alarm["AlarmName"] for alarm in for_metric["MetricAlarms"]] == ["high", "low"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"ComparisonOperator": "GreaterThanUpperThreshold"}, "ValidationError"),
        ({"DatapointsToAlarm": 2}, "ValidationError"),
        ({"TreatMissingData": "sometimes"}, "ValidationError"),
        ({"Period": 45}, "InvalidParameterValue"),
        ({"ExtendedStatistic": "p90"}, "InvalidParameterCombination"),
        ({"MetricName": None}, "MissingParameter"),
        ({"Threshold": None}, "MissingParameter"),
        ({"EvaluationPeriods": 1441, "DatapointsToAlarm": 1}, "ValidationError"),
        ({"Metrics": [{"Id": "m1", "Expression": "1"}]}, "ValidationError"),
    ],
)
async def test_an_alarm_that_cloudwatch_refuses_is_refused(
    harness: Harness, changed: dict[str, Any], code: str
) -> None:
    with pytest.raises(AwsCallError) as refused:
        await put(harness, **changed)
    assert refused.value.code == code


async def test_another_process_finds_everything_and_executes_what_was_ordered(harness: Harness, tmp_path: Path) -> None:
    arn = await put(harness)
    harness.clock.sleep(60)
    measured(harness, 95.0)
    harness.cloudwatch.engine.evaluate(arn)
    # The process ends before its action was executed, and nothing is closed, as after kill -9.
    await harness.cloudwatch._delivery.stop()
    second = Harness(tmp_path, clock=harness.clock)
    await second.cloudwatch.start()
    await second.cloudwatch.settle()
    assert (await described(second))["StateValue"] == "ALARM"
    assert [call[1] for call in second.aws.calls] == ["Publish"]
    items = (await second.call("DescribeAlarmHistory", AlarmName="high"))["AlarmHistoryItems"]
    assert len(items) == 3
    await second.cloudwatch.stop()


async def test_metric_data_are_told_with_expressions(harness: Harness) -> None:
    data = [Datum("errors", NOW + 60 * minute, {float(minute): 1}) for minute in range(3)]
    harness.cloudwatch.record("shop", data, region=REGION)
    stat = {"Metric": {"Namespace": "shop", "MetricName": "errors"}, "Period": 60, "Stat": "Sum"}
    answer = await harness.call(
        "GetMetricData",
        MetricDataQueries=[
            {"Id": "m1", "MetricStat": stat, "ReturnData": False},
            {"Id": "e1", "Expression": "m1 * 2", "Label": "doubled"},
        ],
        StartTime=START,
        EndTime=START + timedelta(minutes=3),
        ScanBy="TimestampAscending",
    )
    assert answer["MetricDataResults"] == [
        {
            "Id": "e1",
            "Label": "doubled",
            "Timestamps": [START + timedelta(minutes=minute) for minute in range(3)],
            "Values": [0.0, 2.0, 4.0],
            "StatusCode": "Complete",
        }
    ]


async def test_alarms_are_evaluated_by_themselves_in_a_short_minute(tmp_path: Path) -> None:
    harness = Harness(tmp_path, minute=0.2, clock=SystemClock())
    heard: list[AlarmAction] = []
    enough = asyncio.Event()

    async def act(action: AlarmAction) -> None:
        heard.append(action)
        if len(heard) == 3:
            enough.set()

    harness.cloudwatch.handle_action("arn:aws:autoscaling:", act)
    await harness.cloudwatch.start()
    await put(harness, AlarmActions=[POLICY], TreatMissingData="breaching")
    await asyncio.wait_for(enough.wait(), timeout=60)
    assert {action.alarm_name for action in heard} == {"high"}
    await harness.call("DeleteAlarms", AlarmNames=["high"])
    await harness.cloudwatch.stop()
