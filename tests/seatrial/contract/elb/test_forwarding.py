"""Requests and answers on their way through, byte by byte."""

import asyncio
import hashlib
import os
import ssl
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from seatrial.ground.clock import SystemClock
from seatrial.http.certificates import Certificates
from seatrial.services.elb.model import Configuration, FixedResponse, Forward, Redirect, Rule, WeightedGroup
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


async def test_connections_are_kept_on_both_sides() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            for _ in range(20):
                assert status((await browser.ask(get()))[0]) == 200
        assert (len(shop.heads), shop.connections) == (20, 1)


async def test_targets_learn_who_asked_and_nothing_of_the_hop() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            await browser.ask(
                get("/a%20b?x=1", "X-Forwarded-For: 10.0.0.9", "Connection: keep-alive, X-Hop", "X-Hop: 1")
            )
        head = shop.heads[0].decode()
    assert head.startswith("GET /a%20b?x=1 HTTP/1.1\r\nHost: shop.example\r\n")
    assert "\r\nX-Forwarded-For: 10.0.0.9, 127.0.0.1\r\n" in head
    assert "\r\nX-Forwarded-Proto: http\r\n" in head
    assert f"\r\nX-Forwarded-Port: {lb.port}\r\n" in head
    assert "\r\nX-Amzn-Trace-Id: Root=1-" in head
    assert "X-Hop" not in head


@pytest.mark.parametrize(("drops", "passes"), [(True, False), (False, True)])
async def test_a_header_with_an_underscore_is_dropped_where_the_load_balancer_is_told_to(
    drops: bool,  # noqa: FBT001
    passes: bool,  # noqa: FBT001
) -> None:
    listener = replace(LISTENER, drops_odd_names=drops)
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop, listener=listener)
        async with client(lb) as browser:
            await browser.ask(get("/", "X_Api_Key: k", "X-Api-Key: k"))
        assert b"\r\nX-Api-Key: k\r\n" in shop.heads[0]
        assert (b"X_Api_Key" in shop.heads[0]) is passes


@pytest.mark.parametrize(("size", "code"), [(32_000, 200), (33_000, 502), (60_000, 502)])
async def test_an_answer_whose_headers_are_larger_than_32_kib_is_a_bad_gateway(size: int, code: int) -> None:
    # "Quotas for your Application Load Balancers": entire response header 32 K.
    async def answers(exchange: Exchange) -> None:
        large = b"HTTP/1.1 200 OK\r\nX-Large: " + b"x" * size + b"\r\nContent-Length: 2\r\n\r\nok"
        await exchange.send(large)

    async with target(answers) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            assert status((await browser.ask(get()))[0]) == code


async def test_ten_megabytes_pass_both_ways_unharmed() -> None:
    sent = os.urandom(10 * 1024 * 1024)

    async def echo(exchange: Exchange) -> None:
        body = await exchange.body()
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(body), 100_000):
            part = body[at : at + 100_000]
            await exchange.send(b"%x\r\n" % len(part), part, b"\r\n")
        await exchange.send(b"0\r\n\r\n")

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(sent), 77_777):
            yield sent[at : at + 77_777]

    async with target(echo) as shop, balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow(shop)
        for content in (sent, pieces()):
            got = (await browser.post(lb.url, content=content)).content
            assert hashlib.sha256(got).digest() == hashlib.sha256(sent).digest()


