from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, cast

import pytest
import requests

from seatrial.core.engine import EngineClient
from seatrial.services.metrics_publisher.cgroups import ContainerUse, Groups
from seatrial.services.metrics_publisher.readings import ContainerMeter, Reading, Use, counted_by_engine, use

MIB = 1024 * 1024


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def first_version(root: Path, name: str) -> None:
    write(root / "cpuacct" / name / "cpuacct.usage", "1500000000\n")
    write(root / "memory" / name / "memory.usage_in_bytes", f"{10 * MIB}\n")
    write(root / "memory" / name / "memory.stat", f"cache {MIB}\ntotal_cache {3 * MIB}\n")


def second_version(root: Path, name: str) -> None:
    write(root / name / "cpu.stat", "usage_usec 1500000\nuser_usec 1\n")
    write(root / name / "memory.current", f"{10 * MIB}\n")
    write(root / name / "memory.stat", f"anon 5\nfile {3 * MIB}\n")


@pytest.mark.parametrize("layout", [first_version, second_version])
@pytest.mark.parametrize("name", ["docker/abc", "system.slice/docker-abc.scope"])
def test_a_control_group_is_read_in_both_versions_and_with_both_drivers(
    tmp_path: Path,
    layout: Callable[[Path, str], None],
    name: str,
) -> None:
    layout(tmp_path, name)
    groups = Groups(tmp_path)
    assert groups.read("abc") == ContainerUse(1.5, 7 * MIB)
    assert groups.read("abc") == ContainerUse(1.5, 7 * MIB)
    assert groups.read("gone") is None


def test_use_is_processor_time_over_time_and_the_memory_of_now() -> None:
    earlier, later = Reading(ContainerUse(10, 5), 100), Reading(ContainerUse(25, 7), 160)
    assert use(earlier, later) == Use(0.25, 7)


def test_a_new_container_and_one_that_was_started_again_have_no_use_yet() -> None:
    later = Reading(ContainerUse(1, 7), 160)
    assert use(None, later) is None
    assert use(Reading(ContainerUse(2, 7), 100), later) is None
    assert use(later, later) is None


V1 = {"cpu_stats": {"cpu_usage": {"total_usage": 2 * 10**9}}, "memory_stats": {"usage": 100, "stats": {"cache": 40}}}
V2 = {"cpu_stats": {"cpu_usage": {"total_usage": 2 * 10**9}}, "memory_stats": {"usage": 100, "stats": {"file": 40}}}
STOPPED: dict[str, Any] = {"cpu_stats": {"cpu_usage": {"total_usage": 0}}, "memory_stats": {}}


def test_the_engine_counts_as_the_kernel_does() -> None:
    assert counted_by_engine(V1) == ContainerUse(2.0, 60)
    assert counted_by_engine(V2) == ContainerUse(2.0, 60)
    assert counted_by_engine(STOPPED) is None


@dataclass
class Api:
    """An engine that knows one container."""

    api_version: str = "1.41"
    asked: list[str] = field(default_factory=list)

    def stats(self, container: str, *, stream: bool, one_shot: bool = False) -> dict[str, Any]:
        assert not stream
        assert one_shot is (self.api_version == "1.41")
        self.asked.append(container)
        if container != "elsewhere":
            raise requests.HTTPError("404: no such container")
        return V1


@dataclass
class Engine:
    api: Api = field(default_factory=Api)


async def test_an_older_engine_is_asked_as_it_understands(tmp_path: Path) -> None:
    meter = ContainerMeter(cast("EngineClient", Engine(Api("1.40"))), lambda: 5.0, Groups(tmp_path))
    assert list(await meter.read(["elsewhere"])) == ["elsewhere"]


async def test_the_engine_is_asked_only_where_the_kernel_does_not_say(tmp_path: Path) -> None:
    first_version(tmp_path, "docker/here")
    engine = Engine()
    meter = ContainerMeter(cast("EngineClient", engine), lambda: 5.0, Groups(tmp_path))
    assert await meter.read(["here", "elsewhere", "gone"]) == {
        "here": Reading(ContainerUse(1.5, 7 * MIB), 5.0),
        "elsewhere": Reading(ContainerUse(2.0, 60), 5.0),
    }
    assert sorted(engine.api.asked) == ["elsewhere", "gone"]
