"""A small production for contract tests: a load balancer, a cluster, an application that misbehaves when told to."""

import http.client
import json
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from tests.seatrial.contract.cloudfront.distributions import in_front_of
from tests.seatrial.contract.conftest import REGION, RunningAws, execution_role

IMAGE = "python:3.11-slim-bookworm"
PORT = 8000
TERMINAL = {"SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"}

APP = r"""
import os, signal, sys, threading, time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
get = lambda name, default="0": float(os.environ.get(name, default))
print("version", os.environ.get("VERSION"), "starts", flush=True)
def age():  # on a busy machine a program is seconds old when its first line runs
    began = int(open("/proc/self/stat").read().rpartition(")")[2].split()[19]) / os.sysconf("SC_CLK_TCK")
    return float(open("/proc/uptime").read().split()[0]) - began
if get("CRASH_AFTER"):
    crash = lambda: (print("last words", file=sys.stderr, flush=True), os._exit(3))
    threading.Timer(max(get("CRASH_AFTER") - age(), 0.01), crash).start()
time.sleep(get("LISTEN_AFTER"))

class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    def do_GET(self):
        if self.path != "/healthz":
            time.sleep(get("SLOW"))
        status = int(get("HEALTH", "200")) if self.path == "/healthz" else 200
        body = os.environ.get("VERSION", "").encode()
        self.send_response(status)
        self.send_header("content-length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)
    def log_message(self, *_):
        pass

server = ThreadingHTTPServer(("", 8000), Handler)
server.daemon_threads = False
def leave(*_):
    print("SIGTERM", flush=True)
    def go():
        time.sleep(get("LEAVE_AFTER", "0.2"))
        server.shutdown()
    threading.Thread(target=go).start()
signal.signal(signal.SIGTERM, leave)
server.serve_forever()
"""


def eventually(what: Callable[[], Any], seconds: float = 180) -> Any:  # noqa: ANN401 - whatever is waited for
    """The first true answer; the last one is in the failure."""
    deadline = time.monotonic() + seconds
    while not (found := what()):
        assert time.monotonic() < deadline, f"still {found!r} after {seconds} s"
        time.sleep(0.2)
    return found


@dataclass
class Load:
    """Requests under way against the front door."""

    results: Counter[str] = field(default_factory=Counter)

    @property
    def failed(self) -> dict[str, int]:
        return {result: count for result, count in self.results.items() if not result.startswith("200")}


