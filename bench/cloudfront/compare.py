"""The way of a request through CloudFront beside the load balancer's port and the target's own, in one run.

Needs ``wrk`` and ``nginx`` on the PATH. Every round measures every way once, so that whatever else the machine does
falls on all of them; the medians of the rounds are written to ``bench/cloudfront/results.md``. While CloudFront is
loaded, the AWS API is asked as well: what users do must not slow it down.
"""

import argparse
import contextlib
import json
import os
import platform
import statistics
import sys
import tempfile
import threading
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
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
    with_children,
)

from seatrial.core.settings import InstanceSettings
from seatrial.process import instance
from seatrial.process.control import Control
from seatrial.services.throttling.quotas import BY_OPERATION
from tagship.base.clock import SystemClock

HERE = Path(__file__).parent
DISABLED = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"
OPTIMIZED = "658327ea-f89d-4fab-a63d-7e88639e58f6"
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"
SECURITY_HEADERS = "67f7725c-6f97-4210-82d7-5512b31e9d03"
METHODS = {"Quantity": 2, "Items": ["GET", "HEAD"], "CachedMethods": {"Quantity": 2, "Items": ["GET", "HEAD"]}}
REGION = "eu-central-1"
_CLOCK = SystemClock()


def main() -> None:
    """Measure, and write the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=int, default=3, help="of one run of wrk")
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    parser.add_argument("--call-seconds", type=int, default=10, help="for which the AWS API is asked")
    options = parser.parse_args()
    options.load = os.getloadavg()[0]
    require_programs()
    with tempfile.TemporaryDirectory() as home, contextlib.ExitStack() as stack:
        target, _ = stack.enter_context(
            nginx(Path(home), "target", 'default_type text/plain; return 200 "hello from the target\\n";')
        )
        ways, settings = stack.enter_context(_ways(Path(home), target))
        found: dict[tuple[str, int], list[Measured]] = {}
        for number in range(options.rounds):
            for connections in CONNECTIONS:
                for way in ways:
                    measured = measure(way, connections, options.seconds)
                    found.setdefault((way.name, connections), []).append(measured)
                    sys.stderr.write(f"round {number + 1}, {connections} connections, {way.name}: {measured}\n")
        calls = {"idle": _calls(settings, options.call_seconds)}
        calls |= _calls_under_load(ways, settings, options.call_seconds)
    table = _report(ways, found, calls, options)
    options.write.write_text(table)
    sys.stdout.write(table)


@contextlib.contextmanager
def _ways(home: Path, target: int) -> Iterator[tuple[list[Way], InstanceSettings]]:
    settings = InstanceSettings(home / "tagship", free_port(), free_port())
    status = Control(settings).up()
    try:
        balancer, dns = _balancer(settings, target)
        through, site = _distributions(settings, balancer, dns)
        doors = instance.status(settings).front_doors or {}
        pids = with_children(int(status.pid or 0))
        yield (
            [
                Way("target", f"http://127.0.0.1:{target}/"),
                Way("load balancer", f"{doors[dns]['80']}/", pids),
                Way("CloudFront, load balancer", f"{doors[through]['443']}/", pids),
                Way("CloudFront, file", f"{doors[site]['443']}/hello.txt", pids),
            ],
            settings,
        )
    finally:
        Control(settings).down()


def _client(service: str, settings: InstanceSettings) -> Any:  # noqa: ANN401 - boto3's own
    keys = instance.keys_of(settings)
    return boto3.client(
        service,  # type: ignore[call-overload]
        endpoint_url=settings.endpoint,
        region_name=REGION,
        aws_access_key_id=keys.access_key,
        aws_secret_access_key=keys.secret_key,
    )


def _balancer(settings: InstanceSettings, target: int) -> tuple[str, str]:
    """An internal load balancer whose only target is here; its ARN and its DNS name."""
    elb = _client("elbv2", settings)
    subnets = ["subnet-1", "subnet-2"]
    balancer = elb.create_load_balancer(Name="bench", Subnets=subnets, Scheme="internal")["LoadBalancers"][0]
    group = elb.create_target_group(Name="bench", Protocol="HTTP", Port=80, VpcId="vpc-1", TargetType="ip")
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    elb.register_targets(TargetGroupArn=arn, Targets=[{"Id": "127.0.0.1", "Port": target}])
    elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Port=80,
        Protocol="HTTP",
        DefaultActions=[{"Type": "forward", "TargetGroupArn": arn}],
    )
    return balancer["LoadBalancerArn"], balancer["DNSName"]


def _distributions(settings: InstanceSettings, balancer: str, dns: str) -> tuple[str, str]:
    """The names of one for the load balancer, and of one for a bucket."""
    endpoint_config = {
        "Name": "bench",
        "Arn": balancer,
        "HTTPPort": 80,
        "HTTPSPort": 443,
        "OriginProtocolPolicy": "http-only",
    }
    origin = _client("cloudfront", settings).create_vpc_origin(VpcOriginEndpointConfig=endpoint_config)
    services = {"DomainName": dns, "VpcOriginConfig": {"VpcOriginId": origin["VpcOrigin"]["Id"]}}
    s3 = _client("s3", settings)
    s3.create_bucket(Bucket="bench", CreateBucketConfiguration={"LocationConstraint": REGION})
    s3.put_object(Bucket="bench", Key="hello.txt", Body=b"hello from the bucket\n")
    anybody = {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "arn:aws:s3:::bench/*"}
    s3.put_bucket_policy(Bucket="bench", Policy=json.dumps({"Version": "2012-10-17", "Statement": [anybody]}))
    files = {"DomainName": f"bench.s3.{REGION}.amazonaws.com", "S3OriginConfig": {"OriginAccessIdentity": ""}}
    forwarded = {"CachePolicyId": DISABLED, "OriginRequestPolicyId": ALL_VIEWER}
    return (
        _distribution(settings, services, {**forwarded, "ResponseHeadersPolicyId": SECURITY_HEADERS}),
        _distribution(settings, files, {"CachePolicyId": OPTIMIZED}),
    )


def _distribution(settings: InstanceSettings, origin: dict[str, Any], behavior: dict[str, Any]) -> str:
    plain = {"TargetOriginId": "it", "ViewerProtocolPolicy": "redirect-to-https", "AllowedMethods": METHODS}
    made = _client("cloudfront", settings).create_distribution(
        DistributionConfig={
            "CallerReference": origin["DomainName"],
            "Comment": "bench",
            "Enabled": True,
            "Origins": {"Quantity": 1, "Items": [{"Id": "it", **origin}]},
            "DefaultCacheBehavior": {**plain, **behavior},
        }
    )
    name: str = made["Distribution"]["DomainName"]
    return name


@dataclass
class Calls:
    """Calls of the AWS API, one after the other.

    Args:
        taken: milliseconds of each.
        retries: how often boto3 asked again, because the quota was used up; it waits up to a second before it does.
    """

    taken: list[float] = field(default_factory=list)
    retries: int = 0


def _calls(settings: InstanceSettings, seconds: int) -> Calls:
    """As many as the quota allows for good: what it throttles would measure boto3's patience."""
    elb, found = _client("elbv2", settings), Calls()
    pause = 1 / BY_OPERATION["elasticloadbalancing", "DescribeLoadBalancers"].rate.refill
    end = _CLOCK.monotonic() + seconds
    while (before := _CLOCK.monotonic()) < end:
        answer = elb.describe_load_balancers()
        found.taken.append((_CLOCK.monotonic() - before) * 1e3)
        found.retries += answer["ResponseMetadata"]["RetryAttempts"]
        _CLOCK.sleep(max(0.0, before + pause - _CLOCK.monotonic()))
    return found


