"""The door to the load balancer: target groups, by the ELBv2 API."""

from collections.abc import Mapping
from typing import Any

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.ecs.errors import invalid
from seatrial.services.ecs.health import ABSENT, TargetState
from seatrial.services.ecs.records import Json


class TargetGroups:
    """Registers and deregisters tasks, and asks how they are."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    async def check_attached(self, workload: Mapping[str, Any]) -> None:
        """Whether every target group exists and is behind a load balancer.

        Raises:
            AwsCallError: ``InvalidParameterException`` with AWS's words.
        """
        for arn in groups_of(workload):
            try:
                answer = await self._call("DescribeTargetGroups", arn, TargetGroupArns=[arn])
            except AwsCallError as error:
                raise invalid(f"The specified target group does not exist. (Target group {arn})") from error
            if not any(group.get("LoadBalancerArns") for group in answer.get("TargetGroups", ())):
                raise invalid(f"The target group with targetGroupArn {arn} does not have an associated load balancer.")

    async def register(self, target: Json) -> None:
        """Register ``{"group", "address", "port"}``."""
        await self._call("RegisterTargets", target["group"], TargetGroupArn=target["group"], Targets=[_target(target)])

    async def deregister(self, target: Json) -> None:
        """Deregister; a group that is gone is no error: the task stops all the same."""
        try:
            await self._call(
                "DeregisterTargets", target["group"], TargetGroupArn=target["group"], Targets=[_target(target)]
            )
        except AwsCallError as error:
            if "NotFound" not in error.code and "InvalidTarget" not in error.code:
                raise

    async def health(self, group: str) -> dict[tuple[str, int], TargetState] | None:
        """How the targets of a group are, by address and port; None where nobody says, because the group is gone."""
        try:
            answer = await self._call("DescribeTargetHealth", group, TargetGroupArn=group)
        except AwsCallError:
            return None
        found = {}
        for item in answer.get("TargetHealthDescriptions", ()):
            address, port = item["Target"]["Id"], int(item["Target"].get("Port", 0))
            state = item.get("TargetHealth", {})
            why = state.get("Description") or state.get("Reason", "")
            found[address, port] = TargetState(group, port, state.get("State", ABSENT), why)
        return found

    async def draining(self, target: Json) -> bool:
        """Whether the group still lets requests of this target end."""
        states = await self.health(target["group"]) or {}
        state = states.get((target["address"], target["port"]))
        return state is not None and state.state == "draining"

    async def _call(self, operation: str, arn: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        return await self._aws.call("elbv2", operation, region=arn.split(":")[3], **params)


def groups_of(workload: Mapping[str, Any]) -> list[str]:
    """The target groups that a workload names."""
    return [item["targetGroupArn"] for item in workload.get("loadBalancers", ()) if item.get("targetGroupArn")]


def targets_of(workload: Mapping[str, Any], address: str) -> list[Json]:
    """The targets that a task with this address makes."""
    return [
        {"group": item["targetGroupArn"], "address": address, "port": item["containerPort"]}
        for item in workload.get("loadBalancers", ())
        if item.get("targetGroupArn")
    ]


def _target(target: Json) -> Json:
    return {"Id": target["address"], "Port": target["port"]}
