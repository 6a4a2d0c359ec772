"""Access logs, from the request to the object in the bucket."""

import asyncio
import gzip
import os
import ssl
from dataclasses import replace
from pathlib import Path

import httpx
import pytest
from websockets.asyncio.client import connect
from websockets.asyncio.server import ServerConnection, serve

from seatrial.core.settings import InstanceSettings
from seatrial.ground.clock import SystemClock
from seatrial.http.certificates import Certificates
from seatrial.http.patterns import wildcard
from seatrial.services.elb.model import FixedResponse, PathIs, Redirect, Rule
from tests.seatrial.contract.conftest import RunningAws, start
from tests.seatrial.contract.elb.harness import (
    LISTENER,
    Balancer,
    Target,
    balancer,
    client,
    get,
    post,
    says_ok,
    status,
    target,
)
from tests.seatrial.contract.elb.test_load_balancer import Stack, eventually
from tests.seatrial.contract.elb.test_load_balancer import target as server

LOGGED = replace(LISTENER, logged=True, load_balancer_arn="arn:aws:elb:r:1:loadbalancer/app/lb/1")


async def entries(lb: Balancer, expected: int) -> list[str]:
    """The log, once it has so many entries: a connection's end is told a moment after the client has seen it."""
    found: list[str] = []

    async def all_there() -> bool:
        for files in (await lb.plane.take_logs(everything=True)).values():
            found.extend(line for file in files for line in gzip.decompress(file).decode().splitlines())
        return len(found) >= expected

    await lb.until(all_there)
    return found


async def test_every_request_is_an_entry_with_its_bytes_and_its_rule() -> None:
    moved = Rule("m", (PathIs((wildcard("/old", case_sensitive=True),)),), Redirect(302, path="/new"), 7)
    fixed = Rule("f", (PathIs((wildcard("/no", case_sensitive=True),)),), FixedResponse(403), 9)
    async with target(says_ok) as shop, balancer() as lb:
        await lb.follow(shop, listener=replace(LOGGED, rules=(moved, fixed, *LISTENER.rules)))
        async with client(lb) as browser:
            await browser.ask(get("/a?b", "User-Agent: some browser", "X-Amzn-Trace-Id: Root=1-2-3"))
            await browser.ask(post(b"12345"))
            await browser.ask(get("/old"))
            await browser.ask(get("/no"))
        forwarded, posted, redirected, refused = await entries(lb, 4)
    begin, port = "http 20", f"127.0.0.1:{shop.port}"
    assert forwarded.startswith(begin)
    assert f" {port} 0.0" in forwarded
    assert ' "GET http://shop.example:80/a?b HTTP/1.1" "some browser" - - group "Self=1-' in forwarded
    assert f'"forward" "-" "-" "{port}" "200" "-" "-" TID_' in forwarded
    assert f" 200 200 {len(post(b'12345'))} " in posted
    assert '" 7 20' in redirected
    assert f" 302 - {len(get('/old'))} " in redirected
    assert '"redirect" "http://shop.example:' in redirected
    assert '" 9 20' in refused
    assert len({entry.partition(" TID_")[2].split()[0] for entry in (forwarded, posted, redirected, refused)}) == 1


async def test_failures_and_what_is_not_http_are_entries_too() -> None:
    async with target(says_ok) as gone:
        pass
    async with balancer() as lb:
        await lb.follow(gone, listener=LOGGED)
        async with client(lb) as browser:
            assert status((await browser.ask(get()))[0]) == 502
        async with client(lb) as browser:
            assert status((await browser.ask(b"nonsense\r\n\r\n"))[0]) == 400
        await lb.follow(listener=LOGGED)
        async with client(lb) as browser:
            assert status((await browser.ask(get()))[0]) == 503
        failed, nonsense, alone = await entries(lb, 3)
    assert f" 127.0.0.1:{gone.port} -1 -1 -1 502 - " in failed
    assert " - -1 -1 -1 400 - 0 " in nonsense
    assert " - -1 -1 -1 503 - " in alone


