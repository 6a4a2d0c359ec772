"""One suite for what stands around a service: in memory, and by the door to the embedded AWS."""

import json
from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tagship.aws.fakes import FakeStanding
from tagship.aws.standing import AwsStanding, Standing
from tagship.base.errors import AwsError, AwsNotFound
from tests.contract.aws.harness import session
from tests.contract.conftest import RunningAws

TASKS = "ecs-tasks.amazonaws.com"
LAMBDA = "lambda.amazonaws.com"
CREATE, PUT = "logs:CreateLogStream", "logs:PutLogEvents"
PATH = "/healthz"


@dataclass(frozen=True)
class Ground:
    """What is looked at: things that are in order, not in order, or not there."""

    standing: Standing
    role: str
    resource: str
    log_group: str
    target_group: str
    subnets: tuple[str, ...]


class Builder:
    """Builds on the embedded AWS what Terraform would."""

    def __init__(self, aws: RunningAws) -> None:
        self.aws, self.name = aws, f"contract-{uuid4().hex[:12]}"
        self.ec2, self.elb = aws.client("ec2"), aws.client("elbv2")
        self.vpc = self.ec2.create_vpc(CidrBlock="10.2.0.0/16")["Vpc"]["VpcId"]

    def ordered(self) -> Ground:
        gateway, main = self.gateway(), self.main_table()
        self.ec2.create_route(RouteTableId=main, DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
        return self.ground(
            self.role([TASKS, LAMBDA], [CREATE, PUT]), self.log_group(""), (self.subnet(0), self.subnet(1))
        )

    def out_of_order(self) -> Ground:
        log_group = self.log_group("-and-more").removesuffix("-and-more")
        return self.ground(self.role(LAMBDA, CREATE), log_group, (self.subnet(0),), used=False)

    def ground(self, role: str, log_group: str, subnets: tuple[str, ...], *, used: bool = True) -> Ground:
        target_group = self.target_group()
        if used:
            self.listen(target_group, subnets)
        return Ground(self.standing, role, self.resource(log_group), log_group, target_group, subnets)

    @property
    def standing(self) -> Standing:
        return AwsStanding(session(self.aws))

    def resource(self, log_group: str) -> str:
        return f"arn:aws:logs:eu-central-1:000000000000:log-group:{log_group}:log-stream:any"

    def role(self, services: str | list[str], actions: str | list[str]) -> str:
        iam = self.aws.client("iam")
        trust = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": services}}
        may = {"Effect": "Allow", "Action": actions, "Resource": self.resource(f"/{self.name}*")}
        made = iam.create_role(RoleName=self.name, AssumeRolePolicyDocument=json.dumps(_policy(trust)))
        iam.put_role_policy(RoleName=self.name, PolicyName="log", PolicyDocument=json.dumps(_policy(may)))
        arn: str = made["Role"]["Arn"]
        return arn

    def log_group(self, suffix: str) -> str:
        name = f"/{self.name}{suffix}"
        self.aws.client("logs").create_log_group(logGroupName=name)
        return name

    def target_group(self) -> str:
        made = self.elb.create_target_group(
            Name=self.name,
            Protocol="HTTP",
            Port=80,
            VpcId=self.vpc,
            TargetType="ip",
            HealthCheckPath=PATH,
            Matcher={"HttpCode": "200-399"},
        )
        arn: str = made["TargetGroups"][0]["TargetGroupArn"]
        return arn

    def listen(self, target_group: str, subnets: tuple[str, ...]) -> None:
        made = self.elb.create_load_balancer(Name=self.name, Subnets=list(subnets), Scheme="internal")
        self.elb.create_listener(
            LoadBalancerArn=made["LoadBalancers"][0]["LoadBalancerArn"],
            Protocol="HTTP",
            Port=80,
            DefaultActions=[{"Type": "forward", "TargetGroupArn": target_group}],
        )

    def subnet(self, number: int) -> str:
        zone = "eu-central-1" + "abc"[number]
        made = self.ec2.create_subnet(VpcId=self.vpc, CidrBlock=f"10.2.{number}.0/24", AvailabilityZone=zone)
        identity: str = made["Subnet"]["SubnetId"]
        return identity

    def gateway(self) -> str:
        gateway: str = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        return gateway

    def main_table(self) -> str:
        asked: list[Any] = [
            {"Name": "vpc-id", "Values": [self.vpc]},
            {"Name": "association.main", "Values": ["true"]},
        ]
        found: str = self.ec2.describe_route_tables(Filters=asked)["RouteTables"][0]["RouteTableId"]
        return found

    def own_table(self, subnet: str) -> str:
        table: str = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=table, SubnetId=subnet)
        return table


def _policy(statement: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [statement]}


def in_memory(standing: Standing) -> Ground:
    return Ground(standing, "role/any", "log-stream", "/any", "targetgroup/any", ("subnet-a", "subnet-b"))


@pytest.fixture
def builder(local_aws: RunningAws) -> Builder:
    return Builder(local_aws)


