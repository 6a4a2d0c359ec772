"""Composite alarms follow their children."""

import json

import pytest

from seatrial.core.internal import AwsCallError
from tests.seatrial.unit.cloudwatch.alarms import ARN, TOPIC, described, passed, put
from tests.seatrial.unit.cloudwatch.harness import Harness


async def test_a_composite_alarm_follows_its_children(harness: Harness) -> None:
    high, low = await put(harness, AlarmActions=[]), await put(harness, "low", Threshold=99.0, AlarmActions=[])
    await harness.call(
        "PutCompositeAlarm",
        AlarmName="both",
        AlarmRule=f'ALARM("high") AND NOT ALARM({low})',
        AlarmActions=[TOPIC],
        Tags=[{"Key": "a", "Value": "b"}],
    )
    both = await described(harness, "both", AlarmTypes=["CompositeAlarm"])
    assert both["StateValue"] == "OK"
    assert both["StateReason"] == f"{ARN}both was created and its alarm rule evaluates to OK"
    await passed(harness, high, low, value=95.0)
    both = await described(harness, "both", AlarmTypes=["CompositeAlarm"])
    assert both["StateValue"] == "ALARM"
    assert both["StateReason"] == f"{high} transitioned to ALARM at Wednesday 25 November, 2026 02:11:00 UTC"
    message = json.loads(harness.aws.calls[0][2]["Message"])
    assert message["TriggeringChildren"] == [
        {"Arn": high, "State": {"Value": "ALARM", "Timestamp": "2026-11-25T02:11:00.000+0000"}}
    ]
    await passed(harness, high, low, value=100.0)
    assert (await described(harness, "both", AlarmTypes=["CompositeAlarm"]))["StateValue"] == "OK"


async def test_a_composite_alarm_needs_its_children_and_they_cannot_leave_before_it(harness: Harness) -> None:
    with pytest.raises(AwsCallError, match=r"\[high\] in the alarm rule do not exist"):
        await harness.call("PutCompositeAlarm", AlarmName="both", AlarmRule="ALARM(high)")
    await put(harness)
    await harness.call("PutCompositeAlarm", AlarmName="both", AlarmRule="ALARM(high)")
    with pytest.raises(AwsCallError, match="composite alarm"):
        await harness.call("DeleteAlarms", AlarmNames=["high"])
    await harness.call("DeleteAlarms", AlarmNames=["both", "high"])
    answer = await harness.call("DescribeAlarms", AlarmTypes=["MetricAlarm", "CompositeAlarm"])
    assert answer["MetricAlarms"] == answer["CompositeAlarms"] == []


async def test_composite_alarms_that_name_each_other_come_to_rest(harness: Harness) -> None:
    await put(harness, AlarmActions=[])
    await harness.call("PutCompositeAlarm", AlarmName="first", AlarmRule="ALARM(high)")
    await harness.call("PutCompositeAlarm", AlarmName="second", AlarmRule="ALARM(first)")
    await harness.call("PutCompositeAlarm", AlarmName="first", AlarmRule="ALARM(high) OR NOT ALARM(second)")
    await harness.call("SetAlarmState", AlarmName="high", StateValue="ALARM", StateReason="by hand")
    first = await described(harness, "first", AlarmTypes=["CompositeAlarm"])
    assert first["StateValue"] == "ALARM"


async def test_a_suppressed_composite_alarm_does_nothing(harness: Harness) -> None:
    arn = await put(harness, AlarmActions=[])
    await put(harness, "maintenance", AlarmActions=[])
    await harness.call("SetAlarmState", AlarmName="maintenance", StateValue="ALARM", StateReason="tonight")
    await harness.call(
        "PutCompositeAlarm",
        AlarmName="both",
        AlarmRule="ALARM(high)",
        AlarmActions=[TOPIC],
        ActionsSuppressor="maintenance",
        ActionsSuppressorWaitPeriod=60,
        ActionsSuppressorExtensionPeriod=60,
    )
    await passed(harness, arn, value=95.0)
    assert (await described(harness, "both", AlarmTypes=["CompositeAlarm"]))["StateValue"] == "ALARM"
    assert harness.aws.calls == []
