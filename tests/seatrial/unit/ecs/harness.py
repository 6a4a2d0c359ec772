"""ECS with a made-up engine and a made-up AWS: its API, its scheduler and its tasks together, in milliseconds."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from seatrial.core.bus import Announcement, EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.faults import Faults
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import SystemClock
from seatrial.services.ecs.containers.fakes import FakeAws, FakeContainers
from seatrial.services.ecs.service import TARGET, Ecs
from seatrial.services.ecs.settings import EcsSettings
from seatrial.services.ecs.validation import problems_in_output

QUICK = EcsSettings(
    healthy_after=0,
    activation=0,
    confirmed_after=0,
    alarm_interval=0,
    busy_interval=0.005,
    idle_interval=0.01,
    retry_base=0.001,
    reconcile_interval=0.01,
)
GROUP = "arn:aws:elasticloadbalancing:eu-west-1:000000000000:targetgroup/web/0123456789abcdef"
NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


@dataclass
class Harness:
    """One ECS; every answer is held against AWS's model."""

    ecs: Ecs
    aws: FakeAws
    containers: FakeContainers = field(default_factory=FakeContainers)
    told: list[Announcement] = field(default_factory=list)

    async def call(self, operation: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        request = AwsRequest(
            method="POST",
            path="/",
            headers={"x-amz-target": TARGET + operation},
            body=_json(params),
            service="ecs",
            operation=operation,
            region="eu-west-1",
            account_id="000000000000",
        )
        assert self.ecs.claims(request)
        answer = (await self.ecs.handle(request)).json()
        assert problems_in_output(operation, answer) == ""
        return answer

    async def refused(self, operation: str, **params: Any) -> tuple[str, str]:  # noqa: ANN401 - AWS's
        """Code and message of the error that a call ends in."""
        try:
            answer = await self.call(operation, **params)
        except AwsCallError as error:
            return error.code, error.message
        raise AssertionError(f"{operation} was answered: {answer}")

    async def register(self, family: str = "web", **container: Any) -> str:  # noqa: ANN401 - AWS's
        answer = await self.call("RegisterTaskDefinition", **fargate(family, **container))
        arn: str = answer["taskDefinition"]["taskDefinitionArn"]
        return arn

    async def create(self, count: int = 2, **more: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        """The service ``web`` in the cluster ``default``, behind a target group."""
        await self.call("CreateCluster")
        definition = more.pop("taskDefinition", None) or await self.register()
        params = service_parameters(definition, count) | more
        created: dict[str, Any] = (await self.call("CreateService", **params))["service"]
        return created

    async def service(self) -> dict[str, Any]:
        found: dict[str, Any] = (await self.call("DescribeServices", services=["web"]))["services"][0]
        return found

    async def deployment(self, arn: str | None = None) -> dict[str, Any]:
        asked = arn or (await self.service())["currentServiceDeployment"]
        answer = await self.call("DescribeServiceDeployments", serviceDeploymentArns=[asked])
        found: dict[str, Any] = answer["serviceDeployments"][0]
        return found

    async def until_status(self, *statuses: str, arn: str | None = None) -> dict[str, Any]:
        """The service deployment once it has one of these statuses."""
        for _ in range(2000):
            found = await self.deployment(arn)
            if found["status"] in statuses:
                return found
            await asyncio.sleep(0.002)
        raise AssertionError(f"still {found['status']}: {await self.said()}")

    async def until(self, what: Callable[[dict[str, Any]], bool]) -> dict[str, Any]:
        """The service once it is so."""
        for _ in range(2000):
            found = await self.service()
            if what(found):
                return found
            await asyncio.sleep(0.002)
        raise AssertionError(f"still {found}")

    async def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = (await self.call("ListTasks", desiredStatus=status))["taskArns"]
        return (await self.call("DescribeTasks", tasks=arns))["tasks"] if arns else []

    async def until_running(self) -> None:
        for _ in range(2000):
            if any(task["lastStatus"] == "RUNNING" for task in await self.tasks()):
                return
            await asyncio.sleep(0.002)
        raise AssertionError(f"no task runs: {await self.tasks('STOPPED')}")

    async def until_stopped(self) -> list[dict[str, Any]]:
        """The tasks that are told to stop, once there is one."""
        for _ in range(2000):
            if found := await self.tasks("STOPPED"):
                return found
            await asyncio.sleep(0.002)
        raise AssertionError("no task stops")

    async def said(self) -> list[str]:
        return [event["message"] for event in reversed((await self.service())["events"])]


@asynccontextmanager
async def harness(
    directory: Path, *, engine: bool = True, containers: FakeContainers | None = None
) -> AsyncIterator[Harness]:
    """An ECS that runs; what it knows is in ``directory`` for the next one."""
    store = Store(directory / "state.sqlite")
    aws = FakeAws()
    settings = InstanceSettings(home=directory)
    context = ServiceContext(
        settings=settings,
        clock=SystemClock(),
        store=store,
        aws=aws,
        bus=EventBus(),
        faults=Faults(store),
    )
    made = Harness(Ecs(context, QUICK), aws, containers or FakeContainers())
    context.bus.connect(made.told.append)
    if engine:
        await made.ecs.start_with(made.containers)
    await made.ecs.start()
    try:
        yield made
    finally:
        await made.ecs.stop()
        store.close()


def fargate(family: str = "web", **container: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
    """A registration that AWS accepts."""
    app = {"name": "app", "image": "shop/web:1", "portMappings": [{"containerPort": 80}], **container}
    return {
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [app],
    }


def service_parameters(definition: str, count: int) -> dict[str, Any]:
    return {
        "serviceName": "web",
        "taskDefinition": definition,
        "desiredCount": count,
        "launchType": "FARGATE",
        "networkConfiguration": NETWORK,
        "loadBalancers": [{"targetGroupArn": GROUP, "containerName": "app", "containerPort": 80}],
        "deploymentConfiguration": {"deploymentCircuitBreaker": {"enable": True, "rollback": True}},
    }


def _json(params: dict[str, Any]) -> bytes:
    return json.dumps(params).encode()
