"""The door to what stands around a service: roles, log groups, target groups, subnets."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, Final, Protocol, cast
from urllib.parse import unquote

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.clock import Clock, SystemClock
from tagship.base.errors import AwsDenied, AwsError, AwsNotFound, AwsThrottled, AwsUnreachable

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_ec2 import EC2Client
    from types_boto3_elbv2 import ElasticLoadBalancingv2Client
    from types_boto3_iam import IAMClient
    from types_boto3_logs import CloudWatchLogsClient


@dataclass(frozen=True)
class TargetGroupFacts:
    """A target group: how it asks targets whether they are well, and how many load balancers use it."""

    health_path: str
    matcher: str
    load_balancers: int


class Standing(Protocol):
    """What a release looks at before it touches anything."""

    def trusted_services(self, role_arn: str) -> frozenset[str]:
        """The AWS services that may take a role, such as ``ecs-tasks.amazonaws.com``.

        Raises:
            AwsNotFound: no such role.
        """
        ...

    def denied(self, role_arn: str, actions: Sequence[str], resource: str) -> list[str]:
        """Which of these actions on this resource the role may not do (``SimulatePrincipalPolicy``)."""
        ...

    def has_log_group(self, name: str) -> bool:
        """Whether there is a log group of this name."""
        ...

    def target_group(self, arn: str) -> TargetGroupFacts:
        """A target group.

        Raises:
            AwsNotFound: no such target group.
        """
        ...

    def ways_out(self, subnets: Sequence[str]) -> Mapping[str, str]:
        """What leads out of each subnet: a NAT gateway's or an internet gateway's id; empty where nothing does."""
        ...

    def spare_vcpus(self) -> float:
        """How many vCPUs Fargate may still start in this account and region.

        Raises:
            AwsError: AWS does not tell.
        """
        ...


class AwsStanding:
    """All of it by AWS's APIs; see ``Standing``.

    Args:
        aws: the session.
        clock: tells the time.
    """

    def __init__(self, aws: Aws, clock: Clock | None = None) -> None:
        self._aws, self._clock = aws, clock or SystemClock()

    def trusted_services(self, role_arn: str) -> frozenset[str]:
        """See ``Standing.trusted_services``."""
        iam = cast("IAMClient", self._aws.client("iam"))
        with translated():
            policy: Any = iam.get_role(RoleName=role_arn.rpartition("/")[2])["Role"]["AssumeRolePolicyDocument"]
        document = json.loads(unquote(policy)) if isinstance(policy, str) else policy
        return frozenset(
            service
            for statement in document["Statement"]
            if statement["Effect"] == "Allow"
            for service in _listed(statement.get("Principal", {}).get("Service", ()))
        )

    def denied(self, role_arn: str, actions: Sequence[str], resource: str) -> list[str]:
        """See ``Standing.denied``."""
        iam = cast("IAMClient", self._aws.client("iam"))
        with translated():
            found = iam.simulate_principal_policy(
                PolicySourceArn=role_arn, ActionNames=list(actions), ResourceArns=[resource]
            )
        return [each["EvalActionName"] for each in found["EvaluationResults"] if each["EvalDecision"] != "allowed"]

    def has_log_group(self, name: str) -> bool:
        """See ``Standing.has_log_group``."""
        logs = cast("CloudWatchLogsClient", self._aws.client("logs"))
        with translated():
            found = logs.describe_log_groups(logGroupNamePrefix=name)["logGroups"]
        return any(group.get("logGroupName") == name for group in found)

    def target_group(self, arn: str) -> TargetGroupFacts:
        """See ``Standing.target_group``."""
        elb = cast("ElasticLoadBalancingv2Client", self._aws.client("elbv2"))
        with translated():
            found = elb.describe_target_groups(TargetGroupArns=[arn])["TargetGroups"]
        if not found:
            raise AwsNotFound(f"AWS has no target group `{arn}`.", code="TargetGroupNotFound")
        group = found[0]
        return TargetGroupFacts(
            health_path=group.get("HealthCheckPath", ""),
            matcher=group.get("Matcher", {}).get("HttpCode", ""),
            load_balancers=len(group.get("LoadBalancerArns", ())),
        )

    def ways_out(self, subnets: Sequence[str]) -> Mapping[str, str]:
        """See ``Standing.ways_out``."""
        ec2 = cast("EC2Client", self._aws.client("ec2"))
        with translated():
            found = ec2.describe_subnets(SubnetIds=list(subnets))["Subnets"]
            vpcs = sorted({subnet["VpcId"] for subnet in found})
            tables = ec2.describe_route_tables(Filters=[{"Name": "vpc-id", "Values": vpcs}])["RouteTables"]
        return {
            subnet["SubnetId"]: _way_out(_table_of(subnet["SubnetId"], subnet["VpcId"], tables)) for subnet in found
        }

    def spare_vcpus(self) -> float:
        """See ``Standing.spare_vcpus``.

        Usage is a metric, and none comes where nothing runs (ECS guide, "AWS Fargate usage metrics").
        """
        quotas, metrics = self._aws.client("service-quotas"), self._aws.client("cloudwatch")
        try:
            with translated():
                quota = quotas.get_service_quota(ServiceCode="fargate", QuotaCode=_VCPUS)["Quota"]["Value"]
                used = metrics.get_metric_statistics(
                    Namespace="AWS/Usage",
                    MetricName="ResourceCount",
                    Dimensions=[{"Name": name, "Value": value} for name, value in _ON_DEMAND.items()],
                    StartTime=self._clock.now() - timedelta(minutes=15),
                    EndTime=self._clock.now(),
                    Period=300,
                    Statistics=["Maximum"],
                )["Datapoints"]
        except (AwsDenied, AwsThrottled, AwsUnreachable):
            raise
        except AwsError as error:
            raise AwsError("AWS did not return the Fargate quota", code=error.code) from error
        newest = max(used, key=lambda point: point["Timestamp"], default={"Maximum": 0.0})
        return float(quota) - float(newest["Maximum"])


_VCPUS: Final = "L-3032A538"
"""The quota "Fargate On-Demand vCPU resource count" (ECS guide, "Amazon ECS service quotas")."""

_ON_DEMAND: Final = {"Service": "Fargate", "Type": "Resource", "Resource": "vCPU", "Class": "Standard/OnDemand"}


def _listed(value: str | Sequence[str]) -> Sequence[str]:
    return [value] if isinstance(value, str) else value


def _table_of(subnet: str, vpc: str, tables: Sequence[Any]) -> Any:  # noqa: ANN401 - boto3 structures
    """A subnet's own route table, else its VPC's main one (EC2 user guide, "Route tables")."""
    own = [table for table in tables if any(each.get("SubnetId") == subnet for each in table.get("Associations", ()))]
    main = [
        table
        for table in tables
        if table.get("VpcId") == vpc and any(each.get("Main") for each in table.get("Associations", ()))
    ]
    return next(iter(own or main), {})


def _way_out(table: Any) -> str:  # noqa: ANN401 - a boto3 structure
    for route in table.get("Routes", ()):
        if route.get("DestinationCidrBlock") == "0.0.0.0/0" and route.get("State", "active") == "active":
            return str(
                route.get("NatGatewayId") or route.get("GatewayId") or route.get("TransitGatewayId") or "another router"
            )
    return ""
