from typing import Any

import pytest

from seatrial.core.faults.kinds import KINDS, FaultInvalid, Order, read_order
from seatrial.core.faults.model import STRIKE_TASKS


@pytest.mark.parametrize(
    ("given", "order"),
    [
        ({"kind": "crash"}, Order("crash", seconds=5)),
        (
            {"kind": "crash", "service": "api", "seconds": 2, "tasks": 3, "lasts": 30},
            Order("crash", "api", 2, None, 3, 30),
        ),
        ({"kind": "image-missing", "seconds": None}, Order("image-missing")),
        ({"kind": "throttle"}, Order("throttle", share=0.5, lasts=60)),
        ({"kind": "zone", "zone": "eu-west-1a"}, Order("zone", zone="eu-west-1a")),
        ({"kind": "zone", "zone": "us-gov-east-1b", "lasts": 9}, Order("zone", lasts=9, zone="us-gov-east-1b")),
        ({"kind": "throttle", "share": 1}, Order("throttle", share=1, lasts=60)),
        ({"kind": "engine-restart", "seconds": 0.5}, Order("engine-restart", seconds=0.5)),
    ],
)
def test_an_order_has_what_was_said_and_the_defaults_of_its_kind(given: dict[str, Any], order: Order) -> None:
    assert read_order(given) == order


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({}, "There is no fault `None`. There are: image-missing,"),
        ({"kind": "crsh"}, "There is no fault `crsh`. Did you mean `crash`?"),
        ({"kind": ["crash"]}, "There is no fault `['crash']`."),
        ({"kind": "image-missing", "seconds": 5}, "The fault `image-missing` has no parameter `seconds`."),
        ({"kind": "throttle", "service": "api"}, "The fault `throttle` has no parameter `service`."),
        ({"kind": "other-deployer", "tasks": 1}, "The fault `other-deployer` has no parameter `tasks`."),
        ({"kind": "engine-restart", "lasts": 1}, "The fault `engine-restart` has no parameter `lasts`."),
        ({"kind": "crash", "colour": "red"}, "The fault `crash` has no parameter `colour`."),
        ({"kind": "crash", "seconds": "5"}, "`seconds` must be a number of seconds"),
        ({"kind": "crash", "seconds": -1}, "`seconds` must be a number of seconds"),
        ({"kind": "crash", "seconds": float("nan")}, "`seconds` must be a number of seconds"),
        ({"kind": "zone"}, "`zone` must be an availability zone, such as eu-central-1a."),
        ({"kind": "zone", "zone": "eu-west-1"}, "`zone` must be an availability zone"),
        ({"kind": "crash", "zone": "eu-west-1a"}, "The fault `crash` has no parameter `zone`."),
        ({"kind": "crash", "tasks": 0}, "`tasks` must be a number of tasks"),
        ({"kind": "crash", "service": " "}, "`service` must be the name or the ARN"),
        ({"kind": "throttle", "share": 0}, "`share` must be above 0"),
        ({"kind": "throttle", "share": 1.5}, "`share` must be above 0"),
    ],
)
def test_an_order_that_makes_no_sense_is_refused_with_the_next_thing_to_type(
    given: dict[str, Any], message: str
) -> None:
    with pytest.raises(FaultInvalid) as refused:
        read_order(given)
    assert str(refused.value).startswith(message)
    assert refused.value.hint.startswith("seatrial fault")


def test_the_kinds_that_count_tasks_are_those_that_befall_tasks() -> None:
    assert {name for name, kind in KINDS.items() if kind.tasks} == STRIKE_TASKS
