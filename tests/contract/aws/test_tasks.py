"""One suite for tasks and counts in ECS in memory, and for the door to the embedded AWS with real containers."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from uuid import uuid4

import pytest

from seatrial.process import faults
from tagship.aws.ecs_shapes import OneOff, Task
from tagship.aws.fakes import FakeEcs
from tagship.base.errors import AwsConflict, AwsError, AwsNotFound
from tests.contract.aws.harness import NETWORK, Place
from tests.contract.aws.harness import place as make_place
from tests.seatrial.contract.ecs.harness import IMAGE, eventually

SLEEP = ("sleep", "3600")
NOWHERE = "0" * 32
REASON = "It took too long."


@pytest.fixture(params=["fake", pytest.param("embedded", marks=pytest.mark.docker)])
def place(request: pytest.FixtureRequest) -> Place:
    """Its container sleeps, and takes two seconds to stop."""
    if request.param == "embedded":
        request.getfixturevalue("engine")
    return make_place(request, FakeEcs(exit_codes={"false": 1, "sleep": None}), IMAGE, command=[*SLEEP], stopTimeout=2)


def one_off(place: Place, *command: str, token: str = "") -> OneOff:
    return OneOff(
        task_definition=place.ecs.revision(place.family).arn,
        container="api",
        command=command,
        network=NETWORK,
        started_by="tagship/run/ann",
        token=token or uuid4().hex,
    )


def task_when(place: Place, arn: str, holds: Callable[[Task], bool]) -> Task:
    """The task, once it is so."""
    found: list[Task] = []

    def look() -> bool:
        found[:] = [place.ecs.task(place.cluster, arn)]
        return holds(found[0])

    eventually(look)
    return found[0]


def stopped(task: Task) -> bool:
    return task.status == "STOPPED"


@contextmanager
def no_capacity(place: Place, request: pytest.FixtureRequest) -> Iterator[None]:
    """AWS has no place for this family's tasks while the block runs."""
    if isinstance(place.ecs, FakeEcs):
        place.ecs.no_capacity = True
        yield
        return
    settings = request.getfixturevalue("local_aws").settings
    fault = faults.set_fault(settings, {"kind": "no-capacity", "service": place.family})
    yield
    faults.clear_faults(settings, fault["id"])


@pytest.mark.parametrize(("command", "code"), [("true", 0), ("false", 1)])
def test_a_one_off_ends_with_the_exit_code_of_its_command(place: Place, command: str, code: int) -> None:
    begun = place.ecs.run_task(place.cluster, one_off(place, command))
    assert not stopped(begun)
    ended = task_when(place, begun.arn, stopped)
    assert [container.exit_code for container in ended.containers] == [code]
    assert (ended.stop_code, ended.started_by) == ("EssentialContainerExited", "tagship/run/ann")
    assert ended.stopped_reason == "Essential container in task exited"
    assert ended.task_definition == place.ecs.revision(place.family).arn


def test_the_same_token_starts_one_task_and_is_good_for_one_request(place: Place) -> None:
    asked = one_off(place, *SLEEP)
    first = place.ecs.run_task(place.cluster, asked)
    assert place.ecs.run_task(place.cluster, asked).arn == first.arn
    assert place.ecs.run_task(place.cluster, replace(asked, token=uuid4().hex)).arn != first.arn
    with pytest.raises(AwsConflict):
        place.ecs.run_task(place.cluster, replace(asked, command=("true",)))


def test_a_task_that_cannot_be_placed_says_why(place: Place, request: pytest.FixtureRequest) -> None:
    with no_capacity(place, request), pytest.raises(AwsError, match="Capacity is unavailable"):
        place.ecs.run_task(place.cluster, one_off(place, *SLEEP))


def test_a_task_is_stopped_for_a_reason_once(place: Place) -> None:
    begun = place.ecs.run_task(place.cluster, one_off(place, *SLEEP))
    task_when(place, begun.arn, lambda task: task.status == "RUNNING")
    place.ecs.stop_task(place.cluster, begun.arn, REASON)
    ended = task_when(place, begun.arn, stopped)
    assert (ended.stop_code, ended.stopped_reason) == ("UserInitiated", REASON)
    assert [container.exit_code for container in ended.containers] == [137]
    place.ecs.stop_task(place.cluster, begun.arn, "Again.")
    assert place.ecs.task(place.cluster, begun.arn).stopped_reason == REASON


def test_a_task_that_is_not_there_is_not_found_and_cannot_be_stopped(place: Place) -> None:
    arn = f"arn:aws:ecs:eu-central-1:000000000000:task/{place.cluster}/{NOWHERE}"
    with pytest.raises(AwsNotFound):
        place.ecs.task(place.cluster, arn)
    with pytest.raises(AwsError):
        place.ecs.stop_task(place.cluster, arn, REASON)


def test_another_count_starts_tasks_and_no_deployment(place: Place) -> None:
    before = [deployment.arn for deployment in place.ecs.service_deployments(place.cluster, "api")]
    revision = place.ecs.service(place.cluster, "api").task_definition
    assert place.ecs.scale(place.cluster, "api", 1).desired == 1
    eventually(lambda: place.ecs.service(place.cluster, "api").running == 1)
    service = place.ecs.service(place.cluster, "api")
    assert (service.desired, service.pending, service.task_definition) == (1, 0, revision)
    assert [deployment.arn for deployment in place.ecs.service_deployments(place.cluster, "api")] == before
    place.ecs.scale(place.cluster, "api", 0)
    eventually(lambda: place.ecs.service(place.cluster, "api").running == 0)


def test_nobody_scales_what_is_not_there(place: Place) -> None:
    with pytest.raises(AwsNotFound):
        place.ecs.scale(place.cluster, "nobody", 1)
