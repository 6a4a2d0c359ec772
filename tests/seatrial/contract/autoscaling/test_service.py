"""A service of real containers, scaled by the alarms of a policy on a metric that the test publishes."""

import json
import os
import signal
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from seatrial.core.engine import EngineClient
from seatrial.ground.clock import SystemClock
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance
from tests.seatrial.contract.conftest import RunningAws, fresh_settings, start

pytestmark = pytest.mark.docker

MINUTE = 1.0
TARGET = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}


@pytest.fixture
def quick_aws(engine: EngineClient, tmp_path: Path) -> Iterator[RunningAws]:  # noqa: ARG001 - without one, skipped
    """An embedded AWS whose minutes are short."""
    settings = replace(fresh_settings(tmp_path), minute=MINUTE)
    start(settings)
    yield RunningAws(settings)
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


class Shop:
    """One service of tasks that wait, and a policy that tracks ``Jobs`` for each."""

    def __init__(self, aws: RunningAws) -> None:
        self.ecs = aws.client("ecs")
        self.scaling = aws.client("application-autoscaling")
        self.cloudwatch = aws.client("cloudwatch")
        self.ecs.create_cluster(clusterName="shop")
        container = {
            "name": "app",
            "image": "python:3.11-slim-bookworm",
            "command": ["sleep", "3600"],
            "stopTimeout": 2,
        }
        self.ecs.register_task_definition(
            family="web", requiresCompatibilities=["FARGATE"], cpu="256", memory="512", networkMode="awsvpc",
            containerDefinitions=[container],
        )  # fmt: skip
        self.ecs.create_service(
            cluster="shop",
            serviceName="web",
            taskDefinition="web",
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
        )

    def track(self) -> None:
        jobs = {"MetricName": "Jobs", "Namespace": "Shop", "Statistic": "Average"}
        self.scaling.put_scaling_policy(
            **TARGET,
            PolicyName="jobs",
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={"TargetValue": 10, "CustomizedMetricSpecification": jobs},
        )

    def step(self) -> str:
        configuration = {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [
                {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 1},
                {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 5},
            ],
        }
        put = self.scaling.put_scaling_policy(
            **TARGET, PolicyName="steps", PolicyType="StepScaling", StepScalingPolicyConfiguration=configuration
        )
        arn: str = put["PolicyARN"]
        return arn

    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ecs.describe_services(cluster="shop", services=["web"])["services"][0]
        return found

    def counts(self) -> tuple[int, int]:
        service = self.service()
        return service["desiredCount"], service["runningCount"]

    def released(self) -> bool:
        return [rollout["rolloutState"] for rollout in self.service()["deployments"]] == ["COMPLETED"]

    def activities(self) -> list[dict[str, Any]]:
        return list(self.scaling.describe_scaling_activities(**TARGET)["ScalingActivities"])

    def done(self, description: str) -> dict[str, Any] | None:
        """The activity of this description, once it has succeeded."""
        return next(
            (a for a in self.activities() if a["Description"] == description and a["StatusCode"] == "Successful"), None
        )


def test_a_service_follows_its_metric_out_and_in_and_says_why(quick_aws: RunningAws) -> None:
    shop = Shop(quick_aws)
    shop.scaling.register_scalable_target(**TARGET, MinCapacity=2, MaxCapacity=6)
    first = eventually(lambda: shop.done("Setting desired count to 2."))
    assert first["Cause"] == "minimum capacity was set to 2"
    assert shop.counts() == (2, 2)
    eventually(shop.released)
    shop.track()
    out = while_publishing(shop, 23, lambda: shop.done("Setting desired count to 5."))  # ceil(2 * 23 / 10)
    assert out["StatusMessage"] == "Successfully set desired count to 5. Change successfully fulfilled by ecs."
    assert "-AlarmHigh-" in out["Cause"]
    assert out["Cause"].endswith(" in state ALARM triggered policy jobs")
    assert shop.counts() == (5, 5)
    inwards = while_publishing(shop, 5, lambda: shop.done("Setting desired count to 3."))  # ceil(5 * 5 / 10)
    assert "-AlarmLow-" in inwards["Cause"]
    assert shop.counts() == (3, 3)


