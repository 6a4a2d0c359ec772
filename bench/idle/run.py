"""What 5, 20 and 50 services of two tasks cost the embedded AWS while nothing happens: ``make bench-idle``.

One service in five is behind a load balancer of its own. Services are added to those that are there, so the table
also says what the next one costs. Every container logs to CloudWatch Logs once.
"""

import argparse
import os
import statistics
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harness import cpu_seconds, embedded_aws, machine, pid_of, say, until

from tests.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import Harness

HERE = Path(__file__).parent
SIZES = (5, 20, 50)
BALANCED = 5
CALLS = 40
CHUNK = 10
SLEEPER = ["sh", "-c", "trap 'exit 0' TERM; echo asleep; sleep infinity & wait"]
HEADS = (
    "services",
    "containers",
    "targets",
    "create s",
    "until steady s",
    "control plane, % of a core",
    "load balancer, % of a core",
    "dockerd, % of a core",
    "control plane RSS MB",
    "PSS MB",
    "load balancer PSS MB",
    "threads",
    "files open",
    "files written meanwhile",
    "DescribeServices (10) ms p50",
    "p95",
)


@dataclass
class Usage:
    """What one process has taken so far, and holds."""

    cpu: float
    rss: float
    pss: float
    threads: int
    files: int

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Of a process; memory in MB."""
        rollup = dict(
            line.split(":", 1) for line in Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()[1:] if ":" in line
        )
        rss, pss = (int(rollup[name].split()[0]) / 1024 for name in ("Rss", "Pss"))
        threads, files = (len(list(Path(f"/proc/{pid}/{what}").iterdir())) for what in ("task", "fd"))
        return cls(cpu_seconds(pid), rss, pss, threads, files)


class Crowd:
    """Services, and those of them with a load balancer."""

    def __init__(self, aws: RunningAws) -> None:
        self._aws = aws
        self._first = Harness(aws, "crowd")
        self._stages: list[Harness] = []
        self._names: list[str] = []

    def grow(self, size: int) -> float:
        """As many services as this; returns the seconds that creating took."""
        began = time.monotonic()
        for number in range(len(self._names), size):
            if number % BALANCED == 0:
                harness = Harness(self._aws, f"site-{number}", interval=30)
                definition = harness.register(VERSION="v1")
                harness.create(definition)
                self._stages.append(harness)
            else:
                definition = self._first.register(CONTAINER=f'{{"command": {_json(SLEEPER)}}}')
                self._create(f"quiet-{number}", definition)
            self._names.append(f"{number}")
        return time.monotonic() - began

    def steady(self) -> bool:
        """Whether every service has what it wants, and says so."""
        found = [harness.service() for harness in self._stages]
        found += [service for chunk in self._chunks() for service in self._described(chunk)]
        return all(
            len(service["deployments"]) == 1
            and service["deployments"][0]["rolloutState"] == "COMPLETED"
            and service["runningCount"] == service["desiredCount"]
            for service in found
        )

    def latencies(self) -> list[float]:
        """Milliseconds of DescribeServices with ten services, or as many as there are."""
        chunk = self._chunks()[0]
        taken = []
        for _ in range(CALLS):
            began = time.perf_counter()
            self._described(chunk)
            taken.append((time.perf_counter() - began) * 1000)
        return taken

    @property
    def targets(self) -> int:
        """How many tasks are behind load balancers."""
        return 2 * len(self._stages)

    def _chunks(self) -> list[list[str]]:
        quiet = [f"quiet-{name}" for name in self._names if int(name) % BALANCED]
        return [quiet[start : start + CHUNK] for start in range(0, len(quiet), CHUNK)]

    def _described(self, names: list[str]) -> list[dict[str, Any]]:
        answer = self._first.ecs.describe_services(cluster=self._first.cluster, services=names)
        return list(answer["services"])

    def _create(self, name: str, definition: str) -> None:
        self._first.ecs.create_service(
            cluster=self._first.cluster,
            serviceName=name,
            taskDefinition=definition,
            desiredCount=2,
            launchType="FARGATE",
            networkConfiguration=self._first.network_configuration(),
        )


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--sizes", type=int, nargs="*", default=SIZES)
    parser.add_argument("--seconds", type=int, default=60, help="of looking while idle")
    parser.add_argument("--hold", type=int, default=0, help="seconds to stay afterwards, for a profiler")
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    load = os.getloadavg()[0]
    rows = []
    with embedded_aws(4692, 8840) as aws:
        crowd = Crowd(aws)
        for size in options.sizes:
            rows.append(_measured(aws, crowd, size, options.seconds))
            say(f"{dict(zip(HEADS, rows[-1], strict=True))}")
        time.sleep(options.hold)
    text = _report(rows, machine(load), options.seconds)
    sys.stdout.write(text)
    options.write.write_text(text)


def _measured(aws: RunningAws, crowd: Crowd, size: int, seconds: int) -> list[str]:
    created = crowd.grow(size)
    began = time.monotonic()
    if not until(crowd.steady, 600, every=1):
        sys.exit(f"{size} services are not steady after 600 s.")
    steady = time.monotonic() - began
    time.sleep(10)  # what follows a deployment, such as the last words of the scheduler, is not idling
    pid = pid_of(aws)
    children = [int(child) for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    dockerd = _dockerd()
    files = _written(aws)
    before = [_cpu([pid]), _cpu(children), _cpu(dockerd)]
    time.sleep(seconds)
    after = [_cpu([pid]), _cpu(children), _cpu(dockerd)]
    changed = sorted({Path(path).name for path, _ in _written(aws) - files})
    shares = [f"{(now - was) / seconds * 100:.1f}" for was, now in zip(before, after, strict=True)]
    own, others = Usage.of(pid), [Usage.of(child) for child in children]
    with ThreadPoolExecutor(1) as alone:
        taken = sorted(alone.submit(crowd.latencies).result())
    memory = [f"{own.rss:.0f}", f"{own.pss:.0f}", f"{sum(other.pss for other in others):.0f}"]
    times = [f"{statistics.median(taken):.1f}", f"{taken[int(len(taken) * 0.95)]:.1f}"]
    counted = [str(size), str(2 * size), str(crowd.targets), f"{created:.1f}", f"{steady:.1f}"]
    return [*counted, *shares, *memory, str(own.threads), str(own.files), " ".join(changed) or "none", *times]


def _cpu(pids: list[int]) -> float:
    return sum(cpu_seconds(pid) for pid in pids)


def _dockerd() -> list[int]:
    """Docker's and containerd's processes."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit() and (entry / "comm").exists():
            name = (entry / "comm").read_text().strip()
            found += [int(entry.name)] if name in {"dockerd", "containerd"} else []
    return found


def _written(aws: RunningAws) -> set[tuple[str, int]]:
    """Every file of the instance's state with the time of its last change; the server's own log is none."""
    paths = [path for path in aws.settings.directory.rglob("*") if path.is_file() and path.suffix != ".log"]
    return {(str(path), path.stat().st_mtime_ns) for path in paths}


def _json(words: list[str]) -> str:
    return "[" + ", ".join(f'"{word}"' for word in words) + "]"


def _report(rows: list[list[str]], where: list[str], seconds: int) -> str:
    table = [HEADS, ("---",) * len(HEADS), *rows]
    lines = [
        "# Idle services, measured",
        "",
        *where,
        f"Two tasks a service; one service in {BALANCED} has a load balancer with a health check every 30 s.",
        f"CPU over {seconds} s in which nobody calls; the engine is shared, so dockerd's share is an upper bound.",
        "A task without any check counts as healthy 40 s after it is RUNNING, so `until steady` has these 40 s in it.",
        "Written by `make bench-idle`.",
        "",
        *(f"| {' | '.join(row)} |" for row in table),
        "",
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    main()
