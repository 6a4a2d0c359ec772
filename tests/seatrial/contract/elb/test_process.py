"""The data plane's process: what it costs, and what happens when it, or the control plane, is killed."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import httpx
import pytest

from seatrial.core.settings import InstanceSettings
from seatrial.ground.errors import EmbeddedAwsUnavailable
from seatrial.ground.process import is_running
from seatrial.http.types import Address
from seatrial.services.elb.control.plane import WORKER, DataPlaneClient
from seatrial.services.elb.health import State
from tests.seatrial.contract.conftest import RunningAws, start
from tests.seatrial.contract.elb.harness import balancer, client, get, says_ok, status, target
from tests.seatrial.contract.elb.test_load_balancer import Stack, eventually
from tests.seatrial.contract.elb.test_load_balancer import target as server


async def test_a_killed_process_is_followed_by_another_one_on_the_same_port_with_the_same_targets() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)

        async def healthy() -> bool:
            return (await lb.health()).state is State.HEALTHY

        await lb.until(healthy)
        before, run = lb.plane.pid, (await lb.plane.report()).run
        os.kill(before, signal.SIGKILL)
        assert (await lb.health()).state is State.INITIAL
        assert lb.plane.pid != before
        async with client(lb) as browser:
            assert status((await browser.ask(get()))[0]) == 200
        assert (await lb.plane.report()).run == run + 1
        await lb.until(healthy)


async def test_what_is_asked_of_a_process_that_is_killed_is_answered_by_the_next_one() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)
        os.kill(lb.plane.pid, signal.SIGSTOP)
        asked = [asyncio.create_task(lb.plane.report()) for _ in range(3)]
        await asyncio.sleep(0)
        os.kill(lb.plane.pid, signal.SIGKILL)
        assert {(await report).run for report in asked} == {2}


async def test_a_process_that_hangs_is_ended_and_followed_by_another_one() -> None:
    plane = DataPlaneClient(lambda address: address, patience=5)
    plane.start()
    assert (await plane.report()).run == 1
    os.kill(plane.pid, signal.SIGSTOP)
    with pytest.raises(EmbeddedAwsUnavailable):
        await plane.report()
    assert (await plane.report()).run == 2
    await plane.stop()


async def test_the_process_is_small_and_ends_when_it_is_told_to() -> None:
    async with balancer() as lb:
        await lb.follow()
        pid = lb.plane.pid
        if sys.platform == "linux":
            assert _resident_kib(pid) < 40_000
    assert not is_running(pid)


async def test_targets_are_reached_where_they_are_after_they_have_moved() -> None:
    where: dict[Address, Address] = {}
    async with target(says_ok) as one, target(says_ok) as two, balancer(lambda address: where[address]) as lb:
        where[one.address] = one.address
        await lb.follow(one)
        async with client(lb) as browser:
            await browser.ask(get("/", "Connection: close"))
        where[one.address] = two.address
        await lb.plane.readdress()
        async with client(lb) as browser, asyncio.timeout(30):
            while not two.heads:
                await browser.ask(get())
                await lb.follow()  # so that the connection to the old place is not kept
                await lb.follow(one)


@pytest.mark.skipif(sys.platform != "linux", reason="children are found in /proc")
def test_a_killed_control_plane_takes_the_process_with_it_and_finds_its_ports_free(own: InstanceSettings) -> None:
    pid = start(own).pid
    assert pid
    stack = Stack(RunningAws(own))
    with server(b"hello") as port:
        stack.register(port)
        url = stack.url
        assert httpx.get(url).content == b"hello"
        workers = _workers_of(pid)
        assert len(workers) == 1
        os.kill(pid, signal.SIGKILL)
        start(own)
        assert stack.url == url
        eventually(lambda: httpx.get(url).content == b"hello")
        eventually(lambda: not any(map(_exists, workers)))


def _resident_kib(pid: int) -> int:
    return int(Path(f"/proc/{pid}/status").read_text(encoding="ascii").partition("VmRSS:")[2].split()[0])


def _workers_of(pid: int) -> list[int]:
    children = Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split()
    return [int(child) for child in children if WORKER in Path(f"/proc/{child}/cmdline").read_text(encoding="utf-8")]


def _exists(pid: int) -> bool:
    """Whether a process is there, and is not merely waiting to be counted as ended."""
    try:
        return " (zombie)" not in Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    except OSError:
        return False
