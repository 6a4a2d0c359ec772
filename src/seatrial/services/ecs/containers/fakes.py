"""A Docker engine and an AWS that do as they are told, kept beside the real ones so that they change together."""

import asyncio
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from typing import Any

from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.containers.docker import ContainerFacts, EngineRefused
from seatrial.services.ecs.containers.log_frames import Message
from seatrial.services.ecs.containers.spec import Launch


class FakeContainers:
    """An engine without containers.

    ``broken`` maps images to what pulling them says, ``exits_at_once`` those that crash to their exit codes.
    """

    def __init__(self) -> None:
        self._numbers = count()
        self.facts: dict[str, ContainerFacts] = {}
        self.launches: dict[str, Launch] = {}
        self.signals: list[tuple[str, str]] = []
        self.broken: dict[str, str] = {}
        self.exits_at_once: dict[str, int] = {}
        self.pulled: list[str] = []
        self.paused: set[str] = set()
        self.next_address: str | None = None
        self.used: dict[str, dict[str, Any]] = {}
        self.bytes_written = 0

    async def prepare(self) -> None:
        """See ``Containers.prepare``."""

    async def pull(self, image: str, *, always: bool) -> str | None:  # noqa: ARG002 - the shape of the real one
        """See ``Containers.pull``."""
        self.pulled.append(image)
        if image in self.broken:
            raise EngineRefused(f"CannotPullContainerError: {self.broken[image]}")
        return "sha256:" + "0" * 64

    async def create(self, launch: Launch) -> str:
        """See ``Containers.create``."""
        identity = f"container-{next(self._numbers)}"
        name = launch.definition["name"]
        self.facts[identity] = ContainerFacts(identity, launch.task.arn, name, "created")
        self.launches[identity] = launch
        return identity

    async def start(self, container: str, *, paused: bool = False) -> ContainerFacts:
        """See ``Containers.start``."""
        if paused:
            self.paused.add(container)
        number = int(container.rpartition("-")[2])
        address = self.next_address or f"10.0.{number // 250}.{number % 250 + 1}"
        self.facts[container] = replace(
            self.facts[container], status="running", address=address, prefix=8, gateway="10.0.0.1"
        )
        image = self.launches[container].definition["image"]
        if image in self.exits_at_once:
            self.end(container, self.exits_at_once[image])
        return self.facts[container]

    async def unpause(self, container: str) -> None:
        """See ``Containers.unpause``."""
        self.paused.discard(container)

    async def inspect(self, container: str) -> ContainerFacts | None:
        """See ``Containers.inspect``."""
        return self.facts.get(container)

    async def signal(self, container: str, name: str) -> None:
        """See ``Containers.signal``."""
        self.signals.append((container, name))
        self.end(container, 143)

    async def remove(self, container: str) -> None:
        """See ``Containers.remove``."""
        self.facts.pop(container, None)

    async def cut_off(self, container: str) -> None:
        """See ``Containers.cut_off``."""
        self.disconnect(container)

    async def restore(self, container: str, address: str) -> None:
        """See ``Containers.restore``."""
        self.facts[container] = replace(self.facts[container], address=address)

    async def all(self) -> list[ContainerFacts]:
        """See ``Containers.all``."""
        return list(self.facts.values())

    async def stats(self, container: str) -> dict[str, Any] | None:
        """See ``Containers.stats``."""
        return self.used.get(container)

    async def written(self, task: str) -> int:  # noqa: ARG002 - the shape of the real one
        """See ``Containers.written``."""
        return self.bytes_written

    def lines(self, container: str, since: float) -> Iterator[list[Message]]:  # noqa: ARG002 - the shape of the real one
        """See ``Containers.lines``."""
        return iter(())

    def happenings(self) -> Iterator[str]:
        """See ``Containers.happenings``."""
        return iter(())

    def end(self, container: str, exit_code: int) -> None:
        """The container ends by itself."""
        self.facts[container] = replace(self.facts[container], status="exited", exit_code=exit_code)

    def disconnect(self, container: str) -> None:
        """The container loses its network, and goes on."""
        self.facts[container] = replace(self.facts[container], address="")


class FakeAws:
    """Target groups whose targets, and subnets whose zones, are as they are told; all else answers nothing.

    Args:
        attached: whether target groups are behind a load balancer.
    """

    def __init__(self, *, attached: bool = True) -> None:
        self.attached = attached
        self.state = "healthy"
        self.targets: dict[tuple[str, str, int], str] = {}
        self.calls: list[tuple[str, dict[str, Any]]] = []
        self.secrets: dict[str, str] = {}
        self.subnets: dict[str, str] = {}
        self.alarms: dict[str, str] = {}
        self.alarm_seconds = 0

    async def call(
        self,
        service: str,  # noqa: ARG002 - the shape of the real one
        operation: str,
        /,
        *,
        region: str | None = None,  # noqa: ARG002 - as above
        **params: Any,  # noqa: ANN401 - AWS's
    ) -> dict[str, Any]:
        """See ``InProcessAws.call``."""
        await asyncio.sleep(0)
        self.calls.append((operation, params))
        answers = {
            "DescribeTargetGroups": self._groups,
            "RegisterTargets": self._register,
            "DeregisterTargets": self._deregister,
            "DescribeTargetHealth": self._health,
            "GetParameters": lambda params: {"Parameters": [], "InvalidParameters": params["Names"]},
            "GetSecretValue": self._secret,
            "DescribeAlarms": self._alarms,
            "DescribeSubnets": self._subnets,
        }
        return answers[operation](params) if operation in answers else {}

    def _groups(self, _: dict[str, Any]) -> dict[str, Any]:
        return {"TargetGroups": [{"LoadBalancerArns": ["lb"] if self.attached else []}]}

    def _register(self, params: dict[str, Any]) -> dict[str, Any]:
        for target in params["Targets"]:
            self.targets[params["TargetGroupArn"], target["Id"], target["Port"]] = self.state
        return {}

    def _deregister(self, params: dict[str, Any]) -> dict[str, Any]:
        for target in params["Targets"]:
            self.targets.pop((params["TargetGroupArn"], target["Id"], target["Port"]), None)
        return {}

    def _health(self, params: dict[str, Any]) -> dict[str, Any]:
        mine = [key for key in self.targets if key[0] == params["TargetGroupArn"]]
        described = [
            {"Target": {"Id": address, "Port": port}, "TargetHealth": {"State": self.targets[group, address, port]}}
            for group, address, port in mine
        ]
        return {"TargetHealthDescriptions": described}

    def _alarms(self, params: dict[str, Any]) -> dict[str, Any]:
        described = [
            {"AlarmName": name, "StateValue": state, "Period": self.alarm_seconds, "EvaluationPeriods": 1}
            for name, state in self.alarms.items()
            if name in params["AlarmNames"]
        ]
        return {"MetricAlarms": described}

    def _subnets(self, params: dict[str, Any]) -> dict[str, Any]:
        asked = params["Filters"][0]["Values"]
        described = [
            {"SubnetId": subnet, "AvailabilityZone": zone} for subnet, zone in self.subnets.items() if subnet in asked
        ]
        return {"Subnets": described}

    def _secret(self, params: dict[str, Any]) -> dict[str, Any]:
        if params["SecretId"] not in self.secrets:
            raise AwsCallError("ResourceNotFoundException", "Secrets Manager can't find the specified secret.")
        return {"SecretString": self.secrets[params["SecretId"]]}
