"""Reads the ELBv2 API: everything a load balancer is configured to do, as the API tells it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from seatrial.core.internal import Aws, AwsCallError
from seatrial.services.elb.control.configuration import Described

Shape = Mapping[str, Any]


@dataclass
class Reader:
    """Reads one region.

    Args:
        aws: the API.
        region: the region that is read.
        attributes: attributes by ARN that were read before and have not changed since; what is read now is added.
    """

    aws: Aws
    region: str
    attributes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def read(self) -> Described:
        """All load balancers, listeners, rules and target groups; who is registered, see ``sent_configuration.py``."""
        balancers = await self._all("DescribeLoadBalancers", "LoadBalancers")
        groups = await self._all("DescribeTargetGroups", "TargetGroups")
        balancer_arns = [balancer["LoadBalancerArn"] for balancer in balancers]
        of_each = [await self._all("DescribeListeners", "Listeners", LoadBalancerArn=arn) for arn in balancer_arns]
        listeners = [listener for listeners in of_each for listener in listeners]
        listener_arns = [listener["ListenerArn"] for listener in listeners]
        group_arns = [group["TargetGroupArn"] for group in groups]
        return Described(
            balancers,
            await self._attributes("LoadBalancer", balancer_arns),
            listeners,
            await self._attributes("Listener", listener_arns),
            {arn: await self._all("DescribeRules", "Rules", ListenerArn=arn) for arn in listener_arns},
            groups,
            await self._attributes("TargetGroup", group_arns),
        )

    async def _all(self, operation: str, key: str, **params: str) -> list[Shape]:
        """Every page; nothing where what is asked about has just been deleted."""
        found: list[Shape] = []
        marker: dict[str, str] = {}
        while True:
            try:
                page = await self.aws.call("elbv2", operation, region=self.region, **params, **marker)
            except AwsCallError:
                return found
            found += page.get(key, ())
            if not page.get("NextMarker"):
                return found
            marker = {"Marker": page["NextMarker"]}

    async def _attributes(self, kind: str, arns: Iterable[str]) -> dict[str, dict[str, str]]:
        found = {}
        for arn in arns:
            if arn in self.attributes:
                found[arn] = self.attributes[arn]
                continue
            attributes = await self._all(f"Describe{kind}Attributes", "Attributes", **{f"{kind}Arn": arn})
            found[arn] = {attribute["Key"]: attribute.get("Value", "") for attribute in attributes}
            if attributes:
                self.attributes[arn] = found[arn]
        return found
