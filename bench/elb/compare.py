"""The load balancer beside a direct connection, nginx and MiniStack's own, in one run.

Needs ``wrk`` and ``nginx`` on the PATH. Every round measures every way once, so that whatever else the machine does
falls on all of them; the medians of the rounds are written to ``bench/elb/results.md``.
"""

import argparse
import contextlib
import os
import platform
import re
import signal
import socket
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import httpx

from tagship.base.clock import SystemClock
from tagship.base.process import Command, SystemProcesses, find_program, send_signal
from tagship.local import instance
from tagship.local.pages import FRONT_DOORS_PATH
from tagship.local.settings import LocalSettings

HERE = Path(__file__).parent
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


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of one run of wrk")
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    options.load = os.getloadavg()[0]
    missing = [program for program in ("wrk", "nginx") if not find_program(program)]
    if missing:
        sys.exit(f"{' and '.join(missing)} must be on the PATH.")
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stack:
        ways = stack.enter_context(_ways(Path(home)))
        found: dict[tuple[str, int], list[Measured]] = {}
        for number in range(options.rounds):
            for connections in CONNECTIONS:
                for way in ways:
                    measured = _measure(way, connections, options.seconds)
                    found.setdefault((way.name, connections), []).append(measured)
                    sys.stderr.write(f"round {number + 1}, {connections} connections, {way.name}: {measured}\n")
    table = _report(ways, found, options)
    options.write.write_text(table)
    sys.stdout.write(table)


@contextlib.contextmanager
def _ways(home: Path) -> Iterator[list[Way]]:
    with _nginx(home, "target", 'default_type text/plain; return 200 "hello from the target\\n";') as (target, _):
        proxied = 'proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection "";'
        with (
            _nginx(home, "proxy", proxied, target) as (proxy, proxy_pid),
            _tagship(home, target) as (ours, our_pid),
            _ministack(home, target) as (theirs, their_pid),
        ):
            yield [
                Way("direct", f"http://127.0.0.1:{target}/"),
                Way("nginx", f"http://127.0.0.1:{proxy}/", _with_children(proxy_pid)),
                Way("tagship", f"{ours}/", _with_children(our_pid)),
                Way("MiniStack", theirs, _with_children(their_pid)),
            ]


@contextlib.contextmanager
def _nginx(home: Path, role: str, does: str, target: int = 1) -> Iterator[tuple[int, int]]:
    port = _free_port()
    text = (HERE / "nginx.conf").read_text()
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
    with _running(Command.of("nginx", "-c", str(config)), home / f"{role}.out", port) as pid:
        yield port, pid


@contextlib.contextmanager
def _tagship(home: Path, target: int) -> Iterator[tuple[str, int]]:
    """The whole embedded AWS, so that its control plane runs beside the load balancers, as it does in use."""
    settings = LocalSettings(home / "tagship", _free_port(), _free_port())
    status = instance.up(settings, _PROCESSES, _CLOCK, lambda _: None)
    try:
        dns = _balancer(settings.endpoint, target)
        doors = httpx.get(settings.endpoint + FRONT_DOORS_PATH).json()
        yield doors[dns]["80"], int(status.pid or 0)
    finally:
        instance.down(settings, _PROCESSES, _CLOCK, lambda _: None)


@contextlib.contextmanager
def _ministack(home: Path, target: int) -> Iterator[tuple[str, int]]:
    port = _free_port()
    command = Command.of(
        sys.executable,
        *("-m", "hypercorn", "ministack.app:app", "--bind", f"127.0.0.1:{port}"),
        env={"GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "LOG_LEVEL": "WARNING"},
    )
    with _running(command, home / "ministack.log", port) as pid:
        _balancer(f"http://127.0.0.1:{port}", target)
        yield f"http://127.0.0.1:{port}/_alb/bench/", pid


def _balancer(endpoint: str, target: int) -> str:
    """One load balancer whose only target is here; its DNS name."""
    elb: Any = boto3.client(
        "elbv2",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id="bench",
        aws_secret_access_key="bench",  # noqa: S106 - nobody asks for it
    )
    balancer = elb.create_load_balancer(Name="bench", Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
    group = elb.create_target_group(Name="bench", Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "127.0.0.1", "Port": target}])
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    dns: str = balancer["DNSName"]
    return dns


@contextlib.contextmanager
def _running(command: Command, log: Path, port: int) -> Iterator[int]:
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


def _measure(way: Way, connections: int, seconds: int) -> Measured:
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


def _report(ways: list[Way], found: dict[tuple[str, int], list[Measured]], options: argparse.Namespace) -> str:
    lines = [
        "# The load balancer, measured",
        "",
        f"Medians of {options.rounds} rounds of {options.seconds} s, one thread of wrk.",
        f"Load of the machine before: {options.load:.1f}; after: {os.getloadavg()[0]:.1f}.",
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}.",
        "nginx: one worker, kept connections to the target. MiniStack: its `/_alb/NAME/` path.",
        "tagship: the data plane's process beside the control plane's, both counted. MiniStack: one process for both.",
        "Written by `make bench-elb`.",
        "",
        "| connections | way | requests/s | p50 µs | p99 µs | CPU µs/request | failed | of nginx | of MiniStack |",
        "|---|---|---|---|---|---|---|---|---|",
    ]
    for connections in CONNECTIONS:
        medians = {way.name: _median(found[way.name, connections]) for way in ways}
        for name, got in medians.items():
            compared = [got.rate / medians[other].rate for other in ("nginx", "MiniStack")]
            lines.append(
                f"| {connections} | {name} | {got.rate:,.0f} | {got.p50:,.0f} | {got.p99:,.0f} | {got.cpu:.0f} "
                f"| {got.errors} | {compared[0]:.2f} | {compared[1]:.1f} |"
            )
    return "\n".join([*lines, ""])


def _median(runs: list[Measured]) -> Measured:
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


def _with_children(pid: int) -> tuple[int, ...]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    return (pid, *map(int, children))


def _answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
