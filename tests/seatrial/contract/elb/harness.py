"""A data plane on ports of the system's choice, targets that misbehave as told, and a client that sees every byte."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Protocol

from seatrial.services.elb.control.plane import DataPlaneClient
from seatrial.services.elb.data.counters import Counters
from seatrial.services.elb.data.targets import Resolve
from seatrial.services.elb.health import Health
from seatrial.services.elb.model import Configuration, Forward, HealthCheck, Listener, Rule, TargetGroup, WeightedGroup

Handler = Callable[[asyncio.StreamReader, asyncio.StreamWriter], Awaitable[None]]

GROUP = TargetGroup("group", "group", check=HealthCheck(path="/", interval=0.05, timeout=2, healthy_threshold=2))
LISTENER = Listener("listener", "lb", "lb.example", 80, "HTTP", (Rule("r", (), Forward((WeightedGroup("group"),))),))


@dataclass
class Target:
    """A target; ``heads`` are the request heads that it got, health checks left out."""

    port: int
    heads: list[bytes] = field(default_factory=list)
    bodies: list[bytes] = field(default_factory=list)
    connections: int = 0

    @property
    def address(self) -> tuple[str, int]:
        return "127.0.0.1", self.port

    async def was_asked(self) -> bool:
        return bool(self.heads)


@asynccontextmanager
async def target(answer: "Callable[[Exchange], Awaitable[None]]", health: bytes = b"200 OK") -> AsyncIterator[Target]:
    """A target that answers each request so; checks of its health are answered with ``health``."""
    facts = Target(0)

    serving: set[asyncio.Task[Any]] = set()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        if task := asyncio.current_task():
            serving.add(task)
        first = True
        try:
            while True:
                head = await reader.readuntil(b"\r\n\r\n")
                if b"ELB-HealthChecker" in head:
                    writer.write(b"HTTP/1.1 " + health + b"\r\nContent-Length: 0\r\nConnection: close\r\n\r\n")
                    break
                facts.connections, first = facts.connections + first, False
                facts.heads.append(head)
                await answer(Exchange(facts, head, reader, writer))
        except (asyncio.IncompleteReadError, asyncio.CancelledError, ConnectionError):
            pass
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    facts.port = server.sockets[0].getsockname()[1]
    yield facts
    server.close()
    for task in serving:
        task.cancel()
    await asyncio.gather(*serving)
    await asyncio.sleep(0)  # so that their transports are closed before the loop is


@dataclass
class Exchange:
    """One request at a target."""

    target: Target
    head: bytes
    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    @property
    def path(self) -> str:
        return self.head.split(b" ")[1].decode()

    async def body(self) -> bytes:
        """The request's body, by its length or in chunks."""
        body = await read_body(self.reader, self.head)
        self.target.bodies.append(body)
        return body

    async def send(self, *data: bytes) -> None:
        for part in data:
            self.writer.write(part)
            await self.writer.drain()

    async def ok(self, body: bytes = b"ok") -> None:
        await self.send(b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n" % len(body), body)

    def close(self) -> None:
        self.writer.close()


async def read_body(reader: asyncio.StreamReader, head: bytes) -> bytes:
    lower = head.lower()
    if b"transfer-encoding: chunked" in lower:
        body = b""
        while size := int(await reader.readline(), 16):
            body += (await reader.readexactly(size + 2))[:-2]
        await reader.readline()
        return body
    if b"content-length: " in lower:
        return await reader.readexactly(int(lower.partition(b"content-length: ")[2].partition(b"\r")[0]))
    return b""


async def says_ok(exchange: Exchange) -> None:
    await exchange.body()
    await exchange.ok()


class Balancer:
    """A data plane with one listener."""

    def __init__(self, resolve: Resolve) -> None:
        self.plane = DataPlaneClient(resolve)
        self.port = 0

    async def follow(self, *targets: Target, listener: Listener = LISTENER, group: TargetGroup = GROUP) -> None:
        """One group with these targets."""
        changed = replace(group, targets=tuple(known.address for known in targets))
        await self.configure(Configuration((listener,), MappingProxyType({group.arn: changed})))

    async def configure(self, configuration: Configuration) -> None:
        ports = await self.plane.apply(configuration, {}, 0)
        self.port = next(iter(ports.values()), 0)

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def health(self) -> Health:
        """Of the only target."""
        return next(iter((await self.plane.health("group")).values()))

    async def counted(self) -> Counters:
        return (await self.plane.report()).load_balancers[""].groups["group"]

    async def until(self, holds: "Callable[[], Awaitable[Any]]") -> None:
        async with asyncio.timeout(30):
            while not await holds():  # noqa: ASYNC110 - what is asked about lives in another process
                await asyncio.sleep(0.02)


@asynccontextmanager
async def balancer(resolve: Resolve = lambda address: address) -> AsyncIterator[Balancer]:
    running = Balancer(resolve)
    running.plane.start()
    yield running
    await running.plane.stop()


@dataclass
class Client:
    """A connection to a listener, byte by byte."""

    reader: asyncio.StreamReader
    writer: asyncio.StreamWriter

    async def ask(self, request: bytes) -> tuple[bytes, bytes]:
        """Send a request as it is; the head and the body of its answer."""
        self.writer.write(request)
        return await self.answer(head_only=request.startswith(b"HEAD"))

    async def answer(self, *, head_only: bool = False) -> tuple[bytes, bytes]:
        head = await self.reader.readuntil(b"\r\n\r\n")
        return head, b"" if head_only else await read_body(self.reader, head)


class Listening(Protocol):
    """What listens on loopback."""

    @property
    def port(self) -> int: ...


@asynccontextmanager
async def client(where: Listening) -> AsyncIterator[Client]:
    reader, writer = await asyncio.open_connection("127.0.0.1", where.port)
    yield Client(reader, writer)
    writer.close()
    with contextlib.suppress(ConnectionError):
        await writer.wait_closed()


def get(path: str = "/", *headers: str) -> bytes:
    return "\r\n".join((f"GET {path} HTTP/1.1", "Host: shop.example", *headers, "", "")).encode()


def post(body: bytes, *headers: str) -> bytes:
    lines = ("POST / HTTP/1.1", "Host: shop.example", f"Content-Length: {len(body)}", *headers, "", "")
    return "\r\n".join(lines).encode() + body


def status(head: bytes) -> int:
    return int(head.split(b" ")[1])
