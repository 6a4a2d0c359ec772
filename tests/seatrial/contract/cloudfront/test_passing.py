"""Requests and answers on their way through CloudFront, byte by byte."""

import asyncio
import hashlib
import os
import signal
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
from seatrial.http.listeners import tls_context
from seatrial.services.cloudfront.policies import EVERYTHING, AddedHeader, Forwarded, ResponsePolicy, Selection
from tests.seatrial.contract.cloudfront.harness import BEHAVIOR, ORIGIN, behaving, edge
from tests.seatrial.contract.elb.harness import Exchange, client, get, post, says_ok, status, target

EVERY = (EVERYTHING,)
ALL_VIEWER = Forwarded(EVERY, EVERY, EVERY)
ALL_BUT_HOST = Forwarded((Selection(frozenset({"host"}), others=True),), EVERY, EVERY)


async def test_an_origin_learns_who_asked_by_which_way_and_under_its_own_name() -> None:
    async with target(says_ok) as shop, edge(shop.port, behaving(replace(BEHAVIOR, forwarded=ALL_BUT_HOST))) as front:
        async with client(front) as browser:
            head, _ = await browser.ask(get("/a%20b?x=1", "X-Forwarded-For: 10.0.0.9", "Cookie: a=1", "User-Agent: me"))
        asked = shop.heads[0].decode()
    assert asked.startswith("GET /a%20b?x=1 HTTP/1.1\r\nHost: internal-lb.elb.example\r\n")
    assert "\r\nX-Forwarded-For: 10.0.0.9, 127.0.0.1\r\n" in asked
    assert "\r\nVia: 1.1 d1.cloudfront.net (CloudFront)\r\n" in asked
    assert "\r\nCookie: a=1\r\n" in asked
    assert "\r\nUser-Agent: me\r\n" in asked
    assert b"\r\nX-Cache: Miss from cloudfront\r\nVia: 1.1 d1.cloudfront.net (CloudFront)\r\nX-Amz-Cf-Id: " in head


async def test_with_all_of_the_viewers_headers_an_origin_gets_the_viewers_host() -> None:
    distribution = behaving(replace(BEHAVIOR, forwarded=ALL_VIEWER), replace(ORIGIN, path="/v1"))
    async with target(says_ok) as shop, edge(shop.port, distribution) as front, client(front) as browser:
        await browser.ask(get("/x"))
    assert shop.heads[0].startswith(b"GET /v1/x HTTP/1.1\r\nHost: shop.example\r\n")


async def test_what_no_policy_names_does_not_reach_an_origin() -> None:
    chosen = Forwarded(
        (Selection(frozenset({"x-tenant"})),), (Selection(frozenset({"b"})),), (Selection(frozenset({"page"})),)
    )
    distribution = behaving(replace(BEHAVIOR, forwarded=chosen), replace(ORIGIN, headers=(("X-From", "edge"),)))
    sent = ("X-Tenant: 7", "X-Other: 8", "Authorization: secret", "Cookie: a=1; b=2", "Range: bytes=0-1")
    async with target(says_ok) as shop, edge(shop.port, distribution) as front, client(front) as browser:
        await browser.ask(get("/?page=2&size=3", *sent))
    asked = shop.heads[0].decode()
    assert asked.startswith("GET /?page=2 HTTP/1.1\r\n")
    assert "\r\nUser-Agent: Amazon CloudFront\r\n" in asked
    assert "\r\nCookie: b=2\r\n" in asked
    assert "\r\nX-Tenant: 7\r\n" in asked
    assert "\r\nRange: bytes=0-1\r\n" in asked
    assert "\r\nX-From: edge\r\n" in asked
    assert not {"X-Other", "Authorization"} & {line.partition(":")[0] for line in asked.split("\r\n")}


async def test_a_headers_policy_adds_what_is_missing_and_takes_away_what_it_names() -> None:
    policy = ResponsePolicy(
        (
            AddedHeader("X-Frame-Options", "DENY", override=False),
            AddedHeader("Referrer-Policy", "origin", override=True),
        ),
        frozenset({"server"}),
    )

    async def says(exchange: Exchange) -> None:
        own = b"x-frame-options: SAMEORIGIN\r\nreferrer-policy: none\r\nServer: mine\r\nX-Mine: 1\r\n"
        await exchange.send(b"HTTP/1.1 200 OK\r\n", own, b"Content-Length: 2\r\n\r\nok")

    async with target(says) as shop, edge(shop.port, behaving(replace(BEHAVIOR, response=policy))) as front:
        got = await front.get()
    assert (got.headers["x-frame-options"], got.headers["referrer-policy"]) == ("SAMEORIGIN", "origin")
    assert got.headers["x-mine"] == "1"
    assert "server" not in got.headers


