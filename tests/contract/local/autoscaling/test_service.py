"""A service of real containers, scaled by the alarms of a policy on a metric that the test publishes."""

import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from contract.conftest import RunningAws, fresh_settings, start
from tagship.base.clock import SystemClock
from tagship.base.process import SystemProcesses
from tagship.local import instance
from tagship.local.engine import EngineClient

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
