"""Which availability zone a task lies in: that of its subnet.

Sources: developer guide, "Task placement strategies" ("Fargate will try its best to spread tasks across accessible
Availability Zones"), and "Balancing an Amazon ECS service across Availability Zones" (tasks start in the zones with the
fewest).
"""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from seatrial.core.faults import Faults
from seatrial.core.internal import Aws, AwsCallError

Workload = Mapping[str, Any]
"""Launch type or capacity provider strategy, and network configuration."""


@dataclass(frozen=True)
class Place:
    """Where a task lies: its availability zone, and its subnet; empty where its network mode has none."""

    zone: str
    subnet: str = ""


class Zones:
    """The zones of subnets; a subnet's never changes, so each is asked for once.

    Args:
        aws: answers ``DescribeSubnets``.
    """

    def __init__(self, aws: Aws) -> None:
        self._aws = aws
        self._known: dict[tuple[str, str], str] = {}

    async def learn(self, region: str, workload: Workload) -> None:
        """Ask for the zones of these subnets, where they are not known yet."""
        new = [subnet for subnet in subnets_of(workload) if (region, subnet) not in self._known]
        if not new:
            return
        try:
            told = await self._aws.call(
                "ec2", "DescribeSubnets", region=region, Filters=[{"Name": "subnet-id", "Values": new}]
            )
        except AwsCallError:
            return
        found = {item["SubnetId"]: item["AvailabilityZone"] for item in told.get("Subnets", ())}
        self._known |= {(region, subnet): found.get(subnet, "") for subnet in new}

    def places(self, region: str, workload: Workload) -> list[Place]:
        """Where a task of this workload may lie; two zones are assumed where its subnets are not known, or are none."""
        subnets = subnets_of(workload) or [""]
        return [
            Place(self._known.get((region, subnet)) or _assumed(region, place), subnet)
            for place, subnet in enumerate(subnets)
        ]


@dataclass(frozen=True)
class Room:
    """Where there is room for tasks: the zones of subnets, and the faults that take room away."""

    zones: Zones
    faults: Faults

    def for_tasks(
        self, names: Collection[str], count: int, *, region: str, workload: Workload, there: Iterable[str] = ()
    ) -> list[Place]:
        """The places of so many new tasks; none where there is no capacity for them.

        Args:
            names: by which faults find the tasks.
            count: how many.
            region: where.
            workload: with the subnets.
            there: the zones of the tasks that run beside them.
        """
        if self.faults.no_capacity(names):
            return []
        return spread(self.zones.places(region, workload), there, count, self.faults.lost_zones())


def spread(places: Sequence[Place], there: Iterable[str], count: int, lost: Collection[str] = ()) -> list[Place]:
    """The places of so many new tasks: each in the zone with the fewest; none where every zone is lost. Pure.

    Args:
        places: where they may lie.
        there: the zones of the tasks that run beside them.
        count: how many.
        lost: zones without capacity.
    """
    usable = sorted((place for place in places if place.zone not in lost), key=lambda place: place.zone)
    tasks = Counter(there)
    chosen: list[Place] = []
    for _ in range(count if usable else 0):
        place = min(usable, key=lambda each: (tasks[each.zone], chosen.count(each)))
        tasks[place.zone] += 1
        chosen.append(place)
    return chosen


def network_of(zone: str, networks: Sequence[str]) -> str:
    """Which of these Docker networks stands for a zone: of two, the first for ``a``, ``c`` and ``e``. Pure."""
    return networks[(ord(zone[-1:] or "a") - ord("a")) % len(networks)]


def subnets_of(workload: Workload) -> list[str]:
    """The subnets of a workload; none where its network mode has none."""
    network = workload.get("networkConfiguration") or {}
    return list((network.get("awsvpcConfiguration") or {}).get("subnets") or ())


def _assumed(region: str, place: int) -> str:
    """The zone of a subnet that EC2 does not know: what was never made is not refused here."""
    return region + "ab"[place % 2]
