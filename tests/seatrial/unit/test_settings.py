from pathlib import Path

import pytest

from seatrial.core.settings import InstanceSettings
from seatrial.ground.errors import VariableInvalid
from seatrial.services.ecs.settings import EcsSettings


@pytest.mark.parametrize(
    ("environment", "home"),
    [
        ({"SEATRIAL_HOME": "/srv/seatrial"}, Path("/srv/seatrial")),
        ({"SEATRIAL_HOME": "/srv/seatrial", "XDG_STATE_HOME": "/state"}, Path("/srv/seatrial")),
        ({"XDG_STATE_HOME": "/state"}, Path("/state/seatrial")),
        ({}, Path.home() / ".local/state/seatrial"),
        ({"SEATRIAL_HOME": ""}, Path.home() / ".local/state/seatrial"),
    ],
)
def test_home_is_where_the_nearest_setting_says(environment: dict[str, str], home: Path) -> None:
    assert InstanceSettings.from_environment(environment).home == home


def test_ports_come_from_the_environment_or_are_the_usual_ones() -> None:
    usual = InstanceSettings.from_environment({})
    other = InstanceSettings.from_environment({"SEATRIAL_PORT": "4700", "SEATRIAL_FRONT_DOOR_PORT": "9000"})
    assert (usual.port, usual.front_door_port) == (4566, 8080)
    assert (other.port, other.front_door_port) == (4700, 9000)


def test_two_homes_are_two_instances_and_one_home_is_always_the_same(tmp_path: Path) -> None:
    here, again, there = (InstanceSettings(home=tmp_path / name) for name in ("a", "a", "b"))
    assert here.instance_id == again.instance_id
    assert here.instance_id != there.instance_id


@pytest.mark.parametrize("name", ["SEATRIAL_PORT", "SEATRIAL_FRONT_DOOR_PORT"])
@pytest.mark.parametrize("value", ["abc", "99999", "0", "-1", "4566.0", "٤٥٦٦", "9" * 5000])
def test_what_is_no_port_is_told_with_its_variable(name: str, value: str) -> None:
    with pytest.raises(VariableInvalid, match=name) as told:
        InstanceSettings.from_environment({name: value})
    assert (told.value.exit_code, told.value.hint) == (2, f"unset {name}")


@pytest.mark.parametrize("value", ["abc", "nan", "inf", "-1", "0"])
def test_a_minute_is_a_number_of_seconds(value: str) -> None:
    with pytest.raises(VariableInvalid, match="SEATRIAL_MINUTE"):
        InstanceSettings.from_environment({"SEATRIAL_MINUTE": value})


@pytest.mark.parametrize("value", ["abc", "nan", "-1"])
def test_the_schedulers_times_are_numbers_of_seconds(value: str) -> None:
    with pytest.raises(VariableInvalid, match="SEATRIAL_ECS_ACTIVATION"):
        EcsSettings.from_environment({"SEATRIAL_ECS_ACTIVATION": value})


def test_a_variable_that_is_empty_is_as_if_it_were_not_there() -> None:
    assert InstanceSettings.from_environment({"SEATRIAL_PORT": ""}).port == 4566