async def test_a_websocket_is_an_entry_when_it_ends() -> None:
    async def echo(socket: ServerConnection) -> None:
        async for message in socket:
            await socket.send(message)

    async with serve(echo, "127.0.0.1", 0) as listening, balancer() as lb:
        await lb.follow(Target(next(iter(listening.sockets)).getsockname()[1]), listener=LOGGED)
        async with connect(lb.url.replace("http", "ws")) as socket:
            await socket.send(os.urandom(5000))
            await socket.recv()
        (entry,) = await entries(lb, 1)
    assert entry.startswith("ws 20")
    received, sent = entry.partition(" 101 101 ")[2].split()[:2]
    assert int(received) > 5000
    assert int(sent) > 5000


async def test_tls_is_told_with_the_name_that_was_asked_for(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path, SystemClock())
    held = await asyncio.to_thread(certificates.file, ["shop.example"])
    secure = replace(LOGGED, port=443, protocol="HTTPS", certificate=str(held), certificate_arn="arn:aws:acm:r:1:x")
    trusted = ssl.create_default_context(cafile=certificates.authority)
    async with target(says_ok) as shop, balancer() as lb, httpx.AsyncClient(verify=trusted) as browser:
        await lb.follow(shop, listener=secure)
        url = lb.url.replace("http", "https")
        answer = await browser.get(url, extensions={"sni_hostname": "shop.example"})
        (entry,) = await entries(lb, 1)
        with pytest.raises(httpx.RemoteProtocolError):
            await browser.get(lb.url)
        async with httpx.AsyncClient() as stranger:
            with pytest.raises(httpx.ConnectError):
                await stranger.get(url)

        async def counted() -> bool:
            return (await lb.plane.report()).load_balancers[LOGGED.load_balancer_arn].tls_errors == 2

        await lb.until(counted)
    assert (answer.status_code, b"\r\nX-Forwarded-Proto: https\r\n" in shop.heads[0]) == (200, True)
    assert entry.startswith("https 20")
    assert " TLSv1.3 " in entry
    assert '"shop.example" "arn:aws:acm:r:1:x" 0 20' in entry


async def test_a_listener_that_changes_its_protocol_keeps_its_port(tmp_path: Path) -> None:
    certificates = Certificates(tmp_path, SystemClock())
    held = await asyncio.to_thread(certificates.file, ["shop.example"])
    secure = replace(LISTENER, protocol="HTTPS", certificate=str(held))
    trusted = ssl.create_default_context(cafile=certificates.authority)
    async with target(says_ok) as shop, balancer() as lb, httpx.AsyncClient(verify=trusted) as browser:
        await lb.follow(shop)
        port = lb.port
        await lb.follow(shop, listener=secure)
        assert (await browser.get(lb.url.replace("http", "https"))).status_code == 200
        assert lb.port == port
        await lb.follow(shop)
        assert (await browser.get(lb.url)).status_code == 200


@pytest.fixture
def fast(own: InstanceSettings) -> InstanceSettings:
    """An embedded AWS whose minute takes half a second."""
    return replace(own, minute=0.5)


def test_logs_reach_the_bucket_behind_the_prefix(fast: InstanceSettings) -> None:
    start(fast)
    aws = RunningAws(fast)
    s3, stack = aws.client("s3"), Stack(aws)
    s3.create_bucket(Bucket="logs", CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    enabled = {"access_logs.s3.enabled": "true", "access_logs.s3.bucket": "logs", "access_logs.s3.prefix": "shop"}
    attributes = [{"Key": key, "Value": value} for key, value in enabled.items()]
    stack.elb.modify_load_balancer_attributes(LoadBalancerArn=stack.balancer, Attributes=attributes)
    root = f"shop/AWSLogs/{stack.balancer.split(':')[4]}/"

    def keys() -> list[str]:
        return [found["Key"] for found in s3.list_objects_v2(Bucket="logs", Prefix=root).get("Contents", ())]

    def lines() -> list[str]:
        logs = [s3.get_object(Bucket="logs", Key=key)["Body"].read() for key in keys() if key.endswith(".log.gz")]
        return b"".join(map(gzip.decompress, logs)).decode().splitlines()

    assert keys() == [f"{root}ELBAccessLogTestFile"]
    with server(b"hello") as port:
        stack.register(port)
        for _ in range(3):
            assert httpx.get(f"{stack.url}/page").status_code == 200
    eventually(lambda: len(lines()) == 3)
    resource = stack.balancer.partition("loadbalancer/")[2]
    assert all(f" {resource} 127.0.0.1:" in line and ":80/page HTTP/1.1" in line for line in lines())
