"""Application Auto Scaling with a made-up ECS, RDS and CloudWatch and a clock that is told the time."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.core.wire import modelled
from seatrial.services.autoscaling.service import SERVICE, TARGET, ApplicationAutoScaling
from seatrial.services.cloudwatch.data import Act, AlarmAction

WEB = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/web",
    "ScalableDimension": "ecs:service:DesiredCount",
}
REGION = "eu-west-1"
MONDAY = datetime(2026, 8, 3, 9, 0, tzinfo=UTC)


class ToldClock:
    """Tells the time that it is told."""

    def __init__(self) -> None:
        self.time = MONDAY

    def now(self) -> datetime:
        return self.time

    def monotonic(self) -> float:
        return self.time.timestamp()

    def sleep(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


class FakeAws:
    """One ECS service, one Aurora cluster, and alarms that are only remembered."""

    def __init__(self) -> None:
        self.service: dict[str, Any] = {"status": "ACTIVE", "desiredCount": 2, "runningCount": 2, "deployments": []}
        self.alarms: dict[str, dict[str, Any]] = {}
        self.replicas: dict[str, str] = {"writer": "available"}
        self.new_replicas = "available"
        self.refuses: dict[str, str] = {}
        self.obedient = True

    async def call(
        self,
        service: str,  # noqa: ARG002 - the shape of the real one
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's
    ) -> dict[str, Any]:
        await asyncio.sleep(0)
        assert region == REGION
        if operation in self.refuses:
            raise AwsCallError("ServiceException", self.refuses[operation])
        answered: dict[str, Any] = getattr(self, f"_{operation}")(params)
        return answered

    def _DescribeServices(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        return {"services": [self.service] if params["services"] == ["web"] else []}

    def _UpdateService(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        self.service["desiredCount"] = params["desiredCount"]
        if self.obedient:
            self.service["runningCount"] = params["desiredCount"]
        return {}

    def _PutMetricAlarm(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        self.alarms[params["AlarmName"]] = params
        return {}

    def _DeleteAlarms(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        for name in params["AlarmNames"]:
            if self.alarms.pop(name, None) is None:
                raise AwsCallError("ResourceNotFound", f"Alarm {name} does not exist.")
        return {}

    def _DescribeAlarms(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        found = [{**alarm, "AlarmArn": f"arn:{name}"} for name, alarm in self.alarms.items()]
        return {"MetricAlarms": [alarm for alarm in found if params["ActionPrefix"] in alarm["AlarmActions"]]}

    def _DescribeDBClusters(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        members = [{"DBInstanceIdentifier": n, "IsClusterWriter": n == "writer"} for n in self.replicas]
        return {"DBClusters": [{"DBClusterIdentifier": "db", "Engine": "aurora", "DBClusterMembers": members}]}

    def _DescribeDBInstances(self, _: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        described = [
            {"DBInstanceIdentifier": name, "DBInstanceStatus": status, "DBInstanceClass": "db.r6g.large"}
            for name, status in self.replicas.items()
        ]
        return {"DBInstances": described}

    def _CreateDBInstance(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        self.replicas[params["DBInstanceIdentifier"]] = self.new_replicas
        return {}

    def _DeleteDBInstance(self, params: dict[str, Any]) -> dict[str, Any]:  # noqa: N802 - AWS's
        del self.replicas[params["DBInstanceIdentifier"]]
        return {}


class HeardBus(EventBus):
    """Remembers what was announced."""

    def __init__(self) -> None:
        self.heard: list[tuple[str, dict[str, Any]]] = []

    def announce(self, source: str, detail_type: str, resources: Any, detail: Any, *, region: str) -> None:  # noqa: ANN401, ARG002 - as the real one
        self.heard.append((detail_type, dict(detail)))


@dataclass
class Harness:
    """One Application Auto Scaling; every answer is held against AWS's model."""

    home: Path
    aws: FakeAws = field(default_factory=FakeAws)
    clock: ToldClock = field(default_factory=ToldClock)
    bus: HeardBus = field(default_factory=HeardBus)
    acts: dict[str, Act] = field(default_factory=dict)

    def handle_action(self, prefix: str, act: Act) -> None:
        self.acts[prefix] = act

    async def start(self) -> None:
        self.store = Store(self.home / "state.sqlite")
        context = ServiceContext(
            settings=InstanceSettings(home=self.home),
            clock=self.clock,
            store=self.store,
            aws=self.aws,
            bus=self.bus,
            faults=Faults(self.store, self.clock),
        )
        self.scaling = ApplicationAutoScaling(context, self, interval=0.002)
        await self.scaling.start()

    async def stop(self) -> None:
        await self.scaling.stop()
        self.store.close()

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        request = AwsRequest(
            method="POST",
            path="/",
            headers={"x-amz-target": TARGET + operation},
            body=json.dumps(params).encode(),
            service=SERVICE,
            operation=operation,
            region=REGION,
            account_id="000000000000",
        )
        assert self.scaling.claims(request)
        answer = (await self.scaling.handle(request)).json()
        assert modelled.problems_in_output(SERVICE, operation, answer) == ""
        return answer

    async def refused(self, operation: str, **params: Any) -> tuple[str, str]:  # noqa: ANN401 - AWS's
        """Code and message of the error that a call ends in."""
        try:
            answer = await self.call(operation, **params)
        except AwsCallError as error:
            return error.code, error.message
        raise AssertionError(f"{operation} was answered: {answer}")

    async def register(self, minimum: int = 1, maximum: int = 10, **more: Any) -> str:  # noqa: ANN401 - AWS's
        answer = await self.call(
            "RegisterScalableTarget", **{**WEB, "MinCapacity": minimum, "MaxCapacity": maximum, **more}
        )
        arn: str = answer["ScalableTargetARN"]
        return arn

    async def track(self, name: str = "cpu", target: float = 50, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        configuration = {
            "TargetValue": target,
            "PredefinedMetricSpecification": {"PredefinedMetricType": "ECSServiceAverageCPUUtilization"},
            **more,
        }
        return await self.put(name, "TargetTrackingScaling", TargetTrackingScalingPolicyConfiguration=configuration)

    async def step(self, name: str = "steps", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        configuration = {
            "AdjustmentType": "ChangeInCapacity",
            "StepAdjustments": [
                {"MetricIntervalLowerBound": 0, "MetricIntervalUpperBound": 20, "ScalingAdjustment": 2},
                {"MetricIntervalLowerBound": 20, "ScalingAdjustment": 3},
                {"MetricIntervalUpperBound": 0, "ScalingAdjustment": -1},
            ],
            **more,
        }
        return await self.put(name, "StepScaling", StepScalingPolicyConfiguration=configuration)

    async def put(self, name: str, kind: str, **configuration: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        return await self.call("PutScalingPolicy", **WEB, PolicyName=name, PolicyType=kind, **configuration)

    async def alarm(self, policy: dict[str, Any], side: str, value: float, threshold: float = 50) -> None:
        """An alarm of this policy acts; where it has none, one that a user made."""
        names = [alarm["AlarmName"] for alarm in policy["Alarms"] if f"Alarm{side}" in alarm["AlarmName"]]
        action = AlarmAction(
            action=policy["PolicyARN"],
            alarm_name=names[0] if names else "web-cpu",
            alarm_arn="arn",
            state="ALARM",
            reason="",
            value=value,
            threshold=threshold,
            region=REGION,
            at=self.clock.now().timestamp(),
        )
        await self.acts["arn:aws:autoscaling:"](action)

    def later(self, seconds: float) -> None:
        self.clock.time += timedelta(seconds=seconds)

    @property
    def desired(self) -> int:
        count: int = self.aws.service["desiredCount"]
        return count

    async def activities(self, **more: Any) -> list[dict[str, Any]]:  # noqa: ANN401 - AWS's
        answer = await self.call("DescribeScalingActivities", ServiceNamespace="ecs", **more)
        found: list[dict[str, Any]] = answer["ScalingActivities"]
        return found

    async def ended(self) -> dict[str, Any]:
        """The newest activity, once it has ended."""
        await eventually_async(self._newest_has_ended)
        return (await self.activities())[0]

    async def _newest_has_ended(self) -> bool:
        found = await self.activities()
        return bool(found) and found[0]["StatusCode"] not in {"Pending", "InProgress"}


async def eventually_async(what: Callable[[], Any]) -> None:
    for _ in range(5000):
        if await what():
            return
        await asyncio.sleep(0.002)
    raise AssertionError(f"not within 10 s: {what}")


@asynccontextmanager
async def harness(home: Path) -> AsyncIterator[Harness]:
    made = Harness(home)
    await made.start()
    try:
        yield made
    finally:
        await made.stop()
