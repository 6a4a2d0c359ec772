"""The load balancer beside a direct connection, nginx and MiniStack's own, in one run.

Needs ``wrk`` and ``nginx`` on the PATH. Every round measures every way once, so that whatever else the machine does
falls on all of them; the medians of the rounds are written to ``bench/elb/results.md``.
"""

import argparse
import contextlib
import os
import platform
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
from serving import (
    CONNECTIONS,
    Measured,
    Way,
    free_port,
    measure,
    median,
    nginx,
    require_programs,
    running,
    with_children,
)

from seatrial.access.keys import InstanceKeys
from seatrial.core.settings import InstanceSettings
from seatrial.process import instance
from seatrial.process.control import Control
from tagship.base.process import Command

HERE = Path(__file__).parent


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of one run of wrk")
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    options.load = os.getloadavg()[0]
    require_programs()
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stack:
        ways = stack.enter_context(_ways(Path(home)))
        found: dict[tuple[str, int], list[Measured]] = {}
        for number in range(options.rounds):
            for connections in CONNECTIONS:
                for way in ways:
                    measured = measure(way, connections, options.seconds)
                    found.setdefault((way.name, connections), []).append(measured)
                    sys.stderr.write(f"round {number + 1}, {connections} connections, {way.name}: {measured}\n")
    table = _report(ways, found, options)
    options.write.write_text(table)
    sys.stdout.write(table)


@contextlib.contextmanager
def _ways(home: Path) -> Iterator[list[Way]]:
    with nginx(home, "target", 'default_type text/plain; return 200 "hello from the target\\n";') as (target, _):
        proxied = 'proxy_pass http://target; proxy_http_version 1.1; proxy_set_header Connection "";'
        with (
            nginx(home, "proxy", proxied, target) as (proxy, proxy_pid),
            _tagship(home, target) as (ours, our_pid),
            _ministack(home, target) as (theirs, their_pid),
        ):
            yield [
                Way("direct", f"http://127.0.0.1:{target}/"),
                Way("nginx", f"http://127.0.0.1:{proxy}/", with_children(proxy_pid)),
                Way("tagship", f"{ours}/", with_children(our_pid)),
                Way("MiniStack", theirs, with_children(their_pid)),
            ]


@contextlib.contextmanager
def _tagship(home: Path, target: int) -> Iterator[tuple[str, int]]:
    """The whole embedded AWS, so that its control plane runs beside the load balancers, as it does in use."""
    settings = InstanceSettings(home / "tagship", free_port(), free_port())
    status = Control(settings).up()
    try:
        dns = _balancer(settings.endpoint, target, instance.keys_of(settings))
        yield (instance.status(settings).front_doors or {})[dns]["80"], int(status.pid or 0)
    finally:
        Control(settings).down()


@contextlib.contextmanager
def _ministack(home: Path, target: int) -> Iterator[tuple[str, int]]:
    port = free_port()
    command = Command.of(
        sys.executable,
        *("-m", "hypercorn", "ministack.app:app", "--bind", f"127.0.0.1:{port}"),
        env={"GATEWAY_PORT": str(port), "IOT_MTLS_ENABLED": "0", "SFTP_ENABLED": "0", "LOG_LEVEL": "WARNING"},
    )
    with running(command, home / "ministack.log", port) as pid:
        _balancer(f"http://127.0.0.1:{port}", target, InstanceKeys.drawn())
        yield f"http://127.0.0.1:{port}/_alb/bench/", pid


def _balancer(endpoint: str, target: int, keys: InstanceKeys) -> str:
    """One load balancer whose only target is here; its DNS name."""
    elb: Any = boto3.client(
        "elbv2",
        endpoint_url=endpoint,
        region_name="us-east-1",
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
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
        medians = {way.name: median(found[way.name, connections]) for way in ways}
        for name, got in medians.items():
            compared = [got.rate / medians[other].rate for other in ("nginx", "MiniStack")]
            lines.append(
                f"| {connections} | {name} | {got.rate:,.0f} | {got.p50:,.0f} | {got.p99:,.0f} | {got.cpu:.0f} "
                f"| {got.errors} | {compared[0]:.2f} | {compared[1]:.1f} |"
            )
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
