"""One process is the embedded AWS of a home, and says so itself."""

import json
from pathlib import Path

import pytest

from seatrial.ground.errors import EmbeddedAwsUnavailable
from seatrial.process import instance
from seatrial.process.instance import InstanceStatus, unavailable
from seatrial.process.running import InstanceFacts, facts_of, is_alive, only_one

FACTS = InstanceFacts(pid=4321, port=4566, started="2026-11-28T00:00:00+00:00")


def test_a_server_is_alive_and_says_who_it_is_until_it_ends(tmp_path: Path) -> None:
    home = tmp_path / "local"
    assert (is_alive(home), facts_of(home)) == (False, None)
    with only_one(home, FACTS):
        assert (is_alive(home), facts_of(home)) == (True, FACTS)
    assert (is_alive(home), facts_of(home)) == (False, None)


def test_of_two_servers_of_one_home_the_second_ends_and_the_first_ones_facts_stay(tmp_path: Path) -> None:
    second = InstanceFacts(pid=1, port=5000, started="")
    with only_one(tmp_path, FACTS):
        with pytest.raises(EmbeddedAwsUnavailable, match="Another"), only_one(tmp_path, second):
            pass
        assert facts_of(tmp_path) == FACTS


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[1, 2]",
        "{}",
        '{"pid": 1, "port": "abc", "started": ""}',
        '{"pid": 1, "port": 99999, "started": ""}',
        '{"pid": "1", "port": 4566, "started": ""}',
        '{"pid": -1, "port": 4566, "started": ""}',
        '{"pid": 1, "port": 4566, "started": "", "more": 1}',
    ],
)
def test_facts_that_make_no_sense_are_as_if_they_were_not_there(tmp_path: Path, content: str) -> None:
    (tmp_path / "instance.json").write_text(content)
    assert facts_of(tmp_path) is None


def test_facts_that_a_killed_server_left_do_not_make_it_alive(tmp_path: Path) -> None:
    (tmp_path / "instance.json").write_text(json.dumps(FACTS.__dict__))
    (tmp_path / "instance.lock").touch()
    assert not is_alive(tmp_path)


def test_one_that_is_busy_is_not_called_absent(tmp_path: Path) -> None:
    away = InstanceStatus(running=False, endpoint="http://127.0.0.1:4566", directory=tmp_path)
    busy = InstanceStatus(running=False, endpoint="http://127.0.0.1:4566", directory=tmp_path, pid=4321)
    assert unavailable(away).message == "The embedded AWS is not running."
    assert unavailable(busy).message == "The embedded AWS does not respond (process 4321 is running)."


def test_a_log_that_has_grown_is_put_aside_and_only_the_one_before_stays(tmp_path: Path) -> None:
    log = tmp_path / "server.log"
    log.write_bytes(b"short")
    instance._begin_anew(log)
    assert log.exists()

    (tmp_path / "server.log.1").write_bytes(b"older")
    with log.open("r+b") as file:
        file.truncate(instance.MOST_LOGGED + 1)
    instance._begin_anew(log)
    assert not log.exists()
    assert (tmp_path / "server.log.1").stat().st_size == instance.MOST_LOGGED + 1
