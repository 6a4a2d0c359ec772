"""Composite alarms follow their children."""

import json

import pytest

from seatrial.core.internal import AwsCallError
from tests.seatrial.unit.cloudwatch.bench import Bench
from tests.seatrial.unit.cloudwatch.stage import ARN, TOPIC, described, passed, put


async def test_a_composite_alarm_follows_its_children(bench: Bench) -> None:
    high, low = await put(bench, AlarmActions=[]), await put(bench, "low", Threshold=99.0, AlarmActions=[])
    await bench.call(
        "PutCompositeAlarm",
        AlarmName="both",
        AlarmRule=f'ALARM("high") AND NOT ALARM({low})',
        AlarmActions=[TOPIC],
        Tags=[{"Key": "a", "Value": "b"}],
    )
    both = await described(bench, "both", AlarmTypes=["CompositeAlarm"])
    assert both["StateValue"] == "OK"
    assert both["StateReason"] == f"{ARN}both was created and its alarm rule evaluates to OK"
    await passed(bench, high, low, value=95.0)
    both = await described(bench, "both", AlarmTypes=["CompositeAlarm"])
    assert both["StateValue"] == "ALARM"
    assert both["StateReason"] == f"{high} transitioned to ALARM at Wednesday 25 November, 2026 02:11:00 UTC"
    message = json.loads(bench.aws.calls[0][2]["Message"])
    assert message["TriggeringChildren"] == [
        {"Arn": high, "State": {"Value": "ALARM", "Timestamp": "2026-11-25T02:11:00.000+0000"}}
    ]
    await passed(bench, high, low, value=100.0)
    assert (await described(bench, "both", AlarmTypes=["CompositeAlarm"]))["StateValue"] == "OK"


async def test_a_composite_alarm_needs_its_children_and_they_cannot_leave_before_it(bench: Bench) -> None:
    with pytest.raises(AwsCallError, match=r"\[high\] in the alarm rule do not exist"):
        await bench.call("PutCompositeAlarm", AlarmName="both", AlarmRule="ALARM(high)")
    await put(bench)
    await bench.call("PutCompositeAlarm", AlarmName="both", AlarmRule="ALARM(high)")
    with pytest.raises(AwsCallError, match="composite alarm"):
        await bench.call("DeleteAlarms", AlarmNames=["high"])
    await bench.call("DeleteAlarms", AlarmNames=["both", "high"])
    answer = await bench.call("DescribeAlarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert answer["MetricAlarms"] == answer["CompositeAlarms"] == []


async def test_composite_alarms_that_name_each_other_come_to_rest(bench: Bench) -> None:
    await put(bench, AlarmActions=[])
    await bench.call("PutCompositeAlarm", AlarmName="first", AlarmRule="ALARM(high)")
    await bench.call("PutCompositeAlarm", AlarmName="second", AlarmRule="ALARM(first)")
    await bench.call("PutCompositeAlarm", AlarmName="first", AlarmRule="ALARM(high) OR NOT ALARM(second)")
    await bench.call("SetAlarmState", AlarmName="high", StateValue="ALARM", StateReason="by hand")
    first = await described(bench, "first", AlarmTypes=["CompositeAlarm"])
    assert first["StateValue"] == "ALARM"


async def test_a_suppressed_composite_alarm_does_nothing(bench: Bench) -> None:
    arn = await put(bench, AlarmActions=[])
    await put(bench, "maintenance", AlarmActions=[])
    await bench.call("SetAlarmState", AlarmName="maintenance", StateValue="ALARM", StateReason="tonight")
    await bench.call(
        "PutCompositeAlarm",
        AlarmName="both",
        AlarmRule="ALARM(high)",
        AlarmActions=[TOPIC],
        ActionsSuppressor="maintenance",
        ActionsSuppressorWaitPeriod=60,
        ActionsSuppressorExtensionPeriod=60,
    )
    await passed(bench, arn, value=95.0)
    assert (await described(bench, "both", AlarmTypes=["CompositeAlarm"]))["StateValue"] == "ALARM"
    assert bench.aws.calls == []
