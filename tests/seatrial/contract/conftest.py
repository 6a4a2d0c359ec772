"""What contract tests share: one embedded AWS for all tests of a worker, on ports and a home of its own."""

import json
import socket
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from seatrial.access.keys import InstanceKeys
from seatrial.core.engine import EngineClient, connect_engine
from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.ground.errors import EngineUnavailable
from seatrial.ground.process import SystemProcesses
from seatrial.process import instance

REGION = "eu-central-1"


def free_port() -> int:
    """A port of loopback that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def fresh_settings(home: Path) -> InstanceSettings:
    """An embedded AWS that shares nothing with any other."""
    return InstanceSettings(home=home, port=free_port(), front_door_port=free_port())


@dataclass(frozen=True)
class RunningAws:
    """An embedded AWS that runs."""

    settings: InstanceSettings

    @property
    def endpoint(self) -> str:
        return self.settings.endpoint

    @property
    def keys(self) -> InstanceKeys:
        """The account's own credentials, and the token of administration."""
        return instance.keys_of(self.settings)

    @property
    def variables(self) -> dict[str, str]:
        """The credentials as every AWS program reads them."""
        return {"AWS_ACCESS_KEY_ID": self.keys.access_key, "AWS_SECRET_ACCESS_KEY": self.keys.secret_key}

    @property
    def shown(self) -> dict[str, str]:
        """The header that administration asks for."""
        return instance.shown(self.settings)

    @property
    def doors(self) -> Mapping[str, Mapping[str, str]]:
        """Where each distribution and load balancer answers."""
        return instance.status(self.settings).front_doors or {}

    def client(self, service: str, region: str = REGION) -> Any:  # noqa: ANN401 - boto3's own
        """A boto3 client for it, such as ``client("ecr")``."""
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=self.endpoint,
            region_name=region,
            aws_access_key_id=self.keys.access_key,
            aws_secret_access_key=self.keys.secret_key,
        )


def execution_role(aws: RunningAws) -> str:
    """The ARN of a role that lets ECS do what a task needs before it runs, with AWS's own policy for it."""
    return role(aws, "execution", managed="service-role/AmazonECSTaskExecutionRolePolicy")


def clients_of(aws: RunningAws, arn: str) -> Callable[[str], Any]:
    """What gives boto3's clients of a role, by service: each call is made once, as it was written."""
    given = aws.client("sts").assume_role(RoleArn=arn, RoleSessionName="test")["Credentials"]

    @cache
    def client(service: str) -> Any:  # noqa: ANN401 - boto3's
        return boto3.client(
            service,  # type: ignore[call-overload]
            endpoint_url=aws.endpoint,
            region_name=REGION,
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
            config=Config(retries={"total_max_attempts": 1}, parameter_validation=False),
        )

    return client


def role(aws: RunningAws, name: str, *, service: str = "ecs-tasks.amazonaws.com", managed: str = "") -> str:
    """The ARN of a role that a service may take; made where it is not there yet."""
    iam, trusted = aws.client("iam"), {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": service}}
    document = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=document)
    if managed:
        iam.attach_role_policy(RoleName=name, PolicyArn=f"arn:aws:iam::aws:policy/{managed}")
    return f"arn:aws:iam::{aws.settings.account_id}:role/{name}"


def start(settings: InstanceSettings) -> instance.InstanceStatus:
    """Start one."""
    return instance.up(settings, SystemProcesses(), SystemClock(), print)


@pytest.fixture(scope="session")
def local_aws(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningAws]:
    """One embedded AWS for all tests of this worker: give what you make names of your own."""
    settings = fresh_settings(tmp_path_factory.mktemp("home"))
    start(settings)
    yield RunningAws(settings)
    instance.reset(settings, SystemProcesses(), SystemClock(), print)


@pytest.fixture(scope="session")
def engine() -> Iterator[EngineClient]:
    """The Docker engine of this machine; without one, the test is skipped."""
    try:
        client = connect_engine()
    except EngineUnavailable as error:
        pytest.skip(str(error))
    yield client
    client.close()
