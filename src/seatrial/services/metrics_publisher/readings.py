"""What containers have used: one reading of each container a round, and the difference of two of them."""

import asyncio
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Protocol

import requests

from seatrial.core.engine import EngineClient
from seatrial.services.metrics_publisher.cgroups import ContainerUse, Groups

AT_ONCE = 24
"""How many containers the engine is asked about at a time: it takes a second or two for each, and does little in it."""

_ONE_SHOT = (1, 41)
"""Since this version of its API the engine need not wait for a second sample."""

_NANO = 1_000_000_000


@dataclass(frozen=True)
class Reading:
    """A container at one moment.

    Args:
        counted: processor time and memory.
        at: when, in seconds of a clock that never goes back.
    """

    counted: ContainerUse
    at: float


@dataclass(frozen=True)
class Use:
    """What a container used between two readings.

    Args:
        cores: processor seconds a second: 0.25 is 256 CPU units.
        memory: bytes, at the later reading, without the cache of files.
    """

    cores: float
    memory: int


class Meter(Protocol):
    """Reads containers: those of the engine, or made-up ones."""

    async def read(self, containers: Iterable[str]) -> dict[str, Reading]:
        """The readings by Docker's id; those that are gone, or whose engine does not answer, are left out."""
        ...


def use(earlier: Reading | None, later: Reading) -> Use | None:
    """Between two readings; None without a first one, or where the container was started again in between."""
    if earlier is None or later.at <= earlier.at or later.counted.seconds < earlier.counted.seconds:
        return None
    return Use((later.counted.seconds - earlier.counted.seconds) / (later.at - earlier.at), later.counted.memory)


class ContainerMeter:
    """Reads the kernel's control groups where they are this machine's, else asks the engine.

    A control group is read in some 0.1 ms; the engine takes a second for an answer, for it waits for its own round.

    Args:
        engine: Docker.
        monotonic: tells time.
        groups: the control groups.
    """

    def __init__(self, engine: EngineClient, monotonic: Callable[[], float], groups: Groups | None = None) -> None:
        self._engine = engine
        self._monotonic = monotonic
        self._groups = groups or Groups()

    async def read(self, containers: Iterable[str]) -> dict[str, Reading]:
        """See ``Meter.read``."""
        return await asyncio.to_thread(self._read, list(containers))

    def _read(self, containers: list[str]) -> dict[str, Reading]:
        found = {container: self._from_kernel(container) for container in containers}
        unknown = [container for container, reading in found.items() if reading is None]
        if unknown:
            with ThreadPoolExecutor(min(AT_ONCE, len(unknown)), thread_name_prefix="measuring") as threads:
                found.update(zip(unknown, threads.map(self._from_engine, unknown), strict=True))
        return {container: reading for container, reading in found.items() if reading is not None}

    def _from_kernel(self, container: str) -> Reading | None:
        counted = self._groups.read(container)
        return Reading(counted, self._monotonic()) if counted else None

    def _from_engine(self, container: str) -> Reading | None:
        try:
            counted = counted_by_engine(self._engine.api.stats(container, stream=False, **self._one_shot()))
        except requests.RequestException:  # Docker's own errors of a call are of this kind: gone, or no answer
            return None
        return Reading(counted, self._monotonic()) if counted else None

    def _one_shot(self) -> dict[str, bool]:
        version = tuple(int(part) for part in self._engine.api.api_version.split("."))
        return {"one_shot": True} if version >= _ONE_SHOT else {}


def counted_by_engine(stats: Mapping[str, Any]) -> ContainerUse | None:
    """The use in ``GET /containers/ID/stats``; None of a container that does not run, for which it is empty."""
    used, memory = stats.get("cpu_stats", {}).get("cpu_usage", {}), stats.get("memory_stats", {})
    if not used.get("total_usage") or "usage" not in memory:
        return None
    details = memory.get("stats") or {}
    # The cache of files is called ``cache`` by the first version of control groups and ``file`` by the second.
    cache = details.get("cache", details.get("file", 0))
    return ContainerUse(used["total_usage"] / _NANO, max(0, memory["usage"] - cache))
