"""A load on an ECS service scales it out, its end scales it in: on the embedded AWS, with containers that work.

Needs Docker and the image ``python:3.11-slim-bookworm``. Each policy has a run of its own; what happened, minute by
minute, is written to ``bench/scaling/results.md``, with each activity held against the policy's own arithmetic.
"""

import argparse
import math
import os
import platform
import sys
import tempfile
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import boto3
from load import Load, sending

from seatrial.core.settings import InstanceSettings
from seatrial.process import instance
from seatrial.process.control import Control
from tagship.base.clock import SystemClock

HERE = Path(__file__).parent
IMAGE = "python:3.11-slim-bookworm"
REGION = "eu-central-1"
CLUSTER = "bench"
LOADED_MINUTES = 14
"""Of AWS: long enough for two scale-outs, a cooldown apart."""
PATIENCE_MINUTES = 60
COOLDOWN = 120
"""Seconds of AWS, outwards and inwards."""
_CLOCK = SystemClock()

# Each request costs CPU time, whatever else the machine does: the more tasks, the less of it each has to spend.
APP = """
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        work = 0.0 if self.path == "/healthz" else 0.02
        end = time.thread_time() + work
        while time.thread_time() < end:
            pass
        self.send_response(200)
        self.send_header("content-length", "2")
        self.end_headers()
        self.wfile.write(b"ok")
    def log_message(self, *_):
        pass

ThreadingHTTPServer(("", 8000), Handler).serve_forever()
"""


@dataclass(frozen=True)
class Case:
    """One policy under one load.

    Args:
        name: of the service and of the policy.
        metric: AWS's predefined metric.
        target: its target value.
        rate: requests a second during the load.
        maximum: tasks at most.
    """

    name: str
    metric: str
    target: float
    rate: float
    maximum: int


@dataclass(frozen=True)
class Row:
    """How things stood at the end of a minute of AWS."""

    minute: float
    load: float
    metric: float | None
    desired: int
    running: int
    alarms: str


CASES = (
    Case("cpu", "ECSServiceAverageCPUUtilization", 50.0, 14.0, 6),
    Case("requests", "ALBRequestCountPerTarget", 20.0, 10.0, 6),
)


