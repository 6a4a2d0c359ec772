"""What the tests of the doors share: a session with the embedded AWS, and ECS in both of its kinds."""

from dataclasses import dataclass
from typing import Any
from uuid import uuid4

import pytest

from tagship.aws.ecs import AwsEcs
from tagship.aws.ecs_shapes import Definition, Ecs
from tagship.aws.fakes import FakeEcs
from tagship.aws.session import Aws
from tests.contract.conftest import RunningAws, access

NETWORK = {"awsvpcConfiguration": {"subnets": ["subnet-1"]}}


def session(local_aws: RunningAws) -> Aws:
    """As the product opens it."""
    return Aws(access(local_aws))


def definition(family: str, image: str = "bootstrap", **container: Any) -> Definition:  # noqa: ANN401 - AWS's own
    """A task definition of one container, ``api``."""
    return {
        "family": family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "api", "image": image, "essential": True, **container}],
    }


@dataclass(frozen=True)
class Place:
    """A cluster with a service ``api`` of no task; ``family`` is its task definition's."""

    ecs: Ecs
    cluster: str
    family: str


def place(request: pytest.FixtureRequest, fake: FakeEcs, image: str = "bootstrap", **container: Any) -> Place:  # noqa: ANN401 - AWS's own
    """One of each kind, as the fixture's parameter says: ``fake`` or ``embedded``."""
    name = f"contract-{uuid4().hex[:12]}"
    wanted = definition(name, image, **container)
    if request.param == "fake":
        fake.create_service(name, "api", wanted)
        return Place(fake, name, name)
    local_aws: RunningAws = request.getfixturevalue("local_aws")
    client = local_aws.client("ecs")
    client.create_cluster(clusterName=name)
    client.register_task_definition(**wanted)
    create_service(local_aws, name, "api", name)
    return Place(AwsEcs(session(local_aws)), name, name)


def create_service(local_aws: RunningAws, cluster: str, name: str, family: str) -> None:
    """A service of no task."""
    local_aws.client("ecs").create_service(
        cluster=cluster,
        serviceName=name,
        taskDefinition=family,
        desiredCount=0,
        launchType="FARGATE",
        networkConfiguration=NETWORK,
    )
