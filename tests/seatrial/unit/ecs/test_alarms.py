"""Deployment alarms: watched while a deployment is under way, and never else."""

import asyncio
from typing import Any

import pytest

from seatrial.services.ecs.deployments.alarms import AlarmReading, reading
from tests.seatrial.unit.ecs.harness import Harness

FINISHED = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")


def watching(*, rollback: bool = True) -> dict[str, Any]:
    return {"alarms": {"alarmNames": ["errors", "latency"], "enable": True, "rollback": rollback}}


async def good(ecs: Harness, **alarms: bool) -> None:
    ecs.aws.alarms = {"errors": "OK", "latency": "INSUFFICIENT_DATA", "of-others": "ALARM"}
    await ecs.create(2, deploymentConfiguration=watching(**alarms))
    await ecs.until_status("SUCCESSFUL")


async def update(ecs: Harness) -> str:
    answer = await ecs.call("UpdateService", service="web", forceNewDeployment=True)
    arn: str = answer["service"]["currentServiceDeployment"]
    return arn


async def until_watched(ecs: Harness, arn: str) -> None:
    for _ in range(2000):
        if (await ecs.deployment(arn))["alarms"]["status"] == "MONITORING":
            return
        await asyncio.sleep(0.002)
    raise AssertionError(await ecs.deployment(arn))


async def test_an_alarm_rolls_a_deployment_back_in_awss_words(ecs: Harness) -> None:
    await good(ecs)
    before = (await ecs.service())["deployments"][0]["id"]
    ecs.aws.state = "initial"
    arn = await update(ecs)
    await until_watched(ecs, arn)
    ecs.aws.alarms["errors"] = "ALARM"
    found = await ecs.until_status(*FINISHED, arn=arn)
    assert found["status"] == "ROLLBACK_SUCCESSFUL"
    assert found["alarms"] == {
        "status": "TRIGGERED",
        "alarmNames": ["errors", "latency"],
        "triggeredAlarmNames": ["errors"],
    }
    said = "\n".join(await ecs.said())
    assert "deployment failed: alarm detected." in said
    assert f"(service web) rolling back to deployment {before}." in said


async def test_without_rollback_an_alarm_leaves_the_deployment_failed(ecs: Harness) -> None:
    await good(ecs, rollback=False)
    ecs.aws.state = "initial"
    arn = await update(ecs)
    await until_watched(ecs, arn)
    ecs.aws.alarms["latency"] = "ALARM"
    assert (await ecs.until_status(*FINISHED, arn=arn))["status"] == "STOPPED"
    assert (await ecs.service())["deployments"][0]["rolloutState"] == "FAILED"


async def test_an_alarm_that_is_on_when_a_deployment_begins_has_all_of_them_ignored(ecs: Harness) -> None:
    await good(ecs)
    ecs.aws.alarms["errors"] = "ALARM"
    found = await ecs.until_status(*FINISHED, arn=await update(ecs))
    assert (found["status"], found["alarms"]["status"]) == ("SUCCESSFUL", "DISABLED")


async def test_a_deployment_goes_on_for_its_bake_time_and_fails_within_it(ecs: Harness) -> None:
    await good(ecs)
    ecs.aws.alarm_seconds = 3600
    arn = await update(ecs)
    await ecs.until(lambda found: len(found["deployments"]) == 1 and found["runningCount"] == 2)
    await until_watched(ecs, arn)
    assert (await ecs.service())["deployments"][0]["rolloutState"] == "IN_PROGRESS"
    ecs.aws.alarms["errors"] = "ALARM"
    await ecs.until_status("ROLLBACK_SUCCESSFUL", arn=arn)


async def test_alarms_that_stay_off_are_no_longer_watched_after_the_deployment(ecs: Harness) -> None:
    await good(ecs)
    found = await ecs.until_status(*FINISHED, arn=await update(ecs))
    assert (found["status"], found["alarms"]["status"]) == ("SUCCESSFUL", "MONITORING_COMPLETE")
    await ecs.until(lambda found: "steady state" in found["events"][0]["message"])
    ecs.aws.calls.clear()
    ecs.aws.alarms["errors"] = "ALARM"
    for _ in range(2000):
        if sum(name == "DescribeTargetHealth" for name, _ in ecs.aws.calls) >= 5:
            break
        await asyncio.sleep(0.002)
    assert "DescribeAlarms" not in {name for name, _ in ecs.aws.calls}
    assert (await ecs.service())["deployments"][0]["rolloutState"] == "COMPLETED"


@pytest.mark.parametrize(
    ("alarms", "read"),
    [
        ([], AlarmReading((), 0)),
        ([{"AlarmName": "a", "StateValue": "OK", "Period": 60, "EvaluationPeriods": 3}], AlarmReading((), 180)),
        (
            [
                {"AlarmName": "a", "StateValue": "ALARM", "Period": 10, "EvaluationPeriods": 1},
                {
                    "AlarmName": "b",
                    "StateValue": "OK",
                    "EvaluationPeriods": 2,
                    "Metrics": [{"Id": "e", "Expression": "m"}, {"Id": "m", "MetricStat": {"Period": 300}}],
                },
            ],
            AlarmReading(("a",), 600),
        ),
    ],
)
def test_the_bake_time_is_the_longest_time_that_an_alarm_looks_back_on(
    alarms: list[dict[str, Any]], read: AlarmReading
) -> None:
    assert reading(alarms) == read
