"""Targets that fail, and what an ALB makes of it."""

import asyncio
from dataclasses import replace

import httpx
import pytest

from seatrial.services.elb.health import State
from seatrial.services.elb.model import Configuration, HealthCheck
from tests.seatrial.contract.elb.harness import (
    GROUP,
    LISTENER,
    Exchange,
    Target,
    balancer,
    client,
    get,
    post,
    says_ok,
    status,
    target,
)


async def test_a_target_that_refuses_is_a_502() -> None:
    async with target(says_ok) as shop:
        pass
    async with balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow(shop)
        answer = await browser.get(lb.url)
        counted = await lb.counted()
    assert (answer.status_code, len(answer.content)) == (502, 122)
    assert (counted.connection_errors, counted.own_codes, counted.in_flight) == (1, {502: 1}, 0)


async def test_no_registered_target_is_a_503() -> None:
    async with balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow()
        assert (await browser.get(lb.url)).status_code == 503


@pytest.mark.parametrize(
    "answer", [b"nonsense\r\n\r\n", b"", b"HTTP/1.1 200 OK\r\nX-Endless: " + b"x" * 500_000, b"HTTP/1.1 101 No\r\n\r\n"]
)
async def test_an_answer_that_is_none_is_a_502(answer: bytes) -> None:
    async def fails(exchange: Exchange) -> None:
        await exchange.send(answer)
        exchange.close()

    async with target(fails) as shop, balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow(shop)
        assert (await browser.get(lb.url)).status_code == 502


async def test_an_answer_that_breaks_off_closes_the_clients_connection() -> None:
    async def breaks_off(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nhalf")
        exchange.close()

    async with target(breaks_off) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(get())
            assert (await browser.reader.read()).endswith(b"\r\n\r\nhalf")
        assert (await lb.counted()).in_flight == 0


async def test_a_target_that_says_nothing_is_a_504_after_the_idle_timeout() -> None:
    async def says_nothing(_: Exchange) -> None:
        await asyncio.Event().wait()

    async with target(says_nothing) as shop, balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow(shop, listener=replace(LISTENER, idle_timeout=0.1))
        assert (await browser.get(lb.url, timeout=30)).status_code == 504


async def test_a_request_that_stops_in_the_middle_is_a_408_after_the_idle_timeout() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop, listener=replace(LISTENER, idle_timeout=0.1))
        async with client(lb) as browser:
            head, _ = await browser.ask(post(b"body")[:-1])
            assert status(head) == 408


async def test_an_idle_connection_is_closed_after_the_idle_timeout() -> None:
    async with balancer() as lb:
        await lb.follow(listener=replace(LISTENER, idle_timeout=0.1))
        async with client(lb) as browser:
            assert await browser.reader.read() == b""


class Closing:
    """Answers the first request of each connection, and closes when a second one arrives."""

    def __init__(self) -> None:
        self.used: set[object] = set()

    async def __call__(self, exchange: Exchange) -> None:
        if exchange.writer in self.used:
            exchange.close()
        else:
            self.used.add(exchange.writer)
            await exchange.body()
            await exchange.ok()


async def test_a_kept_connection_that_closes_instead_of_answering_is_no_502() -> None:
    async with target(Closing()) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            for _ in range(10):
                assert status((await browser.ask(get()))[0]) == 200
        assert (await lb.counted()).retried == 9


async def test_what_must_not_be_sent_twice_is_not_sent_twice() -> None:
    async with target(Closing()) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            assert status((await browser.ask(post(b"pay")))[0]) == 200
            assert status((await browser.ask(post(b"pay")))[0]) == 502
        assert len(shop.heads) == 2


async def test_what_must_not_be_sent_twice_gets_no_connection_that_has_waited_long() -> None:
    async with target(Closing()) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            assert status((await browser.ask(post(b"pay")))[0]) == 200
            await asyncio.sleep(1.5)
            assert status((await browser.ask(post(b"pay")))[0]) == 200
        assert shop.connections == 2


async def test_a_target_that_closes_its_kept_connections_is_reached_by_new_ones() -> None:
    async def closes_after(exchange: Exchange) -> None:
        await exchange.ok()
        exchange.close()

    async with target(closes_after) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            for _ in range(50):
                assert status((await browser.ask(get()))[0]) == 200


async def test_a_client_that_goes_away_takes_its_request_with_it() -> None:
    gone = asyncio.Event()

    async def waits(exchange: Exchange) -> None:
        await exchange.reader.read()
        gone.set()

    async with target(waits) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(get())
            await lb.until(shop.was_asked)
        await asyncio.wait_for(gone.wait(), 10)
        assert (await lb.counted()).own_codes == {460: 1}