def _calls_under_load(ways: list[Way], settings: InstanceSettings, seconds: int) -> dict[str, Calls]:
    found = {}
    for way in ways[1:]:
        loading = threading.Thread(target=measure, args=(way, CONNECTIONS[-1], seconds + 1))
        loading.start()
        found[way.name] = _calls(settings, seconds)
        loading.join()
    return found


def _report(
    ways: list[Way],
    found: dict[tuple[str, int], list[Measured]],
    calls: dict[str, Calls],
    options: argparse.Namespace,
) -> str:
    lines = [
        "# CloudFront, measured",
        "",
        f"{datetime.now(UTC):%Y-%m-%d}; medians of {options.rounds} rounds of {options.seconds} s, one thread of wrk.",
        f"Load of the machine before: {options.load:.1f}; after: {os.getloadavg()[0]:.1f}.",
        f"{os.cpu_count()} cores, {platform.system()}, Python {platform.python_version()}.",
        "The target is nginx with one worker; a request through CloudFront takes the load balancer's port, too.",
        "CPU time is that of the control plane and of both processes beside it; the file comes from the cache.",
        "Written by `make bench-cloudfront`.",
        "",
        "| connections | way | requests/s | p50 µs | p99 µs | CPU µs/request | failed | of the load balancer |",
        "|---|---|---|---|---|---|---|---|",
    ]
    for connections in CONNECTIONS:
        medians = {way.name: median(found[way.name, connections]) for way in ways}
        for name, got in medians.items():
            lines.append(
                f"| {connections} | {name} | {got.rate:,.0f} | {got.p50:,.0f} | {got.p99:,.0f} | {got.cpu:.0f} "
                f"| {got.errors} | {got.rate / medians['load balancer'].rate:.2f} |"
            )
    busy = f"{CONNECTIONS[-1]} connections are busy, {options.call_seconds} s for each line"
    lines += [
        "",
        f"A call of the AWS API (`DescribeLoadBalancers`), as often as its quota allows, while {busy}:",
        "",
        "| busy | calls | p50 ms | p99 ms | asked again |",
        "|---|---|---|---|---|",
    ]
    for name, found_calls in calls.items():
        taken = found_calls.taken
        p99 = statistics.quantiles(taken, n=100)[98]
        lines.append(f"| {name} | {len(taken)} | {statistics.median(taken):.1f} | {p99:.1f} | {found_calls.retries} |")
    return "\n".join([*lines, ""])


if __name__ == "__main__":
    main()
