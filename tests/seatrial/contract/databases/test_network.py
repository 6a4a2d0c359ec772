"""The network of an instance, on a real engine."""

import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from uuid import uuid4

import pytest

from seatrial.core.engine import INSTANCE_LABEL, EngineClient, remove_everything, resource_name
from seatrial.services.databases.network import DockerNetwork
from tests.seatrial.contract.ecs.harness import IMAGE

pytestmark = pytest.mark.docker

NAMES = {"main.cluster-1.eu-central-1.rds.amazonaws.com", "one.1.eu-central-1.rds.amazonaws.com"}


@pytest.fixture
def own(engine: EngineClient) -> Iterator[str]:
    """The id of an instance that is nobody's."""
    instance = uuid4().hex[:8]
    yield instance
    remove_everything(engine, instance)


def database(engine: EngineClient, instance: str) -> str:
    labels = {INSTANCE_LABEL: instance, "ministack": "rds"}
    made = engine.containers.run(IMAGE, ["sleep", "600"], labels=labels, detach=True, init=True)
    return str(made.id)


def address(engine: EngineClient, instance: str, container: str) -> str:
    networks = engine.api.inspect_container(container)["NetworkSettings"]["Networks"]
    return str(networks[resource_name(instance)]["IPAddress"])


def test_one_that_answers_to_more_names_keeps_its_address_though_a_lower_one_is_free(
    engine: EngineClient, own: str
) -> None:
    network = DockerNetwork(engine, own)
    first, second = database(engine, own), database(engine, own)
    network.join(first, NAMES)
    network.join(second, ["one.1.eu-central-1.rds.amazonaws.com"])
    before = address(engine, own, second)
    engine.api.remove_container(first, force=True)
    network.join(second, NAMES)
    assert address(engine, own, second) == before
    (seen,) = network.containers()
    assert seen.names is not None
    assert seen.names >= NAMES


def test_a_database_outside_has_no_names(engine: EngineClient, own: str) -> None:
    container = database(engine, own)
    (seen,) = DockerNetwork(engine, own).containers()
    assert (seen.id, seen.names) == (container, None)


def test_a_start_is_told(engine: EngineClient, own: str) -> None:
    with ThreadPoolExecutor() as threads:
        told = threads.submit(next, DockerNetwork(engine, own).starts())
        time.sleep(1)  # until it listens
        container = database(engine, own)
        assert told.result(20) == container