async def test_what_is_under_way_ends_well_and_nothing_new_comes_while_a_target_drains() -> None:
    finish = asyncio.Event()

    async def slowly(exchange: Exchange) -> None:
        await finish.wait()
        await exchange.ok(b"old")

    async def new(exchange: Exchange) -> None:
        await exchange.ok(b"new")

    async with target(slowly) as old, target(new) as fresh, balancer() as lb:
        await lb.follow(old)
        async with client(lb) as browser, client(lb) as another:
            browser.writer.write(get())
            await lb.until(old.was_asked)
            await lb.follow(fresh)
            for _ in range(5):
                assert (await another.ask(get()))[1] == b"new"
            assert (await lb.plane.health("group"))[old.address].state is State.DRAINING
            finish.set()
            assert (await browser.answer())[1] == b"old"
        assert len(old.heads) == 1


async def test_what_is_under_way_when_the_delay_is_over_is_a_502() -> None:
    async def never(_: Exchange) -> None:
        await asyncio.Event().wait()

    async with target(never) as old, balancer() as lb:
        await lb.follow(old)
        async with client(lb) as browser:
            browser.writer.write(get())
            await lb.until(old.was_asked)
            await lb.follow(group=replace(GROUP, deregistration_delay=0.3))
            assert status((await browser.answer())[0]) == 502
            assert await lb.plane.health("group") == {}


async def test_kept_connections_of_a_target_that_drains_are_closed_at_once() -> None:
    closed = asyncio.Event()

    async def watches(exchange: Exchange) -> None:
        await exchange.ok()
        await exchange.reader.read()
        closed.set()

    async with target(watches) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            await browser.ask(get())
        await lb.follow()
        await asyncio.wait_for(closed.wait(), 10)


async def test_a_target_that_comes_back_while_it_drains_begins_anew() -> None:
    async with target(says_ok) as shop, balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow(shop)
        await lb.follow()
        await lb.follow(shop)
        assert (await lb.health()).state is State.INITIAL
        assert (await browser.get(lb.url)).status_code == 200


async def test_one_pass_makes_a_new_target_healthy_and_only_healthy_ones_get_requests() -> None:
    async with target(says_ok) as good, target(says_ok, b"503 Not Yet") as bad, balancer() as lb:
        await lb.follow(good, bad)

        async def decided() -> bool:
            known = await lb.plane.health("group")
            return (known[good.address].state, known[bad.address].state) == (State.HEALTHY, State.UNHEALTHY)

        await lb.until(decided)
        async with client(lb) as browser:
            for _ in range(6):
                await browser.ask(get())
        assert (len(good.heads), len(bad.heads)) == (6, 0)
        assert (await lb.plane.health("group"))[bad.address].reason == "Target.ResponseCodeMismatch"


async def test_where_no_target_is_healthy_all_get_requests() -> None:
    async with target(says_ok, b"500 Oh") as one, target(says_ok, b"500 Oh") as two, balancer() as lb:
        await lb.follow(one, two)

        async def unhealthy() -> bool:
            return all(known.state is State.UNHEALTHY for known in (await lb.plane.health("group")).values())

        await lb.until(unhealthy)
        async with client(lb) as browser:
            for _ in range(6):
                assert status((await browser.ask(get()))[0]) == 200
        assert (len(one.heads), len(two.heads)) == (3, 3)


@pytest.mark.parametrize("how", ["refuses", "is slow"])
async def test_a_check_that_fails_says_how(how: str) -> None:
    async def listens_only(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()  # until the check gives up
        writer.close()

    server = await asyncio.start_server(listens_only, "127.0.0.1", 0)
    shop = Target(server.sockets[0].getsockname()[1])
    if how == "refuses":
        server.close()
    async with balancer() as lb:
        await lb.follow(shop, group=replace(GROUP, check=HealthCheck(interval=0.1, timeout=0.1)))

        async def unhealthy() -> bool:
            return (await lb.health()).state is State.UNHEALTHY

        await lb.until(unhealthy)
        reason = (await lb.health()).reason
    server.close()
    assert reason == {"refuses": "Target.FailedHealthChecks", "is slow": "Target.Timeout"}[how]


async def test_a_listener_keeps_its_port_and_a_taken_one_is_passed_over() -> None:
    async with balancer() as first, balancer() as second:
        await first.follow()
        ports = await second.plane.apply(Configuration((LISTENER,)), {"listener": first.port}, first.port)
        assert first.port < ports["listener"] < first.port + 100
        again = await second.plane.apply(Configuration((LISTENER,)), ports, first.port)
        assert again == ports
