"""The door at which tasks find the names that have HTTPS."""

import threading

import pytest
from docker.errors import DockerException

from seatrial.services.cloudfront.inside import Inside, volumes


class FakeDoor:
    """Notes what it was told; fails the first times where it is to."""

    def __init__(self, failures: int = 0) -> None:
        self.told: list[tuple[frozenset[str], int]] = []
        self.failures = failures
        self.free = threading.Event()
        self.free.set()

    def open(self, names: frozenset[str], port: int) -> None:
        self.free.wait(10)
        self.told.append((names, port))
        if self.failures:
            self.failures -= 1
            raise DockerException("no such engine")

    def close(self) -> None:
        self.told.append((frozenset(), 0))


FIRST, SECOND = frozenset({"d1.cloudfront.net"}), frozenset({"d1.cloudfront.net", "shop.example"})


async def test_the_door_gets_the_names_and_the_port() -> None:
    door = FakeDoor()
    inside = Inside(door)
    inside.follow(FIRST, 8443)
    await inside.stop()
    assert door.told == [(FIRST, 8443)]


async def test_names_that_did_not_change_are_told_once() -> None:
    door = FakeDoor()
    inside = Inside(door)
    for _ in range(3):
        inside.follow(FIRST, 8443)
        await inside.stop()
    assert door.told == [(FIRST, 8443)]


async def test_names_that_change_while_the_door_is_busy_are_told_next() -> None:
    door = FakeDoor()
    door.free.clear()
    inside = Inside(door)
    inside.follow(FIRST, 8443)
    inside.follow(SECOND, 8443)
    door.free.set()
    await inside.stop()
    assert door.told[-1] == (SECOND, 8443)


async def test_without_names_the_door_is_closed() -> None:
    door = FakeDoor()
    inside = Inside(door)
    inside.follow(FIRST, 8443)
    await inside.stop()
    inside.follow(frozenset(), 0)
    await inside.stop()
    assert door.told == [(FIRST, 8443), (frozenset(), 0)]


async def test_an_engine_that_fails_breaks_nothing(caplog: pytest.LogCaptureFixture) -> None:
    inside = Inside(FakeDoor(failures=1))
    inside.follow(FIRST, 8443)
    await inside.stop()
    assert "Tasks do not reach d1.cloudfront.net: no such engine" in caplog.text


async def test_where_containers_have_no_addresses_nothing_is_done() -> None:
    inside = Inside(None)
    inside.follow(FIRST, 8443)
    await inside.stop()


def test_the_container_reads_this_machine_and_writes_nothing_of_it() -> None:
    mounted = volumes()
    assert {mount["mode"] for mount in mounted.values()} == {"ro"}
    assert sum(mount["bind"] == "/forward.py" for mount in mounted.values()) == 1
