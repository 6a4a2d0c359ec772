"""CloudFront's data plane on a port of the system's choice, in front of an origin that answers as told."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from types import MappingProxyType

import httpx

from seatrial.services.cloudfront.model import Behavior, Configuration, Distribution, ListenerKey, Origin
from seatrial.services.cloudfront.plane import EdgeClient
from seatrial.services.cloudfront.policies import CachePolicy

EVERY_METHOD = frozenset({"GET", "HEAD", "OPTIONS", "PUT", "POST", "PATCH", "DELETE"})
LISTENER: ListenerKey = ("arn:lb", 80)
ORIGIN = Origin("internal-lb.elb.example", LISTENER)
BEHAVIOR = Behavior("", "services", CachePolicy(0, 0, 0), EVERY_METHOD)
DISTRIBUTION = Distribution(
    "E1", "d1.cloudfront.net", ("shop.example",), (BEHAVIOR,), MappingProxyType({"services": ORIGIN})
)


class Edge:
    """The data plane with one distribution."""

    def __init__(self) -> None:
        self.plane = EdgeClient()
        self.port = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def get(self) -> httpx.Response:
        async with httpx.AsyncClient(trust_env=False, timeout=30) as browser:
            return await browser.get(self.url)

    async def follow(self, origin_port: int, distribution: Distribution = DISTRIBUTION) -> None:
        """The distribution, and where its origin is."""
        sendable = replace(distribution, origins=dict(distribution.origins))
        configuration = Configuration((sendable,), {LISTENER: origin_port} if origin_port else {})
        self.port = (await self.plane.apply(configuration, {"E1": self.port} if self.port else {}, 0))["E1"]


@asynccontextmanager
async def edge(origin_port: int = 0, distribution: Distribution = DISTRIBUTION) -> AsyncIterator[Edge]:
    running = Edge()
    await running.follow(origin_port, distribution)
    yield running
    await running.plane.stop()


def behaving(behavior: Behavior, origin: Origin = ORIGIN) -> Distribution:
    return replace(DISTRIBUTION, behaviors=(behavior,), origins={"services": origin})