def test_a_users_alarm_invokes_a_step_policy_up_to_the_maximum_which_is_announced(quick_aws: RunningAws) -> None:
    shop = Shop(quick_aws)
    shop.scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=3)
    events = Events(quick_aws)
    policy = shop.step()
    shop.cloudwatch.put_metric_alarm(
        AlarmName="many-jobs",
        Namespace="Shop",
        MetricName="Jobs",
        Statistic="Maximum",
        Period=60,
        EvaluationPeriods=1,
        Threshold=10,
        ComparisonOperator="GreaterThanThreshold",
        AlarmActions=[policy],
    )
    described = shop.scaling.describe_scaling_policies(ServiceNamespace="ecs")["ScalingPolicies"][0]
    assert [alarm["AlarmName"] for alarm in described["Alarms"]] == ["many-jobs"]
    out = while_publishing(shop, 40, lambda: shop.done("Setting desired count to 3."))
    assert out["Cause"] == "monitor alarm many-jobs in state ALARM triggered policy steps"
    event = eventually(events.next)
    assert event["detail-type"] == "Application Auto Scaling Scaling Activity State Change"
    assert (event["source"], event["resources"]) == ("aws.application-autoscaling", [])
    assert event["detail"]["resourceId"] == TARGET["ResourceId"]
    assert (event["detail"]["newDesiredCapacity"], event["detail"]["scaledToMax"]) == (3, True)


def test_a_scheduled_action_runs_at_its_time(quick_aws: RunningAws) -> None:
    shop = Shop(quick_aws)
    shop.scaling.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=3)
    soon = datetime.now(UTC) + timedelta(seconds=3)
    shop.scaling.put_scheduled_action(
        **TARGET,
        ScheduledActionName="rush-hour",
        Schedule=f"at({soon:%Y-%m-%dT%H:%M:%S})",
        ScalableTargetAction={"MinCapacity": 2},
    )
    eventually(lambda: shop.done("Setting desired count to 2."))
    bounds = shop.done("Setting min capacity to 2")
    assert bounds is not None
    assert bounds["Cause"] == "scheduled action name rush-hour was triggered"


def test_a_change_under_way_survives_a_kill(quick_aws: RunningAws) -> None:
    shop = Shop(quick_aws)
    eventually(lambda: shop.counts() == (1, 1))
    shop.scaling.register_scalable_target(**TARGET, MinCapacity=3, MaxCapacity=4)
    pid = instance.status(quick_aws.settings).pid
    assert pid
    os.kill(pid, signal.SIGKILL)
    start(quick_aws.settings)
    done = eventually(lambda: shop.done("Setting desired count to 3."))
    assert done["Cause"] == "minimum capacity was set to 3"
    assert shop.counts() == (3, 3)


class Events:
    """A queue with the events of Application Auto Scaling."""

    def __init__(self, aws: RunningAws) -> None:
        self.sqs = aws.client("sqs")
        self.queue = self.sqs.create_queue(QueueName="scaling")["QueueUrl"]
        asked = self.sqs.get_queue_attributes(QueueUrl=self.queue, AttributeNames=["QueueArn"])
        pattern = {"source": ["aws.application-autoscaling"], "detail": {"scaledToMax": [True]}}
        events = aws.client("events")
        events.put_rule(Name="scaling", EventPattern=json.dumps(pattern))
        events.put_targets(Rule="scaling", Targets=[{"Id": "queue", "Arn": asked["Attributes"]["QueueArn"]}])

    def next(self) -> dict[str, Any] | None:
        received = self.sqs.receive_message(QueueUrl=self.queue).get("Messages", [])
        return json.loads(received[0]["Body"]) if received else None


def while_publishing(shop: Shop, value: float, what: Callable[[], Any]) -> Any:  # noqa: ANN401 - as below
    """What is waited for, with this value of the metric in every minute."""

    def published() -> Any:  # noqa: ANN401 - as below
        shop.cloudwatch.put_metric_data(Namespace="Shop", MetricData=[{"MetricName": "Jobs", "Value": value}])
        return what()

    return eventually(published)


def eventually(what: Callable[[], Any], seconds: float = 120) -> Any:  # noqa: ANN401 - whatever is waited for
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        time.sleep(0.2)
    return found
