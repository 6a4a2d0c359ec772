"""One suite for Application Auto Scaling in memory and for the door to the embedded AWS."""

from dataclasses import dataclass
from uuid import uuid4

import pytest

from tagship.aws.fakes_scaling import FakeAutoScaling
from tagship.aws.scaling import AutoScaling, AwsAutoScaling, Bounds
from tagship.base.errors import AwsError
from tests.contract.aws.harness import create_service, definition, session
from tests.contract.conftest import RunningAws

MANY = 51
"""One more than one call takes."""


@dataclass(frozen=True)
class Place:
    """A cluster whose service ``api`` is scaled between 0 and 4, and ``web`` is not."""

    scaling: AutoScaling
    cluster: str


@pytest.fixture(params=["fake", "embedded"])
def place(request: pytest.FixtureRequest) -> Place:
    name = f"scaling-{uuid4().hex[:12]}"
    if request.param == "fake":
        return Place(FakeAutoScaling({"api": Bounds(0, 4)}), name)
    local_aws: RunningAws = request.getfixturevalue("local_aws")
    client = local_aws.client("ecs")
    client.create_cluster(clusterName=name)
    client.register_task_definition(**definition(name))
    for service in ("api", "web"):
        create_service(local_aws, name, service, name)
    local_aws.client("application-autoscaling").register_scalable_target(
        ServiceNamespace="ecs",
        ResourceId=f"service/{name}/api",
        ScalableDimension="ecs:service:DesiredCount",
        MinCapacity=0,
        MaxCapacity=4,
    )
    return Place(AwsAutoScaling(session(local_aws)), name)


def test_bounds_are_told_of_what_is_scaled_and_of_nothing_else(place: Place) -> None:
    assert place.scaling.bounds(place.cluster, ["web", "api", "nobody"]) == {"api": Bounds(0, 4)}
    assert place.scaling.bounds(place.cluster, []) == {}


def test_bounds_of_more_services_than_one_call_takes_are_told(place: Place) -> None:
    names = [*(f"s{number}" for number in range(MANY)), "api"]
    assert place.scaling.bounds(place.cluster, names) == {"api": Bounds(0, 4)}


def test_another_lower_bound_leaves_the_upper_one_as_it_is(place: Place) -> None:
    place.scaling.set_min_capacity(place.cluster, "api", 2)
    assert place.scaling.bounds(place.cluster, ["api"]) == {"api": Bounds(2, 4)}


@pytest.mark.parametrize(("service", "tasks"), [("web", 2), ("api", 5)])
def test_a_bound_of_what_is_not_scaled_or_above_the_upper_one_is_refused(
    service: str, tasks: int, place: Place
) -> None:
    with pytest.raises(AwsError):
        place.scaling.set_min_capacity(place.cluster, service, tasks)
    assert place.scaling.bounds(place.cluster, ["api", "web"]) == {"api": Bounds(0, 4)}
