from pathlib import Path

import pytest

from seatrial.core.faults import Faults
from seatrial.core.faults.kinds import Order
from seatrial.core.faults.model import Fault, TaskFaults
from seatrial.core.state import Store
from seatrial.ground.fakes import ManualClock

API = {"api", "arn:aws:ecs:eu-west-1:000000000000:service/shop-local/api"}


class House:
    def __init__(self, directory: Path) -> None:
        self.directory = directory
        self.clock = ManualClock()
        self.faults = self.again()

    def again(self) -> Faults:
        """The faults, as the next process finds them."""
        return Faults(Store(self.directory / "state.sqlite"), self.clock)

    def kinds(self) -> list[str]:
        return [fault.kind for fault in self.again().all()]


@pytest.fixture
def house(tmp_path: Path) -> House:
    return House(tmp_path)


def test_a_fault_outlives_the_process_until_it_is_cleared(house: House) -> None:
    first = house.faults.set(Order("crash", "api", seconds=5))
    second = house.faults.set(Order("image-missing"))
    assert (first.id, second.id) == ("1", "2")
    assert house.kinds() == ["crash", "image-missing"]
    assert house.faults.clear("1") == 1
    assert house.kinds() == ["image-missing"]
    assert house.faults.clear("1") == 0
    assert house.faults.clear() == 1
    assert house.kinds() == []


def test_a_fault_ends_by_itself_when_its_time_is_over(house: House) -> None:
    house.faults.set(Order("crash", seconds=5, lasts=30))
    house.clock.sleep(29)
    assert house.faults.strike_task(API)
    house.clock.sleep(1)
    assert house.faults.strike_task(API) is None
    assert house.kinds() == []


def test_a_fault_for_some_tasks_ends_with_the_last_of_them(house: House) -> None:
    house.faults.set(Order("crash", seconds=5, tasks=2))
    assert house.faults.strike_task(API)
    assert house.again().all()[0].tasks == 1
    assert house.again().strike_task(API)
    house.faults = house.again()
    assert house.faults.strike_task(API) is None


@pytest.mark.parametrize(("service", "strikes"), [("*", True), *((name, True) for name in sorted(API)), ("web", False)])
def test_a_fault_strikes_what_it_names(house: House, service: str, strikes: bool) -> None:  # noqa: FBT001
    house.faults.set(Order("image-missing", service))
    assert (house.faults.strike_task(API) is not None) == strikes


def test_faults_of_several_kinds_befall_one_task_and_the_later_of_one_kind_wins(house: House) -> None:
    house.faults.set(Order("crash", seconds=5))
    house.faults.set(Order("slow-start", seconds=3))
    house.faults.set(Order("crash", seconds=7))
    assert house.faults.strike_task(API) == TaskFaults(ends_after=7, paused_for=3)


def test_without_capacity_nothing_is_placed_and_the_engine_is_away_for_its_time_only(house: House) -> None:
    assert not house.faults.no_capacity(API)
    house.faults.set(Order("no-capacity", "api"))
    house.faults.set(Order("engine-restart", seconds=5))
    assert house.faults.no_capacity(API)
    assert not house.faults.no_capacity({"web"})
    assert house.faults.engine_away()
    house.clock.sleep(5)
    assert not house.faults.engine_away()


def service(*deployments: tuple[str, float]) -> dict[str, object]:
    return {
        "serviceName": "api",
        "serviceArn": "arn:aws:ecs:eu-west-1:000000000000:service/shop-local/api",
        "clusterArn": "arn:aws:ecs:eu-west-1:000000000000:cluster/shop-local",
        "deployments": [{"taskDefinition": name, "createdAt": at} for name, at in deployments],
    }


def test_the_other_deployer_waits_for_a_deployment_that_begins_after_it_was_set(house: House) -> None:
    heard: list[Fault] = []
    house.clock.sleep(100)
    now = house.clock.now().timestamp()
    house.faults.set(Order("other-deployer", "api", seconds=4))
    house.faults.listen(heard.append)
    house.faults.deployed(service(("shop:1", now - 50)))  # a first deployment has nothing before it
    house.faults.deployed(service(("shop:2", now - 20), ("shop:1", now - 50)))  # was under way already
    assert heard == []
    house.faults.deployed(service(("shop:3", now + 1), ("shop:2", now - 20), ("shop:1", now - 50)))
    (told,) = heard
    assert told.strike
    assert (told.strike.definition_arn, told.strike.at) == ("shop:2", now + 4)
    assert house.again().all()[0].strike == told.strike
    house.faults.deployed(service(("shop:4", now + 2), ("shop:3", now + 1)))  # once only
    assert len(heard) == 1


def test_who_asks_for_targets_is_told_when_one_falls_ill_or_is_gone(house: House) -> None:
    told: list[frozenset[str]] = []
    house.faults.listen_to_health(lambda: told.append(house.faults.unhealthy))
    house.faults.mark_unhealthy("10.0.0.1")
    house.faults.mark_unhealthy("10.0.0.1")
    house.faults.recover("10.0.0.2")
    house.faults.recover("10.0.0.1")
    assert told == [frozenset({"10.0.0.1"}), frozenset()]