@pytest.fixture(params=["fake", "embedded"])
def ordered(request: pytest.FixtureRequest) -> Ground:
    if request.param == "fake":
        return in_memory(FakeStanding(trusts=frozenset({TASKS, LAMBDA})))
    builder: Builder = request.getfixturevalue("builder")
    return builder.ordered()


@pytest.fixture(params=["fake", "embedded"])
def out_of_order(request: pytest.FixtureRequest) -> Ground:
    if request.param == "fake":
        fake = FakeStanding(
            trusts=frozenset({LAMBDA}), forbidden=frozenset({PUT}), log_groups=False, load_balancers=0, way_out=""
        )
        return in_memory(fake)
    builder: Builder = request.getfixturevalue("builder")
    return builder.out_of_order()


@pytest.fixture(params=["fake", "embedded"])
def missing(request: pytest.FixtureRequest) -> Ground:
    if request.param == "fake":
        return in_memory(FakeStanding(refuses=AwsNotFound("It is not there.")))
    local_aws: RunningAws = request.getfixturevalue("local_aws")
    return Ground(
        AwsStanding(session(local_aws)),
        role="arn:aws:iam::000000000000:role/nobody",
        resource="*",
        log_group="/nothing",
        target_group="arn:aws:elasticloadbalancing:eu-central-1:000000000000:targetgroup/none/0123456789abcdef",
        subnets=("subnet-0123456789abcdef0",),
    )


def test_a_role_names_the_services_that_may_take_it(ordered: Ground) -> None:
    assert ordered.standing.trusted_services(ordered.role) == {TASKS, LAMBDA}


def test_a_role_may_be_for_another_service(out_of_order: Ground) -> None:
    assert out_of_order.standing.trusted_services(out_of_order.role) == {LAMBDA}


def test_nothing_is_denied_of_what_a_policy_allows(ordered: Ground) -> None:
    assert ordered.standing.denied(ordered.role, [CREATE, PUT], ordered.resource) == []


def test_what_no_policy_allows_is_denied_by_name(out_of_order: Ground) -> None:
    assert out_of_order.standing.denied(out_of_order.role, [CREATE, PUT], out_of_order.resource) == [PUT]


def test_a_log_group_is_found(ordered: Ground) -> None:
    assert ordered.standing.has_log_group(ordered.log_group)


def test_a_log_group_whose_name_only_begins_so_is_another(out_of_order: Ground) -> None:
    assert not out_of_order.standing.has_log_group(out_of_order.log_group)


def test_a_target_group_says_how_it_asks_and_who_sends_to_it(ordered: Ground) -> None:
    found = ordered.standing.target_group(ordered.target_group)
    assert (found.health_path, found.matcher, found.load_balancers) == (PATH, "200-399", 1)


def test_a_target_group_may_have_no_load_balancer(out_of_order: Ground) -> None:
    assert out_of_order.standing.target_group(out_of_order.target_group).load_balancers == 0


def test_every_subnet_has_its_way_out(ordered: Ground) -> None:
    ways = ordered.standing.ways_out(ordered.subnets)
    assert set(ways) == set(ordered.subnets)
    assert all(way.startswith(("igw-", "nat-")) for way in ways.values())


def test_a_subnet_without_a_default_route_has_no_way_out(out_of_order: Ground) -> None:
    ways = out_of_order.standing.ways_out(out_of_order.subnets)
    assert ways == dict.fromkeys(out_of_order.subnets, "")


def test_what_is_not_there_is_not_found(missing: Ground) -> None:
    with pytest.raises(AwsNotFound):
        missing.standing.trusted_services(missing.role)
    with pytest.raises(AwsNotFound):
        missing.standing.target_group(missing.target_group)
    with pytest.raises(AwsNotFound):
        missing.standing.ways_out(missing.subnets)


def test_a_right_to_one_log_group_is_none_to_another(builder: Builder) -> None:
    ground = builder.ordered()
    denied = ground.standing.denied(ground.role, [CREATE, PUT], builder.resource("/another"))
    assert denied == [CREATE, PUT]


def test_a_subnets_own_table_counts_before_the_main_one(builder: Builder) -> None:
    open_, closed, through = (builder.subnet(number) for number in range(3))
    gateway = builder.gateway()
    builder.ec2.create_route(RouteTableId=builder.main_table(), DestinationCidrBlock="0.0.0.0/0", GatewayId=gateway)
    builder.own_table(closed)
    address = builder.ec2.allocate_address(Domain="vpc")["AllocationId"]
    nat = builder.ec2.create_nat_gateway(SubnetId=open_, AllocationId=address)["NatGateway"]["NatGatewayId"]
    builder.ec2.create_route(
        RouteTableId=builder.own_table(through), DestinationCidrBlock="0.0.0.0/0", NatGatewayId=nat
    )
    ways = builder.standing.ways_out([open_, closed, through])
    assert ways == {open_: gateway, closed: "", through: nat}


def test_the_embedded_aws_does_not_tell_how_much_fargate_may_start(builder: Builder) -> None:
    with pytest.raises(AwsError, match="AWS did not return the Fargate quota"):
        builder.standing.spare_vcpus()
