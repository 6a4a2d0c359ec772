"""The longest and oddest service becomes a task definition that ECS registers, whole: its limits on Fargate held."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from seatrial.services.constraints.check import refusal
from seatrial.services.ecs.definitions.rules import normalised
from seatrial.services.ecs.validation import checked_input
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service
from tagship.manifest.types import VARIABLE
from tagship.release.planning.task_definition import Image, Stamp, render
from tests.contract.infra.whole_manifest import LONGEST
from tests.unit.release.harness import INFRASTRUCTURE

STAMP = Stamp(LONGEST["app"], LONGEST["environment"], f"v1.0.0-{'x' * 100}", "a" * 40, "eu-central-1")
IMAGE = Image(f"000000000000.dkr.ecr.eu-central-1.amazonaws.com/{'a' * 100}/{'b' * 30}", f"sha256:{'0' * 64}")
PLACE = INFRASTRUCTURE.services["api"]


def register(service: Service) -> None:
    """As the embedded ECS registers it."""
    definition: dict[str, Any] = dict(render(service, PLACE, IMAGE, STAMP))
    assert refusal("ecs", "RegisterTaskDefinition", definition) is None
    normalised(checked_input("RegisterTaskDefinition", definition))


@pytest.mark.parametrize("name", LONGEST["services"])
def test_each_service_of_the_longest_manifest_is_registered(name: str) -> None:
    register(EnvironmentManifest.model_validate(LONGEST).services[name])


@given(
    environment=some.dictionaries(some.from_regex(VARIABLE, fullmatch=True), some.text(max_size=60), max_size=8),
    stop_timeout=some.integers(1, 120),
    port=some.integers(1, 65535),
)
@settings(max_examples=30, deadline=None)
def test_whatever_it_is_told_it_is_registered(environment: dict[str, str], stop_timeout: int, port: int) -> None:
    settled = {name.strip(): value for name, value in environment.items()}
    register(Service(port=port, environment=settled, stop_timeout=stop_timeout))
