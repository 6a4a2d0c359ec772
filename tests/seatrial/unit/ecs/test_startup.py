from typing import Any

import pytest

from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.startup import network_owner, start_order, stop_waves


def container(name: str, *, essential: bool = True, **needs: str) -> dict[str, Any]:
    depends = [{"containerName": other, "condition": condition} for other, condition in needs.items()]
    return {"name": name, "essential": essential, "dependsOn": depends}


def names(*containers: dict[str, Any]) -> list[str]:
    return [found["name"] for found in start_order(containers)]


def test_containers_start_as_defined_unless_one_needs_another() -> None:
    assert names(container("a"), container("b")) == ["a", "b"]
    assert names(container("a", b="HEALTHY"), container("b")) == ["b", "a"]


def test_a_circle_is_refused() -> None:
    with pytest.raises(AwsCallError, match="cycle"):
        start_order([container("a", b="START"), container("b", a="START")])


def test_a_container_stops_before_what_it_needs() -> None:
    waves = stop_waves([container("a", b="START"), container("b"), container("c")])
    assert waves == [["a", "c"], ["b"]]


def test_the_first_that_stays_owns_the_network() -> None:
    assert network_owner([container("a"), container("b")]) == "a"
    assert network_owner([container("a", b="HEALTHY"), container("b")]) == "b"


def test_one_that_is_waited_for_to_end_cannot_own_the_network() -> None:
    assert network_owner([container("a", first="SUCCESS"), container("first", essential=False)]) == "a"