async def test_every_method_passes_that_is_allowed() -> None:
    async with target(says_ok) as shop, edge(shop.port) as front, httpx.AsyncClient(trust_env=False) as browser:
        for method in ("GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"):
            assert (await browser.request(method, front.url)).status_code == 200
        refused = await browser.request("TRACE", front.url)
    assert (refused.status_code, refused.headers["x-cache"]) == (403, "Error from cloudfront")
    assert [head.split(b" ")[0] for head in shop.heads] == [
        b"GET", b"HEAD", b"OPTIONS", b"PUT", b"POST", b"PATCH", b"DELETE",
    ]  # fmt: skip


async def test_ten_megabytes_pass_both_ways_unharmed() -> None:
    sent = os.urandom(10 * 1024 * 1024)

    async def echo(exchange: Exchange) -> None:
        body = await exchange.body()
        await exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        for at in range(0, len(body), 100_000):
            part = body[at : at + 100_000]
            await exchange.send(b"%x\r\n" % len(part), part, b"\r\n")
        await exchange.send(b"0\r\nX-Trailer: 1\r\n\r\n")

    async def pieces() -> AsyncIterator[bytes]:
        for at in range(0, len(sent), 77_777):
            yield sent[at : at + 77_777]

    async with target(echo) as shop, edge(shop.port) as front, httpx.AsyncClient(trust_env=False) as browser:
        for content in (sent, pieces()):
            got = (await browser.post(front.url, content=content)).content
            assert hashlib.sha256(got).digest() == hashlib.sha256(sent).digest()


async def test_an_answer_is_passed_on_as_it_comes() -> None:
    more = asyncio.Event()

    async def slowly(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nTransfer-Encoding: chunked\r\n\r\n")
        await exchange.send(b"5\r\nfirst\r\n")
        await more.wait()
        await exchange.send(b"6\r\nsecond\r\n0\r\n\r\n")

    async with (
        target(slowly) as shop,
        edge(shop.port) as front,
        httpx.AsyncClient(trust_env=False) as browser,
        browser.stream("GET", front.url) as got,
    ):
        parts = got.aiter_raw()
        assert await anext(parts) == b"first"
        more.set()
        assert await anext(parts) == b"second"


@pytest.mark.parametrize(
    ("asked", "head"),
    [
        (get("/", 'If-None-Match: "a"'), b"HTTP/1.1 304 Not Modified\r\nETag: a\r\n\r\n"),
        (get("/").replace(b"GET", b"HEAD"), b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n"),
        (get("/", "Range: bytes=0-1"), b"HTTP/1.1 206 Partial Content\r\nContent-Length: 0\r\n\r\n"),
        (post(b"x"), b"HTTP/1.1 204 No Content\r\n\r\n"),
    ],
)
async def test_an_answer_without_a_body_ends_with_its_head(asked: bytes, head: bytes) -> None:
    async def says(exchange: Exchange) -> None:
        await exchange.body()
        await exchange.send(head)

    async with target(says) as shop, edge(shop.port) as front, client(front) as browser, asyncio.timeout(20):
        for _ in range(3):
            assert status((await browser.ask(asked))[0]) == int(head.split(b" ")[1])


async def test_an_error_of_an_origin_is_passed_on_and_called_one() -> None:
    async def says(exchange: Exchange) -> None:
        await exchange.send(b"HTTP/1.1 503 Nothing\r\nContent-Length: 4\r\n\r\nwhy?")

    async with target(says) as shop, edge(shop.port) as front:
        got = await front.get()
    assert (got.status_code, got.text, got.headers["x-cache"]) == (503, "why?", "Error from cloudfront")


async def test_an_origin_that_is_not_there_is_a_bad_gateway() -> None:
    async with edge() as front:
        got = await front.get()
    assert (got.status_code, got.headers["x-cache"]) == (502, "Error from cloudfront")
    assert "Generated by cloudfront" in got.text


async def test_an_origin_that_does_not_answer_in_time_is_a_gateway_timeout() -> None:
    async def says_nothing(_: Exchange) -> None:
        await asyncio.sleep(60)

    distribution = behaving(BEHAVIOR, replace(ORIGIN, timeout=1))
    async with target(says_nothing) as shop, edge(shop.port, distribution) as front:
        got = await front.get()
    assert (got.status_code, got.headers["x-cache"]) == (504, "Error from cloudfront")


async def test_what_cloudfront_refuses_never_reaches_an_origin() -> None:
    asked = {
        403: post(b"body").replace(b"POST", b"GET", 1),
        413: get("/" + "x" * 8200),
        400: get("/", "Host: other.example"),
    }
    async with target(says_ok) as shop, edge(shop.port) as front:
        for refused, request in asked.items():
            async with client(front) as browser:
                assert status((await browser.ask(request))[0]) == refused
    assert shop.heads == []


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        ("d1.cloudfront.net", 200),
        ("SHOP.example:443", 200),
        ("localhost:4570", 200),
        ("evil.example", 403),
        ("d2.cloudfront.net", 403),
        ("10.0.0.1", 403),
    ],
)
async def test_a_name_that_is_no_alias_is_forbidden_and_never_reaches_an_origin(host: str, expected: int) -> None:
    # Developer guide, "Use custom URLs by adding alternate domain names": a distribution answers to its own names.
    async with target(says_ok) as shop, edge(shop.port) as front, client(front) as browser:
        head, body = await browser.ask(get().replace(b"shop.example", host.encode()))
    assert (status(head), len(shop.heads)) == (expected, int(expected == 200))
    assert (b"X-Cache: Error from cloudfront" in head) == (b"aliases" in body) == (expected == 403)


