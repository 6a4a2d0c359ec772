"""What contract tests share: one embedded AWS for all tests of a worker, on ports and a home of its own."""

import socket
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import boto3
import pytest

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
