from pathlib import Path

import pytest

from tagship.local.settings import LocalSettings


@pytest.mark.parametrize(
    ("environment", "home"),
    [
        ({"TAGSHIP_HOME": "/srv/tagship"}, Path("/srv/tagship")),
        ({"TAGSHIP_HOME": "/srv/tagship", "XDG_STATE_HOME": "/state"}, Path("/srv/tagship")),
        ({"XDG_STATE_HOME": "/state"}, Path("/state/tagship")),
        ({}, Path.home() / ".local/state/tagship"),
        ({"TAGSHIP_HOME": ""}, Path.home() / ".local/state/tagship"),
    ],
)
def test_home_is_where_the_nearest_setting_says(environment: dict[str, str], home: Path) -> None:
    assert LocalSettings.from_environment(environment).home == home


def test_ports_come_from_the_environment_or_are_the_usual_ones() -> None:
    usual = LocalSettings.from_environment({})
    other = LocalSettings.from_environment({"TAGSHIP_LOCAL_PORT": "4700", "TAGSHIP_FRONT_DOOR_PORT": "9000"})
    assert (usual.port, usual.front_door_port) == (4566, 8080)
    assert (other.port, other.front_door_port) == (4700, 9000)


def test_two_homes_are_two_instances_and_one_home_is_always_the_same(tmp_path: Path) -> None:
    here, again, there = (LocalSettings(home=tmp_path / name) for name in ("a", "a", "b"))
    assert here.instance_id == again.instance_id
    assert here.instance_id != there.instance_id
