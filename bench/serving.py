"""What the benchmarks of what serves requests share: a target, runs of wrk, and the median of those."""

import contextlib
import os
import re
import signal
import socket
import statistics
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tagship.base.clock import SystemClock
from tagship.base.process import Command, SystemProcesses, find_program, send_signal

CONNECTIONS = (1, 8, 32)
_TICK = os.sysconf("SC_CLK_TCK")
_MICROSECONDS = {"us": 1.0, "ms": 1e3, "s": 1e6}
_PROCESSES = SystemProcesses()
_CLOCK = SystemClock()


@dataclass(frozen=True)
class Way:
    """One way to the target: what it is called, where it is, and the processes whose CPU time it takes."""

    name: str
    url: str
    pids: tuple[int, ...] = ()


@dataclass(frozen=True)
class Measured:
    """One run of wrk.

    Args:
        rate: requests a second.
        p50: microseconds.
        p99: microseconds.
        cpu: microseconds of CPU time that the way's processes took for one request.
        errors: answers other than 2xx and 3xx, and broken connections.
    """

    rate: float
    p50: float
    p99: float
    cpu: float
    errors: int


def require_programs() -> None:
    """End where what is needed is missing."""
    missing = [program for program in ("wrk", "nginx") if not find_program(program)]
    if missing:
        sys.exit(f"{' and '.join(missing)} must be on the PATH.")


@contextlib.contextmanager
def nginx(home: Path, role: str, does: str, target: int = 1) -> Iterator[tuple[int, int]]:
    """Nginx with one worker; its port and its process id.

    Args:
        home: for its files.
        role: names them.
        does: of every request, such as ``return 200 "hello";``.
        target: the port of the upstream that is called ``target`` there.
    """
    port = free_port()
    text = Path(__file__).with_name("nginx.conf").read_text()
    for name, value in (
        ("ROLE_PORT", port),
        ("ROLE_DOES", does),
        ("TARGET_PORT", target),
        ("ROLE", role),
        ("HOME", home),
    ):
        text = text.replace(name, str(value))
    config = home / f"{role}.conf"
    config.write_text(text)
    with running(Command.of("nginx", "-c", str(config)), home / f"{role}.out", port) as pid:
        yield port, pid


@contextlib.contextmanager
def running(command: Command, log: Path, port: int) -> Iterator[int]:
    """A program that answers on this port; its process id."""
    pid = _PROCESSES.start_detached(command, log=log)
    try:
        end = _CLOCK.monotonic() + 30
        while not _answers(port):
            if _CLOCK.monotonic() > end:
                sys.exit(f"{command.argv[0]} does not answer:\n{log.read_text()}")
            _CLOCK.sleep(0.1)
        yield pid
    finally:
        send_signal(pid, signal.SIGTERM)


def measure(way: Way, connections: int, seconds: int) -> Measured:
    """One run of wrk."""
    before = sum(map(_cpu_seconds, way.pids))
    said = _PROCESSES.run(Command.of("wrk", "-t1", f"-c{connections}", f"-d{seconds}", "--latency", way.url)).stdout
    used = sum(map(_cpu_seconds, way.pids)) - before
    requests = int(_found(r"(\d+) requests in", said))
    failed = int(_found(r"Non-2xx or 3xx responses: (\d+)", said, "0"))
    broken = sum(int(number) for number in _found(r"Socket errors: (.*)", said, "").split() if number.isdigit())
    return Measured(
        float(_found(r"Requests/sec:\s+([\d.]+)", said)),
        _latency(said, 50),
        _latency(said, 99),
        used / max(requests, 1) * 1e6,
        failed + broken,
    )


def median(runs: list[Measured]) -> Measured:
    """The median of each figure; all errors."""
    return Measured(
        statistics.median(run.rate for run in runs),
        statistics.median(run.p50 for run in runs),
        statistics.median(run.p99 for run in runs),
        statistics.median(run.cpu for run in runs),
        sum(run.errors for run in runs),
    )


def _latency(said: str, percentile: int) -> float:
    number, unit = re.findall(rf"{percentile}%\s+([\d.]+)(us|ms|s)", said)[0]
    return float(number) * _MICROSECONDS[unit]


def _found(pattern: str, text: str, otherwise: str = "") -> str:
    match = re.search(pattern, text)
    return match[1] if match else otherwise


def _cpu_seconds(pid: int) -> float:
    fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICK


def with_children(pid: int) -> tuple[int, ...]:
    """A process and those that it has started."""
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (pid, *map(int, children))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