class Harness:
    """One service named after its test; its front door is CloudFront, before an internal load balancer."""

    def __init__(self, aws: RunningAws, name: str, *, delay: int = 1, interval: int = 5) -> None:
        self.aws = aws
        self.name = name
        self.ecs = aws.client("ecs")
        self.elb = aws.client("elbv2")
        self.logs = aws.client("logs")
        self.cluster = f"cluster-{name}"
        self.execution_role = execution_role(aws)
        self.ecs.create_cluster(clusterName=self.cluster)
        self.logs.create_log_group(logGroupName=f"/ecs/{name}")
        self._network()
        self.group = self._balance(delay, interval)
        self.front = in_front_of(aws, self.balancer["LoadBalancerArn"], self.balancer["DNSName"])

    def _network(self) -> None:
        ec2 = self.aws.client("ec2")
        vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        self.vpc = vpc
        self.subnets = [
            ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{index}.0/24", AvailabilityZone=REGION + zone)["Subnet"][
                "SubnetId"
            ]
            for index, zone in enumerate("ab")
        ]

    def _balance(self, delay: int, interval: int) -> str:
        made = self.elb.create_load_balancer(Name=self.name, Subnets=self.subnets, Scheme="internal")
        self.balancer = made["LoadBalancers"][0]
        group: str = self.elb.create_target_group(
            Name=self.name,
            Protocol="HTTP",
            Port=PORT,
            VpcId=self.vpc,
            TargetType="ip",
            HealthCheckPath="/healthz",
            HealthCheckIntervalSeconds=interval,
            HealthCheckTimeoutSeconds=2,
            HealthyThresholdCount=2,
            UnhealthyThresholdCount=2,
        )["TargetGroups"][0]["TargetGroupArn"]
        self.elb.modify_target_group_attributes(
            TargetGroupArn=group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(delay)}],
        )
        self.elb.create_listener(
            LoadBalancerArn=self.balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return group

    def register(self, **environment: str) -> str:
        """A revision whose application behaves as these variables say; IMAGE and CONTAINER are ours."""
        image = environment.pop("IMAGE", IMAGE)
        container: dict[str, Any] = json.loads(environment.pop("CONTAINER", "{}"))
        answer = self.ecs.register_task_definition(
            family=self.name,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=self.execution_role,
            containerDefinitions=[
                {
                    "name": "app",
                    "image": image,
                    "command": ["python3", "-c", APP],
                    "portMappings": [{"containerPort": PORT}],
                    "environment": [{"name": key, "value": value} for key, value in environment.items()],
                    "logConfiguration": self.log_configuration(),
                    "stopTimeout": 10,
                    **container,
                }
            ],
        )
        arn: str = answer["taskDefinition"]["taskDefinitionArn"]
        return arn

    def log_configuration(self) -> dict[str, Any]:
        options = {"awslogs-group": f"/ecs/{self.name}", "awslogs-region": REGION, "awslogs-stream-prefix": "app"}
        return {"logDriver": "awslogs", "options": options}

    def network_configuration(self) -> dict[str, Any]:
        return {"awsvpcConfiguration": {"subnets": self.subnets}}

    def create(self, definition: str, *, count: int = 2, grace: int = 0, balanced: bool = True, **more: Any) -> None:  # noqa: ANN401 - AWS's
        target = {"targetGroupArn": self.group, "containerName": "app", "containerPort": PORT}
        more.setdefault("deploymentConfiguration", {"deploymentCircuitBreaker": {"enable": True, "rollback": True}})
        self.ecs.create_service(
            cluster=self.cluster,
            serviceName=self.name,
            taskDefinition=definition,
            desiredCount=count,
            launchType="FARGATE",
            networkConfiguration=self.network_configuration(),
            **({"loadBalancers": [target], "healthCheckGracePeriodSeconds": grace} if balanced else {}),
            **more,
        )

    def update(self, **changes: Any) -> str:  # noqa: ANN401 - AWS's
        """Update the service; returns the current service deployment."""
        answer = self.ecs.update_service(cluster=self.cluster, service=self.name, **changes)
        arn: str = answer["service"]["currentServiceDeployment"]
        return arn

    def service(self) -> dict[str, Any]:
        found: dict[str, Any] = self.ecs.describe_services(cluster=self.cluster, services=[self.name])["services"][0]
        return found

    def deployment(self, arn: str | None = None) -> dict[str, Any]:
        asked = arn or self.service()["currentServiceDeployment"]
        answer = self.ecs.describe_service_deployments(serviceDeploymentArns=[asked])
        found: dict[str, Any] = answer["serviceDeployments"][0]
        return found

    def settled(self, arn: str | None = None, seconds: float = 120) -> str:
        """The terminal status of a service deployment."""
        asked = arn or self.service()["currentServiceDeployment"]
        eventually(lambda: self.deployment(asked)["status"] in TERMINAL, seconds)
        status: str = self.deployment(asked)["status"]
        return status

    def steady(self, seconds: float = 90) -> None:
        def at_rest() -> bool:
            service = self.service()
            quiet = len(service["deployments"]) == 1 and service["runningCount"] == service["desiredCount"]
            return quiet and "steady state" in (service["events"] or [{"message": ""}])[0]["message"]

        eventually(at_rest, seconds)

    def tasks(self, status: str = "RUNNING") -> list[dict[str, Any]]:
        arns = self.ecs.list_tasks(cluster=self.cluster, desiredStatus=status)["taskArns"]
        described = self.ecs.describe_tasks(cluster=self.cluster, tasks=arns)["tasks"] if arns else []
        return list(described)

    def said(self) -> list[str]:
        return [event["message"] for event in reversed(self.service()["events"])]

    def log(self, task: dict[str, Any], container: str = "app") -> list[str]:
        stream = f"app/{container}/{task['taskArn'].rpartition('/')[2]}"
        answer = self.logs.get_log_events(logGroupName=f"/ecs/{self.name}", logStreamName=stream, startFromHead=True)
        return [event["message"] for event in answer["events"]]

    def front_door(self) -> tuple[str, int]:
        url = self.aws.doors[self.front]["443"]
        host, _, port = url.removeprefix("http://").rstrip("/").partition(":")
        return host, int(port)

    @contextmanager
    def load(self, clients: int = 4, timeout: float = 30) -> Iterator[Load]:
        """Requests, one after the other by each client, until the block ends; those under way are waited for."""
        load, done, door = Load(), threading.Event(), self.front_door()

        def work() -> None:
            connection = http.client.HTTPConnection(*door, timeout=timeout)
            while not done.is_set():
                try:
                    connection.request("GET", "/")
                    answer = connection.getresponse()
                    load.results[f"{answer.status} {answer.read().decode()[:20]}"] += 1
                except (OSError, http.client.HTTPException) as error:
                    load.results[type(error).__name__] += 1
                    connection.close()
                time.sleep(0.01)
            connection.close()

        threads = [threading.Thread(target=work) for _ in range(clients)]
        for thread in threads:
            thread.start()
        try:
            yield load
        finally:
            done.set()
            for thread in threads:
                thread.join()
