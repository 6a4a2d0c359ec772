"""One environment from nothing to nothing, with real Terraform on the embedded AWS.

Told as one story, because each chapter costs a minute of the provider's own waiting.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tagship.aws.cognito import AwsUserPools
from tagship.aws.ecr import AwsEcr
from tagship.aws.ecs import AwsEcs
from tagship.aws.elb import AwsElb
from tagship.aws.leftovers import AwsLeftovers
from tagship.aws.rds import AwsDatabases
from tagship.aws.roles import AwsServiceRoles
from tagship.aws.s3 import S3
from tagship.aws.session import Aws
from tagship.base.clock import SystemClock
from tagship.base.errors import StateLocked
from tagship.base.events import Event, Events
from tagship.base.process import Command, SystemProcesses
from tagship.image.builder import RegistryCredentials
from tagship.image.engine import DockerEngine
from tagship.infra import commands, destruction
from tagship.infra.asking import Asker
from tagship.infra.clients import InfraClients
from tagship.infra.environment import Access
from tagship.infra.events import ResourceFinished, ResourceWaiting
from tagship.infra.mirror import Surroundings
from tagship.infra.outputs import ServiceInfrastructure
from tagship.infra.plan import Plan
from tagship.infra.tools import InfraTools
from tagship.infra.workspace import STATE_KEY
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.names import Names
from tagship.manifest.service import HealthCheck, Service
from tagship.manifest.systems import Network
from tagship.notify.package import package
from tagship.probe import status_of
from tests.contract.conftest import REGION, RunningAws, access
from tests.seatrial.contract.ecs.harness import APP, IMAGE, eventually

pytestmark = [
    pytest.mark.terraform,
    pytest.mark.docker,
    pytest.mark.timeout(900),
    pytest.mark.usefixtures("found_program", "engine"),
]

APP_NAME = "story"
LOCK = {
    "ID": "0d1c7ab5-6b0c-8f0e-6f0b-6a0d2a3b7f1e",
    "Operation": "OperationTypeApply",
    "Who": "kim@laptop",
    "Version": "1.11.4",
    "Created": "2026-11-23T09:31:02Z",
}


@pytest.fixture
def heard() -> list[Event]:
    return []


@pytest.fixture
def tools(local_aws: RunningAws, around: Surroundings, tmp_path: Path, heard: list[Event]) -> InfraTools:
    aws = Aws(access(local_aws))
    service = Service(port=8000, drain=1, stop_timeout=2, health=HealthCheck(interval=5, timeout=2))
    manifest = EnvironmentManifest(
        app=APP_NAME,
        environment="local",
        account=None,
        region=REGION,
        network=Network(cidr="10.77.0.0/16"),
        services={"api": service},
        site=None,
        protect=True,
    )
    return InfraTools(
        manifest=manifest,
        names=Names(APP_NAME, "local"),
        account=aws.account(),
        access=Access(REGION, local_aws.endpoint, local_aws.variables),
        checkout=tmp_path,
        workspace_name="local",
        around=around,
        s3=S3(aws),
        task_definitions=AwsEcs(aws),
        clients=InfraClients(
            registries=AwsEcr(aws),
            databases=AwsDatabases(aws),
            leftovers=AwsLeftovers(aws),
            user_pools=AwsUserPools(aws),
            tasks=AwsEcs(aws),
            asker=Asker(AwsElb(aws), status_of, manifest),
            roles=AwsServiceRoles(aws),
        ),
        files={"alerts.zip": package()},
        processes=SystemProcesses(),
        clock=SystemClock(),
        events=Events(heard.append),
    )


def inventory(aws: RunningAws) -> dict[str, set[str]]:
    """Everything of the kinds that an environment is made of."""
    ec2, ecs, elb = aws.client("ec2"), aws.client("ecs"), aws.client("elbv2")
    return {
        "vpc": {entry["VpcId"] for entry in ec2.describe_vpcs()["Vpcs"]},
        "subnet": {entry["SubnetId"] for entry in ec2.describe_subnets()["Subnets"]},
        "group": {entry["GroupId"] for entry in ec2.describe_security_groups()["SecurityGroups"]},
        "address": {entry["AllocationId"] for entry in ec2.describe_addresses()["Addresses"]},
        "gateway": {entry["InternetGatewayId"] for entry in ec2.describe_internet_gateways()["InternetGateways"]},
        "cluster": set(ecs.list_clusters()["clusterArns"]),
        "definition": set(ecs.list_task_definitions()["taskDefinitionArns"]),
        "inactive": set(ecs.list_task_definitions(status="INACTIVE")["taskDefinitionArns"]),
        "balancer": {entry["LoadBalancerArn"] for entry in elb.describe_load_balancers()["LoadBalancers"]},
        "targets": {entry["TargetGroupArn"] for entry in elb.describe_target_groups()["TargetGroups"]},
        "log": {entry["logGroupName"] for entry in aws.client("logs").describe_log_groups()["logGroups"]},
        # Service-linked roles are the account's, and stay as they do on AWS.
        "role": {
            entry["RoleName"]
            for entry in aws.client("iam").list_roles()["Roles"]
            if not entry["Path"].startswith("/aws-service-role/")
        },
        "repository": {entry["repositoryName"] for entry in aws.client("ecr").describe_repositories()["repositories"]},
        "bucket": {entry["Name"] for entry in aws.client("s3").list_buckets()["Buckets"]},
    }


@pytest.fixture
def pushed() -> Iterator[list[str]]:
    """Image names that the test gave; taken back at the end."""
    names: list[str] = []
    yield names
    for name in names:
        SystemProcesses().run(Command.of("docker", "rmi", name), check=False)


def release(aws: RunningAws, service: ServiceInfrastructure, cluster: str) -> None:
    """As the release engine does it: a revision of its own, tasks, and the lower bound of scaling."""
    ecs = aws.client("ecs")
    container = {
        "name": service.container,
        "image": IMAGE,
        "essential": True,
        "command": ["python", "-c", APP],
        "portMappings": [{"containerPort": service.port}],
    }
    registered = ecs.register_task_definition(
        family=service.task_family,
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        cpu="256",
        memory="512",
        executionRoleArn=service.execution_role_arn,
        taskRoleArn=service.task_role_arn,
        containerDefinitions=[container],
    )
    revision = registered["taskDefinition"]["taskDefinitionArn"]
    ecs.update_service(cluster=cluster, service=service.service, taskDefinition=revision, desiredCount=1)
    try:
        eventually(lambda: described(ecs, service, cluster)["runningCount"] == 1, 120)
    except AssertionError:
        pytest.fail(str(described(ecs, service, cluster)))
    aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{cluster}/{service.service}",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=1,
    )


def described(ecs: Any, service: ServiceInfrastructure, cluster: str) -> Any:  # noqa: ANN401 - boto3's own
    return ecs.describe_services(cluster=cluster, services=[service.service])["services"][0]


def push(aws: RunningAws, url: str, pushed: list[str]) -> None:
    name, login = f"{url}:v0.1.0", AwsEcr(Aws(access(aws))).sign_in()
    pushed.append(name)
    SystemProcesses().run(Command.of("docker", "tag", IMAGE, name))
    credentials = RegistryCredentials(login.registry, login.username, login.password)
    assert [entry for entry in DockerEngine().push(url, "v0.1.0", credentials) if "error" in entry] == []


def hold_the_lock(aws: RunningAws, bucket: str) -> None:
    aws.client("s3").put_object(Bucket=bucket, Key=f"{STATE_KEY}.tflock", Body=json.dumps(LOCK))


def test_an_environment_is_made_released_to_and_destroyed_without_a_trace(
    tools: InfraTools, local_aws: RunningAws, heard: list[Event], pushed: list[str]
) -> None:
    before = inventory(local_aws)

    # Made, each resource told, the long ones with what they wait for.
    made = commands.apply(tools, commands.plan(tools))
    assert made.infrastructure == commands.output(tools)
    assert 'module.service["api"].aws_ecs_service.this' in {
        event.address for event in heard if isinstance(event, ResourceFinished)
    }
    assert any("load balancer" in event.waiting_for for event in heard if isinstance(event, ResourceWaiting))

    # Isolated is isolated, and everything is tagged.
    ec2 = local_aws.client("ec2")
    (isolated,) = ec2.describe_route_tables(Filters=[{"Name": "tag:Name", "Values": [f"{APP_NAME}-local-isolated"]}])[
        "RouteTables"
    ]
    assert [route["GatewayId"] for route in isolated["Routes"]] == ["local"]
    assert {"Key": "tagship:app", "Value": APP_NAME} in isolated["Tags"]

    # Nothing to change: at once, after a release, and after a push.
    assert commands.plan(tools) == Plan()
    service = made.infrastructure.services["api"]
    push(local_aws, service.repository_url, pushed)
    release(local_aws, service, made.infrastructure.cluster)
    assert commands.plan(tools) == Plan()

    # A lock that is held, and taken away.
    hold_the_lock(local_aws, tools.bucket)
    with pytest.raises(StateLocked, match=r"locked by kim@laptop \(apply\) since 2026-11-23 09:31:02 UTC"):
        commands.plan(tools)
    commands.unlock(tools, LOCK["ID"])

    # Destroyed while it is protected, a task runs and images are there; nothing is left.
    destruction.destroy(tools, destruction.plan_destroy(tools))
    assert inventory(local_aws) == before
    assert destruction.plan_destroy(tools) == Plan()
    assert not tools.workspace.folder.exists()