async def test_an_answer_streams_while_it_is_made() -> None:
    go_on = asyncio.Event()

    async def slowly(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\n\r\nfir")
        await go_on.wait()
        await exchange.send(b"st!")

    async with target(slowly) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(get())
            await browser.reader.readuntil(b"fir")
            go_on.set()
            assert await browser.reader.readexactly(3) == b"st!"


async def test_a_slow_client_holds_the_target_back() -> None:
    written = 0

    async def floods(exchange: Exchange) -> None:
        nonlocal written
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 200000000\r\n\r\n")
        for _ in range(2000):
            await exchange.send(bytes(100_000))
            written += 100_000

    async with target(floods) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(get())
            await browser.reader.readuntil(b"\r\n\r\n")
            before = -1
            while before != written:  # until it stands still
                before = written
                await asyncio.sleep(0.2)
        assert written < 100_000_000


@pytest.mark.parametrize(("line", "body"), [("204 No Content", b""), ("304 Not Modified", b""), ("200 OK", b"ok")])
async def test_answers_without_a_body_leave_the_connection_usable(line: str, body: bytes) -> None:
    async def answers(exchange: Exchange) -> None:
        head_only = exchange.head.startswith(b"HEAD")
        length = b"" if line.startswith("204") else b"Content-Length: 2\r\n"
        await exchange.send(b"HTTP/1.1 " + line.encode() + b"\r\n" + length + b"\r\n", b"" if head_only else body)

    async with target(answers) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            for _ in range(2):
                head, _ = await browser.ask(get().replace(b"GET", b"HEAD"))
                assert head.startswith(b"HTTP/1.1 " + line.encode())
                if body:
                    assert (await browser.ask(get()))[1] == body
        assert shop.connections == 1


async def test_expect_is_answered_by_the_load_balancer() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            assert await browser.reader.readuntil(b"\r\n\r\n") == b"HTTP/1.1 100 Continue\r\n\r\n"
            assert status((await browser.ask(b"body"))[0]) == 200
        assert shop.bodies == [b"body"]
        assert b"expect" not in shop.heads[0].lower()


async def test_pipelined_requests_are_answered_in_order() -> None:
    async def says_path(exchange: Exchange) -> None:
        await exchange.ok(exchange.path.encode())

    async with target(says_path) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(b"".join(get(f"/{number}") for number in range(200)))
            assert [(await browser.answer())[1] for _ in range(200)] == [b"/%d" % number for number in range(200)]


async def test_thousands_of_pipelined_requests_do_not_deepen_the_stack() -> None:
    listener = replace(LISTENER, rules=(Rule("r", (), FixedResponse(200, "text/plain", "hi")),))
    async with balancer() as lb:
        await lb.follow(listener=listener)
        async with client(lb) as browser:
            browser.writer.write(get() * 3000)
            for _ in range(3000):
                assert (await browser.answer())[1] == b"hi"


@pytest.mark.parametrize(
    ("request_bytes", "code"),
    [
        (b"nonsense\r\n\r\n", 400),
        (b"GET / HTTP/1.1\r\n\r\n", 400),
        (get("/", "X-Large: " + "x" * 17_000), 400),
        (get("/", *(f"X-{number}: {'x' * 8000}" for number in range(9))), 400),
        (get("/" + "x" * 17_000), 414),
        (get("/", "X-Forwarded-For: " + ", ".join(f"10.0.0.{number}" for number in range(31))), 463),
        (get().replace(b"GET", b"TRACE"), 405),
        (b"CONNECT a:443 HTTP/1.1\r\nHost: a\r\n\r\n", 400),
        (post(b"", "Transfer-Encoding: chunked"), 400),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX-Endless: " + b"x" * 300_000, 400),
    ],
)
async def test_what_aws_refuses_is_refused(request_bytes: bytes, code: int) -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            head, _ = await browser.ask(request_bytes)
            assert status(head) == code
            assert b"\r\nServer: awselb/2.0\r\n" in head
        assert shop.heads == []


async def test_websockets_pass() -> None:
    async def echo(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(message)

    async with serve(echo, "127.0.0.1", 0) as server, balancer() as lb:
        await lb.follow(Target(next(iter(server.sockets)).getsockname()[1]))
        async with connect(lb.url.replace("http", "ws")) as socket:
            for message in ("hello", "x" * 500_000):
                await socket.send(message)
                assert await socket.recv() == message


async def test_an_offer_of_http2_is_passed_over() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            offer = ("Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAoAAAAAIAAAAA")
            for _ in range(2):
                assert status((await browser.ask(post(b"body", *offer)))[0]) == 200
        assert shop.bodies == [b"body", b"body"]
        assert b"upgrade" not in shop.heads[0].lower()


async def test_a_refused_websocket_is_an_ordinary_answer() -> None:
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            head, body = await browser.ask(get("/", "Connection: Upgrade", "Upgrade: websocket"))
            assert (status(head), body) == (200, b"ok")
            assert status((await browser.ask(get()))[0]) == 200


async def test_an_answer_that_ends_with_the_connection_goes_on_in_chunks() -> None:
    async def until_close(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.0 200 OK\r\n\r\nall of it")
        exchange.close()

    async with target(until_close) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            for _ in range(2):
                head, body = await browser.ask(get())
                assert (b"Transfer-Encoding: chunked" in head, body) == (True, b"all of it")


async def test_a_client_of_http_1_0_gets_no_chunks() -> None:
    async def chunks(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n3\r\nall\r\n0\r\n\r\n")

    async with target(chunks) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(b"GET / HTTP/1.0\r\n\r\n")
            answer = await browser.reader.read()
        assert answer.endswith(b"\r\n\r\nall")
        assert b"Connection: close" in answer


async def test_an_early_answer_reaches_the_client_and_the_connection_lives_on() -> None:
    async def refuses(exchange: Exchange) -> None:
        if exchange.head.startswith(b"POST"):
            await exchange.send(b"HTTP/1.1 413 Too Large\r\nContent-Length: 0\r\n\r\n")
            await exchange.body()
        else:
            await exchange.ok()

    async with target(refuses) as shop, balancer() as lb:
        await lb.follow(shop)
        async with client(lb) as browser:
            browser.writer.write(b"POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 6\r\n\r\nbo")
            assert status((await browser.answer())[0]) == 413
            browser.writer.write(b"dy!!")
            assert status((await browser.ask(get()))[0]) == 200


async def test_a_redirect_to_a_neighbour_leads_to_its_loopback_port_and_its_protocol(tmp_path: Path) -> None:
    to_https = Rule("r", (), Redirect(301, protocol="HTTPS", port="443"))
    certificates = Certificates(tmp_path, SystemClock())
    held = await asyncio.to_thread(certificates.file, ["shop.example"])
    secure = replace(LISTENER, arn="secure", port=443, protocol="HTTPS", certificate=str(held))
    trusted = ssl.create_default_context(cafile=certificates.authority)
    opened = httpx.AsyncClient(follow_redirects=True, verify=trusted)
    async with target(says_ok) as shop, balancer() as lb, opened as browser:
        group = replace(GROUP, targets=(shop.address,))
        await lb.configure(Configuration((replace(LISTENER, rules=(to_https,)), secure), {"group": group}))
        answer = await browser.get(f"{lb.url}/a?b=c")
    assert (answer.status_code, len(answer.history), answer.url.scheme) == (200, 1, "https")
    assert shop.heads[0].startswith(b"GET /a?b=c ")
    assert b"X-Forwarded-Proto: https" in shop.heads[0]


async def test_a_client_stays_with_its_target_by_cookie() -> None:
    group = replace(GROUP, stickiness_seconds=60)
    async with target(says_ok) as one, target(says_ok) as two, balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow(one, two, group=group)
        for _ in range(6):
            await browser.get(lb.url)
        assert sorted((len(one.heads), len(two.heads))) == [0, 6]


async def test_targets_take_turns() -> None:
    async with target(says_ok) as one, target(says_ok) as two, balancer() as lb, httpx.AsyncClient() as browser:
        await lb.follow(one, two)
        for _ in range(10):
            await browser.get(lb.url)
        assert (len(one.heads), len(two.heads)) == (5, 5)


async def test_a_client_stays_with_its_target_group_by_cookie() -> None:
    other = replace(GROUP, arn="other")
    both = Forward((WeightedGroup("group"), WeightedGroup("other")), stickiness_seconds=60)
    listener = replace(LISTENER, rules=(Rule("r", (), both),))
    async with target(says_ok) as one, target(says_ok) as two, balancer() as lb:
        groups = {
            "group": replace(GROUP, targets=(one.address,)),
            "other": replace(other, targets=(two.address,)),
        }
        await lb.configure(Configuration((listener,), groups))
        async with httpx.AsyncClient() as browser:
            for _ in range(6):
                answer = await browser.get(lb.url)
        assert sorted((len(one.heads), len(two.heads))) == [0, 6]
        assert {"AWSALBTG", "AWSALBTGCORS"} == set(answer.cookies)
        for _ in range(4):
            async with httpx.AsyncClient() as stranger:
                await stranger.get(lb.url)
        assert min(len(one.heads), len(two.heads)) >= 1