def main() -> None:
    """Run every case, and write what happened."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--minute", type=float, default=5.0, help="seconds of AWS's minute")
    parser.add_argument("--port", type=int, default=4630)
    parser.add_argument("--front-door-port", type=int, default=8630)
    parser.add_argument("--only", choices=[case.name for case in CASES])
    parser.add_argument("--write", type=Path, default=HERE / "results.md")
    options = parser.parse_args()
    parts = [_heading(options)]
    with tempfile.TemporaryDirectory() as home:
        settings = InstanceSettings(Path(home), options.port, options.front_door_port, minute=options.minute)
        Control(settings).up()
        try:
            aws = Aws(settings)
            aws.client("ecs").create_cluster(clusterName=CLUSTER)
            chosen = [case for case in CASES if options.only in {None, case.name}]
            parts.extend(Run(aws, case).report() for case in chosen)
        finally:
            Control(settings).reset()
    text = "\n".join(parts)
    options.write.write_text(text)
    sys.stdout.write(text)


class Aws:
    """The embedded AWS of this run."""

    def __init__(self, settings: InstanceSettings) -> None:
        self.settings = settings

    def client(self, service: str) -> Any:  # noqa: ANN401 - boto3's own
        """A client of this service."""
        keys = instance.keys_of(self.settings)
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.settings.endpoint,
            region_name=REGION,
            aws_access_key_id=keys.access_key,
            aws_secret_access_key=keys.secret_key,
        )

    def front_door(self, dns: str) -> str:
        """Where a load balancer listens."""
        return (instance.status(self.settings).front_doors or {})[dns]["80"]


class Run:
    """One case, from the first task to the last scale-in."""

    def __init__(self, aws: Aws, case: Case) -> None:
        self._aws, self._case = aws, case
        self._ecs, self._elb = aws.client("ecs"), aws.client("elbv2")
        self._scaling, self._cloudwatch = aws.client("application-autoscaling"), aws.client("cloudwatch")
        self._target = {
            "ServiceNamespace": "ecs",
            "ResourceId": f"service/{CLUSTER}/{case.name}",
            "ScalableDimension": "ecs:service:DesiredCount",
        }
        self._rows: list[Row] = []
        self._balancer, self._group = self._make_balancer()
        self._make_service()
        self._put_policy()

    def report(self) -> str:
        """Let it happen, and say what did."""
        door = self._aws.front_door(self._balancer["DNSName"])
        began = _CLOCK.now()
        with sending(door, self._case.rate) as load:
            self._watch(began, LOADED_MINUTES, self._case.rate, until_idle=False)
        self._watch(began, PATIENCE_MINUTES, 0.0, until_idle=True)
        activities = self._scaling.describe_scaling_activities(**self._target)["ScalingActivities"]
        told = self._told(began, list(reversed(activities)), load)
        self._scaling.deregister_scalable_target(**self._target)
        self._ecs.delete_service(cluster=CLUSTER, service=self._case.name, force=True)
        return told

    def _watch(self, began: datetime, minutes: float, rate: float, *, until_idle: bool) -> None:
        """A row for each minute of AWS, until so many have passed, or the service is back where it began."""
        minute = self._aws.settings.minute
        while len(self._rows) < minutes:
            _CLOCK.sleep(max(0.0, minute - (_CLOCK.now().timestamp() % minute)) + 0.1 * minute)
            service = self._service()
            row = Row(
                minute=(_CLOCK.now() - began).total_seconds() / minute,
                load=rate,
                metric=self._metric(_CLOCK.now()),
                desired=service["desiredCount"],
                running=service["runningCount"],
                alarms=self._alarms(),
            )
            self._rows.append(row)
            sys.stderr.write(f"{self._case.name}: {row}\n")
            if until_idle and row.desired == row.running == 1:
                return

    def _metric(self, before: datetime) -> float | None:
        """The newest datapoint of the policy's metric that is over by then."""
        alarm = self._alarm_descriptions()[0]
        answer = self._cloudwatch.get_metric_statistics(
            Namespace=alarm["Namespace"],
            MetricName=alarm["MetricName"],
            Dimensions=alarm["Dimensions"],
            Statistics=[alarm["Statistic"]],
            Period=60,
            StartTime=before - timedelta(seconds=4 * self._aws.settings.minute),
            EndTime=before,
        )
        ended = before.timestamp() - self._aws.settings.minute
        points = [point for point in answer["Datapoints"] if point["Timestamp"].timestamp() <= ended + 0.05]
        newest = max(points, key=lambda point: point["Timestamp"].timestamp(), default=None)
        return float(newest[alarm["Statistic"]]) if newest else None

    def _alarm_descriptions(self) -> list[Any]:
        prefix = f"TargetTracking-{self._target['ResourceId']}-"
        found = self._cloudwatch.describe_alarms(AlarmNamePrefix=prefix)["MetricAlarms"]
        return sorted(found, key=lambda alarm: str(alarm["AlarmName"]))

    def _alarms(self) -> str:
        return " ".join(_side(alarm["AlarmName"]) + " " + alarm["StateValue"] for alarm in self._alarm_descriptions())

    def _service(self) -> dict[str, Any]:
        answer = self._ecs.describe_services(cluster=CLUSTER, services=[self._case.name])
        found: dict[str, Any] = answer["services"][0]
        return found

    def _make_balancer(self) -> tuple[Any, str]:
        name = self._case.name
        balancer = self._elb.create_load_balancer(Name=name, Subnets=["subnet-1", "subnet-2"])["LoadBalancers"][0]
        group: str = self._elb.create_target_group(
            Name=name,
            Protocol="HTTP",
            Port=8000,
            VpcId="vpc-1",
            TargetType="ip",
            HealthCheckPath="/healthz",
            HealthCheckIntervalSeconds=5,
            HealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        self._elb.modify_target_group_attributes(
            TargetGroupArn=group, Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": "2"}]
        )
        self._elb.create_listener(
            LoadBalancerArn=balancer["LoadBalancerArn"],
            Port=80,
            Protocol="HTTP",
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return balancer, group

    def _make_service(self) -> None:
        name = self._case.name
        self._ecs.register_task_definition(
            family=name,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[
                {
                    "name": "app",
                    "image": IMAGE,
                    "command": ["python3", "-c", APP],
                    "portMappings": [{"containerPort": 8000}],
                    "stopTimeout": 2,
                }
            ],
        )
        self._ecs.create_service(
            cluster=CLUSTER,
            serviceName=name,
            taskDefinition=name,
            desiredCount=1,
            launchType="FARGATE",
            networkConfiguration={"awsvpcConfiguration": {"subnets": ["subnet-1"]}},
            loadBalancers=[{"targetGroupArn": self._group, "containerName": "app", "containerPort": 8000}],
        )
        self._ecs.get_waiter("services_stable").wait(
            cluster=CLUSTER, services=[name], WaiterConfig={"Delay": 1, "MaxAttempts": 180}
        )

    def _put_policy(self) -> None:
        specification = {"PredefinedMetricType": self._case.metric}
        if self._case.metric == "ALBRequestCountPerTarget":
            balancer = self._balancer["LoadBalancerArn"].partition(":loadbalancer/")[2]
            specification["ResourceLabel"] = f"{balancer}/{self._group.rpartition(':')[2]}"
        self._scaling.register_scalable_target(**self._target, MinCapacity=1, MaxCapacity=self._case.maximum)
        self._scaling.put_scaling_policy(
            **self._target,
            PolicyName=self._case.name,
            PolicyType="TargetTrackingScaling",
            TargetTrackingScalingPolicyConfiguration={
                "TargetValue": self._case.target,
                "PredefinedMetricSpecification": specification,
                "ScaleOutCooldown": COOLDOWN,
                "ScaleInCooldown": COOLDOWN,
            },
        )

    def _told(self, began: datetime, activities: list[Any], load: Load) -> str:
        case = self._case
        load_said = (
            f"{case.rate:g} requests a second for {LOADED_MINUTES} minutes of AWS, 20 ms of CPU time each, on tasks of "
            f"a quarter of a core; 1 to {case.maximum} tasks; cooldowns of {COOLDOWN} s. "
            f"Requests answered 200: {load.answered}; failed: {load.failed}."
        )
        lines = [
            f"## {case.metric}, target {case.target:g}",
            "",
            load_said,
            "",
            "| minute | requests/s | metric | desired | running | alarms |",
            "|---|---|---|---|---|---|",
            *(_cells(row) for row in self._rows),
            "",
            "| minute | activity | by the arithmetic | status | cause |",
            "|---|---|---|---|---|",
        ]
        desired, base, cool = 1, 1, began
        for activity in activities:
            at, to = activity["StartTime"], int(activity["Description"].rstrip(".").rpartition(" ")[2])
            ended = activity.get("EndTime", at)
            # In the cooldown of a scale-out, the next one counts from where that one did.
            base = base if to > desired and at < cool else desired
            cause = activity["Cause"].replace(_identity(activity["Cause"]), "…")
            status = f"{activity['StatusCode']} after {(ended - at).total_seconds():.1f} s"
            minute = (at - began).total_seconds() / self._aws.settings.minute
            by = self._arithmetic(base, self._metric(at), to)
            lines.append(f"| {minute:.1f} | {activity['Description']} | {by} | {status} | {cause} |")
            cool = ended + timedelta(seconds=self._aws.settings.scaled(COOLDOWN)) if to > desired else began
            desired = to
        return "\n".join([*lines, ""])

    def _arithmetic(self, before: int, metric: float | None, to: int) -> str:
        if metric is None:
            return ""
        wanted = min(max(math.ceil(before * metric / self._case.target - 1e-9), 1), self._case.maximum)
        agrees = "as set" if wanted == to else "not as set"
        return f"ceil({before} * {metric:.4g} / {self._case.target:g}) = {wanted}, {agrees}"


def _cells(row: Row) -> str:
    metric = "" if row.metric is None else f"{row.metric:.1f}"
    return f"| {row.minute:.1f} | {row.load:g} | {metric} | {row.desired} | {row.running} | {row.alarms} |"


def _side(alarm: str) -> str:
    return "high" if "-AlarmHigh-" in alarm else "low"


def _identity(cause: str) -> str:
    """The alarm's own id, which says nothing to a reader."""
    words = [word for word in cause.split() if word.startswith("TargetTracking-")]
    return words[0].partition("-Alarm")[2].partition("-")[2] if words else "\0"


def _heading(options: argparse.Namespace) -> str:
    machine = (
        f"{datetime.now(UTC):%Y-%m-%d}; {os.cpu_count()} cores, {platform.system()} {platform.machine()}, "
        f"Python {platform.python_version()}; load of the machine before: {os.getloadavg()[0]:.1f}. "
        f"AWS's minute took {options.minute:g} s. Written by `bench/scaling/run.py`."
    )
    return f"# A load scales a service out, and its end scales it in\n\n{machine}\n"


if __name__ == "__main__":
    main()
