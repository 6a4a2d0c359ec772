"""What Terraform builds for an environment, built through boto3 instead: the same names, settings and document.

Terraform's provider waits a minute for a load balancer; a benchmark of a hundred services has no use for that.
Only what a release touches is built: no internet gateway, no security groups.
"""

import json
import time
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from threading import Lock
from typing import Any, Final

import boto3
from botocore.config import Config

from seatrial.core.settings import ACCOUNT_ID
from tagship.aws.s3 import S3
from tagship.aws.session import Aws, AwsAccess
from tagship.infra import outputs
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import Service
from tests.contract.conftest import REGION, RunningAws

_TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}],
}
_EXECUTION: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Resource": "*", "Action": ["ecr:*", "logs:CreateLogStream", "logs:PutLogEvents"]},
    ],
}
_AT_ONCE: Final = 8
_BURST: Final = 15


class QuickInfra:
    """Builds one environment.

    Args:
        aws: where.
        manifest: says what; ``network.nat`` must be ``none``, for there is no way out.
        breaker: whether ECS's circuit breaker is on, with rollback, as our module has it; Terraform's default is off.
    """

    def __init__(self, aws: RunningAws, manifest: EnvironmentManifest, *, breaker: bool = True) -> None:
        self._aws, self._manifest, self._breaker = aws, manifest, breaker
        self._keys = aws.keys
        self._names = Names(manifest.app, manifest.environment)
        self._ecs, self._elb, self._iam = (self._client(name) for name in ("ecs", "elbv2", "iam"))
        self._registering, self._registered = Lock(), 0
        self._ecr, self._logs = self._client("ecr"), self._client("logs")

    def build(self) -> None:
        """Everything, and at last ``infra/outputs.json``."""
        self._ecs.create_cluster(clusterName=self._names.cluster)
        self._network()
        services = self._manifest.services
        with ThreadPoolExecutor(_AT_ONCE) as pool:
            placed = list(pool.map(self._place, services, services.values(), range(1, len(services) + 1)))
        self._write(placed)

    def _client(self, service: str) -> Any:  # noqa: ANN401 - boto3's own
        """With patience: a hundred revisions at one a second are throttled, as they are at Amazon."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self._aws.endpoint,
            region_name=REGION,
            aws_access_key_id=self._keys.access_key,
            aws_secret_access_key=self._keys.secret_key,
            config=Config(retries={"mode": "standard", "max_attempts": 12}, max_pool_connections=_AT_ONCE),
        )

    def _network(self) -> None:
        ec2 = self._client("ec2")
        self._vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
        zones = {f"10.0.{number}.0/24": REGION + zone for number, zone in enumerate("ab")}
        made = (ec2.create_subnet(VpcId=self._vpc, CidrBlock=block, AvailabilityZone=zones[block]) for block in zones)
        self._subnets = [entry["Subnet"]["SubnetId"] for entry in made]
        balancer = self._elb.create_load_balancer(Name=self._names.load_balancer, Subnets=self._subnets)
        self._balancer = balancer["LoadBalancers"][0]
        missing = {"ContentType": "text/plain", "MessageBody": "Not found", "StatusCode": "404"}
        self._listener = self._elb.create_listener(
            LoadBalancerArn=self._balancer["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "fixed-response", "FixedResponseConfig": missing}],
        )["Listeners"][0]["ListenerArn"]

    def _place(self, name: str, service: Service, priority: int) -> dict[str, Any]:
        names = self._names
        self._logs.create_log_group(logGroupName=names.log_group(name))
        repository = self._ecr.create_repository(repositoryName=names.repository(name))["repository"]["repositoryUri"]
        execution, task = self._role(names.execution_role(name)), self._role(names.task_role(name))
        self._iam.put_role_policy(
            RoleName=names.execution_role(name), PolicyName="pull-and-log", PolicyDocument=json.dumps(_EXECUTION)
        )
        group = self._group(name, service, priority)
        with self._registering:  # ECS takes one revision a second
            self._registered += 1
            time.sleep(0 if self._registered < _BURST else 1)
        bootstrap = self._ecs.register_task_definition(
            family=names.task_family(name),
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            executionRoleArn=execution,
            taskRoleArn=task,
            containerDefinitions=[
                {
                    "name": names.container(name),
                    "image": f"{repository}:bootstrap",
                    "essential": True,
                    "portMappings": [{"containerPort": service.port, "protocol": "tcp"}],
                }
            ],
        )["taskDefinition"]["taskDefinitionArn"]
        self._service(name, service, bootstrap, group)
        return {
            "service": names.service(name),
            "task_family": names.task_family(name),
            "container": names.container(name),
            "repository_url": repository,
            "execution_role_arn": execution,
            "task_role_arn": task,
            "log_group": names.log_group(name),
            "target_group_arn": group,
            "port": service.port,
        }

    def _role(self, name: str) -> str:
        made = self._iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(_TRUST))
        arn: str = made["Role"]["Arn"]
        return arn

    def _group(self, name: str, service: Service, priority: int) -> str:
        health = service.health
        group: str = self._elb.create_target_group(
            Name=self._names.target_group(name),
            Protocol="HTTP",
            Port=80,
            VpcId=self._vpc,
            TargetType="ip",
            HealthCheckPath=health.path,
            HealthCheckIntervalSeconds=health.interval,
            HealthCheckTimeoutSeconds=health.timeout,
            HealthyThresholdCount=health.healthy_threshold,
            UnhealthyThresholdCount=health.unhealthy_threshold,
            Matcher={"HttpCode": "200-399"},
        )["TargetGroups"][0]["TargetGroupArn"]
        self._elb.modify_target_group_attributes(
            TargetGroupArn=group,
            Attributes=[{"Key": "deregistration_delay.timeout_seconds", "Value": str(service.drain)}],
        )
        self._elb.create_rule(
            ListenerArn=self._listener,
            Priority=priority,
            Conditions=[{"Field": "path-pattern", "Values": list(service.paths)}],
            Actions=[{"Type": "forward", "TargetGroupArn": group}],
        )
        return group

    def _service(self, name: str, service: Service, bootstrap: str, group: str) -> None:
        self._ecs.create_service(
            cluster=self._names.cluster,
            serviceName=self._names.service(name),
            taskDefinition=bootstrap,
            desiredCount=0,
            launchType="FARGATE",
            healthCheckGracePeriodSeconds=service.health.grace_period,
            deploymentConfiguration={
                "minimumHealthyPercent": 100,
                "maximumPercent": 200,
                "deploymentCircuitBreaker": {"enable": self._breaker, "rollback": self._breaker},
            },
            networkConfiguration={"awsvpcConfiguration": {"subnets": self._subnets}},
            loadBalancers=[
                {
                    "targetGroupArn": group,
                    "containerName": self._names.container(name),
                    "containerPort": service.port,
                }
            ],
        )

    def _write(self, placed: Iterable[dict[str, Any]]) -> None:
        access = AwsAccess(REGION, self._aws.endpoint, self._keys.access_key, self._keys.secret_key)
        s3, bucket = S3(Aws(access)), self._names.bucket(ACCOUNT_ID, REGION)
        s3.ensure_bucket(bucket)
        document = {
            "schema": outputs.SCHEMA,
            "region": REGION,
            "account_id": ACCOUNT_ID,
            "url": f"http://{self._balancer['DNSName']}",
            "cluster": self._names.cluster,
            "services": {place["service"]: place for place in placed},
        }
        s3.put_new(bucket, outputs.KEY, json.dumps(document).encode())
