"""What a task's containers have used: Docker's own statistics, with the network's rate beside them.

The engine is asked for one sample, because two take it two seconds, and whoever asks may not wait so long. What it
would have compared the sample with is what was answered before; the first answer has nothing to compare with.

Source: ECS developer guide, "Task metadata endpoint version 4 for tasks on Fargate" (``/stats`` and ``/task/stats`` are
Docker's ``ContainerStats`` with ``network_rate_stats``); the Docker Engine API.
"""

import asyncio
from collections.abc import Iterable
from datetime import datetime
from typing import Final

from seatrial.services.ecs.containers.docker import Containers
from seatrial.services.ecs.records import Container, Json, Task

_INTERFACE: Final = "eth1"
"""What Fargate calls the task's interface."""


class Usage:
    """What containers have used, and what was last told of it.

    Args:
        containers: what runs them.
    """

    def __init__(self, containers: Containers) -> None:
        self._containers = containers
        self._last: dict[str, Json] = {}

    def forget_others(self, running: Iterable[str]) -> None:
        """Only these containers, by Docker's ids, are asked about any more."""
        self._last = {identity: self._last[identity] for identity in running if identity in self._last}

    async def of_container(self, task: Task, container: Container) -> Json | None:
        """One container's; None where it does not run."""
        return (await self.of_task(task)).get(container.runtime_id or "")

    async def of_task(self, task: Task) -> Json:
        """Those of all containers of a task, by Docker's id; None of one that does not run."""
        made = [item.runtime_id for item in task.containers if item.runtime_id]
        samples = dict(zip(made, await asyncio.gather(*map(self._containers.stats, made)), strict=True))
        told = {
            identity: sample and _compared(self._last.get(identity), sample) for identity, sample in samples.items()
        }
        self._last |= {identity: sample for identity, sample in samples.items() if sample}
        # The containers of a task share one network, which is its owner's: the others have none of their own.
        shared = next((_network(found) for found in told.values() if found and found.get("networks")), {})
        return {identity: found and {**found, **shared} for identity, found in told.items()}


def _compared(before: Json | None, sample: Json) -> Json:
    """A sample with what it is compared with, and with the rate of its network."""
    if before is None:
        return sample
    found = {**sample, "preread": before["read"], "precpu_stats": before["cpu_stats"]}
    if not sample.get("networks") or not before.get("networks"):
        return found
    now, then = (next(iter(each["networks"].values())) for each in (sample, before))
    seconds = max((_read(sample) - _read(before)).total_seconds(), 1e-3)
    rates = {
        f"{way}_bytes_per_sec": max(now[f"{way}_bytes"] - then[f"{way}_bytes"], 0) / seconds for way in ("rx", "tx")
    }
    return {**found, "network_rate_stats": rates}


def _network(found: Json) -> Json:
    """What all containers of a task are told of its network; the interface as Fargate names it."""
    rates = {"network_rate_stats": found["network_rate_stats"]} if "network_rate_stats" in found else {}
    return {"networks": {_INTERFACE: next(iter(found["networks"].values()))}, **rates}


def _read(sample: Json) -> datetime:
    """When a sample was taken; Docker says nanoseconds, which Python does not read."""
    whole, _, fraction = sample["read"].rstrip("Z").partition(".")
    return datetime.fromisoformat(f"{whole}.{fraction[:6]:0<6}+00:00")
