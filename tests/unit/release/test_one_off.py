"""A task beside the services, through what AWS does not know yet and what it cannot answer."""

from collections.abc import Callable

import pytest

from tagship.aws.ecs_shapes import OneOff, Task
from tagship.base.errors import AwsError, AwsExpired, AwsNotFound, AwsThrottled, AwsUnreachable
from tagship.base.fakes import Call
from tagship.release.actions.one_off import Ended, run_to_end
from tagship.release.events import OneOffOutput
from tests.unit.release.harness import Shop

WANTED = OneOff("shop-local-api:1", "api", ("migrate",), {}, "tagship", "token")
NOT_NOW = [AwsThrottled("Rate exceeded"), AwsUnreachable("AWS failed at `DescribeTasks`: ServerException")]


def run(shop: Shop, *, timeout: float = 600, quiet: bool = False) -> Ended:
    return run_to_end(shop.doors, shop.infrastructure, "api", WANTED, timeout=timeout, quiet=quiet)


def failing(shop: Shop, name: str, fails: Callable[[float], AwsError | None]) -> None:
    """Make a call of ECS fail as long as it says, by the seconds that have passed."""

    def call(real: Call, *given: object) -> Task:
        if error := fails(shop.clock.elapsed):
            raise error
        answer: Task = real(*given)
        return answer

    shop.ecs.on(name, call)


def for_seconds(seconds: float, error: AwsError) -> Callable[[float], AwsError | None]:
    return lambda elapsed: error if elapsed < seconds else None


def test_a_task_that_ecs_does_not_know_yet_is_no_failure() -> None:
    shop = Shop()
    failing(shop, "task", for_seconds(55, AwsNotFound("AWS has no task")))
    assert run(shop).exit_code == 0


def test_a_task_that_ecs_never_gets_to_know_is_one() -> None:
    shop = Shop()
    failing(shop, "task", lambda _: AwsNotFound("AWS has no task"))
    with pytest.raises(AwsNotFound):
        run(shop)
    assert 60 <= shop.clock.elapsed < 65


@pytest.mark.parametrize("error", NOT_NOW)
def test_what_aws_cannot_answer_is_waited_out_as_long_as_the_task_may_run(error: AwsError) -> None:
    shop = Shop()
    failing(shop, "task", for_seconds(590, error))
    assert run(shop).exit_code == 0


@pytest.mark.parametrize("error", NOT_NOW)
def test_a_start_that_was_not_answered_is_asked_for_again_under_the_same_token(error: AwsError) -> None:
    shop = Shop()
    failing(shop, "run_task", for_seconds(5, error))
    assert run(shop).exit_code == 0
    assert len(shop.ecs.ran) == 1


@pytest.mark.parametrize("error", [*NOT_NOW, AwsExpired("The AWS credentials have expired")])
def test_where_aws_says_no_more_the_task_is_told_to_run_on(error: AwsError) -> None:
    shop = Shop()
    shop.ecs.exit_codes["migrate"] = None
    failing(shop, "task", lambda _: error)
    with pytest.raises(type(error), match="may still be running"):
        run(shop, timeout=60)


@pytest.mark.parametrize("error", NOT_NOW)
def test_a_stop_that_was_not_answered_is_asked_for_again(error: AwsError) -> None:
    shop = Shop()
    shop.ecs.exit_codes["migrate"] = None
    failing(shop, "stop_task", for_seconds(70, error))
    ended = run(shop, timeout=60)
    assert ended.late
    assert shop.ecs.calls.count("stop") == 1


def test_lines_that_cannot_be_read_are_no_reason_to_give_the_task_up() -> None:
    shop = Shop()

    def refuse(_: Call, *given: str) -> None:
        raise AwsError(f"AccessDenied: {given}")

    shop.logs.on("lines_after", refuse)
    assert run(shop).exit_code == 0


def test_more_than_a_page_of_lines_is_told_whole_each_line_once_and_the_late_ones_too() -> None:
    shop = Shop()
    place = ("/ecs/shop-local/api", "api/api/token")

    def lines_after(real: Call, *given: str) -> object:
        if shop.clock.elapsed > 5:
            shop.logs.lines.setdefault(place, [f"line {number}" for number in range(5000)])
        return real(*given)

    shop.logs.on("lines_after", lines_after)
    run(shop)
    told = [line for event in shop.heard(OneOffOutput) for line in event.lines]
    assert told == [f"line {number}" for number in range(5000)]


@pytest.mark.parametrize(("exit_code", "waited"), [(0, False), (1, True)])
def test_a_quiet_one_that_ended_well_is_not_waited_for(exit_code: int, waited: bool) -> None:  # noqa: FBT001 - a row
    shop = Shop()
    shop.ecs.exit_codes["migrate"] = exit_code
    run(shop, quiet=True)
    assert (shop.clock.elapsed >= 10) is waited
