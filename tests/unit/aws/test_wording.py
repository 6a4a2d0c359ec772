"""What the engine sends is made of what AWS takes, for the longest and oddest names that anybody may have."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from seatrial.services.constraints.check import refusal
from tagship.aws.wording import client_token, require_overrides_fit, started_by, tag_value
from tagship.base.errors import Refused

ODD = (
    "ann@desk.local",
    "dependabot[bot] (GitHub run 123)",
    "tagship/v1.2.3+build.5/migrate",
    "안나@책상",
    "a" * 400,
    "",
)


@pytest.mark.parametrize("who", ODD)
def test_who_started_a_task_is_told_in_letters_that_ecs_takes(who: str) -> None:
    assert re.fullmatch(r"[A-Za-z0-9/_-]{0,128}", started_by(f"tagship/run/{who}"))


def test_a_name_that_ecs_takes_is_left_as_it_is() -> None:
    assert started_by("tagship/run/ann_b-1") == "tagship/run/ann_b-1"
    assert client_token("migrate-7-shop-local--api:3") == "migrate-7-shop-local--api:3"
    assert tag_value("v1.2.3") == "v1.2.3"


@given(st.text(), st.integers(1, 10**6), st.integers(1, 10**6))
def test_two_releases_of_one_long_family_have_two_tokens(family: str, first: int, second: int) -> None:
    ours, theirs = (client_token(f"migrate-{number}-{family * 9}:1") for number in (first, second))
    assert (ours == theirs) is (first == second)
    assert re.fullmatch("[!-~]{1,64}", ours)


@given(st.text())
def test_whatever_is_said_the_embedded_ecs_takes_it(words: str) -> None:
    tags = [{"key": "tagship:version", "value": tag_value(words)}]
    params = {"startedBy": started_by(words), "clientToken": client_token(words), "tags": tags}
    assert refusal("ecs", "RunTask", params) is None


def test_a_command_longer_than_ecs_takes_is_refused_before_the_call() -> None:
    def overrides(length: int) -> dict[str, object]:
        return {"containerOverrides": [{"name": "api", "command": ["x" * length]}]}

    around = len('{"containerOverrides":[{"name":"api","command":[""]}]}')
    require_overrides_fit(overrides(8192 - around))
    with pytest.raises(Refused, match="8193 characters as JSON; ECS allows at most 8192"):
        require_overrides_fit(overrides(8193 - around))