async def test_a_request_is_sent_again_where_the_kept_connection_was_closed_at_that_moment() -> None:
    async def once(exchange: Exchange) -> None:
        if len(exchange.target.heads) == 2:
            exchange.close()
        else:
            await exchange.ok()

    async with target(once) as shop, edge(shop.port) as front, client(front) as browser:
        assert status((await browser.ask(get()))[0]) == 200
        assert status((await browser.ask(get()))[0]) == 200
    assert len(shop.heads) == 3


async def test_a_websocket_is_tunnelled_both_ways() -> None:
    async def echo(connection: ServerConnection) -> None:
        async for message in connection:
            await connection.send(message)

    async with serve(echo, "127.0.0.1", 0) as server:
        port = next(iter(server.sockets)).getsockname()[1]
        async with edge(port) as front, connect(front.url.replace("http", "ws"), proxy=None) as socket:
            for message in ("hello", os.urandom(300_000)):
                await socket.send(message)
                assert await socket.recv() == message


async def test_an_origin_may_speak_tls(tmp_path: Path) -> None:
    certificate = Certificates(tmp_path, SystemClock()).file(["internal-lb.elb.example"])

    async def says(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.readuntil(b"\r\n\r\n")
        writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 6\r\nConnection: close\r\n\r\nsecret")
        writer.close()

    names: dict[ssl.SSLObject | ssl.SSLSocket, str] = {}
    server = await asyncio.start_server(says, "127.0.0.1", 0, ssl=tls_context(str(certificate), names))
    port = server.sockets[0].getsockname()[1]
    async with server, edge(port, behaving(BEHAVIOR, replace(ORIGIN, tls=True))) as front:
        assert (await front.get()).text == "secret"


async def test_no_request_fails_while_the_distribution_changes_all_the_time() -> None:
    async def slowly(exchange: Exchange) -> None:
        await exchange.body()
        await asyncio.sleep(0.02)
        await exchange.ok()

    async with target(slowly) as one, target(slowly) as two, edge(one.port) as front:
        over = asyncio.Event()
        found: list[int] = []

        async def load() -> None:
            async with httpx.AsyncClient(trust_env=False) as browser:
                while not over.is_set():
                    found.append((await browser.post(front.url, content=b"x" * 1000)).status_code)

        loading = [asyncio.create_task(load()) for _ in range(4)]
        for number in range(40):
            origin = replace(ORIGIN, path="" if number % 2 else "/v", timeout=20 + number)
            await front.follow((one, two)[number % 2].port, behaving(BEHAVIOR, origin))
            await asyncio.sleep(0.02)
        over.set()
        await asyncio.gather(*loading)
    assert set(found) == {200}
    assert one.heads
    assert two.heads


async def test_a_killed_process_is_followed_by_another_one_on_the_same_port() -> None:
    async with target(says_ok) as shop, edge(shop.port) as front:
        port, before = front.port, front.plane.pid
        os.kill(before, signal.SIGKILL)
        await front.follow(shop.port)
        assert (front.port, front.plane.pid != before) == (port, True)
        async with client(front) as browser:
            assert status((await browser.ask(get()))[0]) == 200
