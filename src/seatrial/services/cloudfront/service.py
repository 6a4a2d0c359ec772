"""The distributions, plugged into the gateway: changes reach the data plane, invalidations reach the caches."""

import asyncio
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Final, Protocol
from xml.etree.ElementTree import ParseError, fromstring

from seatrial.core.asgi import AsgiApp, Message, Receive, Send
from seatrial.core.context import ServiceContext
from seatrial.core.pages import DISTRIBUTIONS_PATH
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.http.certificates import Certificates
from seatrial.services.cloudfront import user_pools
from seatrial.services.cloudfront.front import Front
from seatrial.services.cloudfront.inside import Inside
from seatrial.services.cloudfront.missing import not_found_where_it_may_be_told
from seatrial.services.cloudfront.model import HTTPS, Configuration, Distribution, Https
from seatrial.services.cloudfront.names import Names, page
from seatrial.services.cloudfront.plane import EdgeClient
from seatrial.services.cloudfront.reading import read_distributions

PORTS: Final = "cloudfront.port"
"""The kind under which the store keeps each distribution's loopback port, by its id."""

REGIONS: Final = "cloudfront.region"
"""The kind under which the store keeps the regions that have, or had, user pools: those are read."""

_INVALIDATION: Final = re.compile(r"/2020-05-31/distribution/(?P<id>[^/]+)/invalidation/?")
_UNDER: Final = re.compile(rf"{DISTRIBUTIONS_PATH}/(?P<id>[^/]+)(?P<path>/.*)")
_LISTENERS: Final = frozenset({"CreateListener", "ModifyListener", "DeleteListener", "DeleteLoadBalancer"})
_HTTPS: Final = "443"
_SUCCESS: Final = range(200, 300)
_log = logging.getLogger("seatrial")


class LoopbackPorts(Protocol):
    """Whose listeners are origins: the load balancers."""

    def loopback_ports(self) -> Mapping[tuple[str, int], int]:
        """Where each listener answers on this machine: by its load balancer's ARN or DNS name, and its port on AWS."""
        ...


class Distributions(OwnService):
    """CloudFront distributions at work; as an ASGI application, their buckets.

    Args:
        context: what the embedded AWS gives each service.
        emulator: MiniStack's distributions.
        load_balancers: the load balancers to which they forward.
        token: the token with which the data plane asks for what buckets have.
        inside: how tasks reach the names that have HTTPS.
    """

    def __init__(
        self, context: ServiceContext, emulator: AsgiApp, load_balancers: LoopbackPorts, *, token: str, inside: Inside
    ) -> None:
        self._context, self._emulator, self._load_balancers = context, emulator, load_balancers
        self._token, self._inside = token, inside
        self._certificates = Certificates(context.settings.certificates, context.clock)
        self._names = Names()
        self._plane = EdgeClient()
        self._fronts: dict[str, Front] = {}
        self._ports: dict[str, int] = {}
        self._lock = asyncio.Lock()

    def front_doors(self) -> Mapping[str, Mapping[str, str]]:
        """Where each distribution answers: its name or alias, then the HTTPS port, then the URL on this machine."""
        return {
            name: {_HTTPS: f"http://127.0.0.1:{self._ports[identity]}"}
            for identity, front in self._fronts.items()
            if identity in self._ports
            for name in (front.distribution.domain, *front.distribution.aliases)
        }

    def names(self) -> Mapping[str, object]:
        """The page of the names that have HTTPS; see ``names.page``."""
        return page(self._names, self._ports.get(HTTPS, 0), self._context.settings.authority)

    def serves(self, path: str) -> bool:
        """Whether a path is that of a bucket behind a distribution."""
        return path.startswith(f"{DISTRIBUTIONS_PATH}/")

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        """ASGI: the data plane asks for what a bucket has."""
        found = _UNDER.fullmatch(scope["path"])
        front = self._fronts.get(found["id"]) if found else None
        if scope["type"] != "http":
            await send({"type": "websocket.close"})
        elif found and front:
            raw = scope["raw_path"].removeprefix(f"{DISTRIBUTIONS_PATH}/{found['id']}".encode())
            await front({**scope, "path": found["path"], "raw_path": raw}, receive, send)
        else:
            await send({"type": "http.response.start", "status": 404, "headers": []})
            await send({"type": "http.response.body", "body": b""})

    def observes(self, request: AwsRequest) -> bool:
        """See ``OwnService.observes``."""
        if request.service == "elasticloadbalancing":
            return request.operation in _LISTENERS
        if request.service == "cognito-idp":
            return request.operation in user_pools.CHANGES
        return request.service == "cloudfront" and request.is_mutating

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """See ``OwnService.amend_response``."""
        if response.status not in _SUCCESS:
            return response
        if request.service == "cognito-idp":
            self._context.store.put(REGIONS, request.region, value=True)
        if found := _INVALIDATION.fullmatch(request.path):
            if front := self._fronts.get(found["id"]):
                front.cache.invalidate(invalidated(request.body))
        else:
            await self._follow()
        return response

    async def start(self) -> None:
        """Serve what is configured already."""
        await self._follow()

    async def stop(self) -> None:
        """Close every port."""
        await self._inside.stop()
        await self._plane.stop()

    async def _follow(self) -> None:
        """Bring the data plane to where the API is now."""
        async with self._lock:
            try:
                regions: dict[str, bool] = self._context.store.all(REGIONS)
                pools = await user_pools.read_names(self._context.aws, regions)
                await self._apply(await read_distributions(self._context.aws), pools)
            except Exception:  # noqa: BLE001 - the API call itself has succeeded, and must say so
                _log.exception("The distributions could not follow a change")

    async def _apply(self, distributions: list[Distribution], pools: frozenset[str]) -> None:
        for found in distributions:
            if found.id in self._fronts:
                self._fronts[found.id].distribution = found
            else:
                corrected = not_found_where_it_may_be_told(self._context.aws)
                self._fronts[found.id] = Front(found, self._emulator, corrected)
        settings = self._context.settings
        self._names = Names.of(distributions, pools)
        https = await self._https()
        ports = self._load_balancers.loopback_ports()
        wanted = Configuration(tuple(distributions), ports, settings.port, self._token, https)
        stored: dict[str, int] = self._context.store.all(PORTS)
        known = {each: stored[each] for each in (HTTPS, *(found.id for found in distributions)) if each in stored}
        self._ports = await self._plane.apply(wanted, known, settings.front_door_port)
        self._fronts = {found.id: self._fronts[found.id] for found in distributions}
        with self._context.store.transaction():
            self._context.store.delete(PORTS, *(stored.keys() - known.keys()))
            self._context.store.put_all(PORTS, self._ports)
        self._inside.follow(self._names.whole, self._ports.get(HTTPS, 0))

    async def _https(self) -> Https | None:
        """How the port that all names share is served; None while there is no name."""
        names = self._names
        if not names.all:
            return None
        certificate = await asyncio.to_thread(self._certificates.chain, names.all)
        return Https(str(certificate), names.user_pools, self._context.bridge)


def invalidated(body: bytes) -> Iterator[str]:
    """The paths of an ``InvalidationBatch``; none where it is no XML, which MiniStack has refused already."""
    try:
        document = fromstring(body)  # noqa: S314 - a client of this machine, and expat expands no external entity
    except ParseError:
        return
    for element in document.iter():
        if element.tag.rpartition("}")[2] == "Path" and element.text:
            yield element.text
