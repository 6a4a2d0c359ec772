"""The distributions, plugged into the gateway: changes reach the doors, invalidations reach the caches."""

import asyncio
import logging
import re
from collections.abc import Iterator, Mapping
from typing import Any, Final
from xml.etree.ElementTree import ParseError, fromstring

from tagship.local.asgi import AsgiApp
from tagship.local.cloudfront.doors import LOOPBACK, Door
from tagship.local.cloudfront.front import Front, LoadBalancerUrl
from tagship.local.cloudfront.missing import not_found_where_it_may_be_told
from tagship.local.cloudfront.model import CachePolicy, Distribution, policy_ids, read, read_policy
from tagship.local.context import LocalContext
from tagship.local.service import AwsRequest, AwsResponse, OwnService

PORTS: Final = "cloudfront.port"
"""The kind under which the store keeps each distribution's loopback port, by its id."""

_INVALIDATION: Final = re.compile(r"/2020-05-31/distribution/(?P<id>[^/]+)/invalidation/?")
_HTTPS: Final = "443"
_SUCCESS: Final = range(200, 300)
_log = logging.getLogger("tagship.local")


class Distributions(OwnService):
    """CloudFront distributions at work.

    Args:
        context: of the embedded AWS.
        emulator: MiniStack's application.
        load_balancer: finds load balancers.
    """

    def __init__(self, context: LocalContext, emulator: AsgiApp, load_balancer: LoadBalancerUrl) -> None:
        self._context, self._emulator, self._load_balancer = context, emulator, load_balancer
        self._doors: dict[str, Door] = {}
        self._lock = asyncio.Lock()

    def front_doors(self) -> Mapping[str, Mapping[str, str]]:
        """Where each distribution answers: its name or alias, then the HTTPS port, then the URL on this machine."""
        return {
            name: {_HTTPS: f"http://{LOOPBACK}:{door.port}"}
            for door in self._doors.values()
            for name in (door.front.distribution.domain, *door.front.distribution.aliases)
        }

    def watches(self, request: AwsRequest) -> bool:
        """See ``OwnService.watches``."""
        return request.service == "cloudfront" and request.is_mutating

    async def answered(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """See ``OwnService.answered``."""
        if response.status not in _SUCCESS:
            return response
        if found := _INVALIDATION.fullmatch(request.path):
            if door := self._doors.get(found["id"]):
                door.front.cache.invalidate(invalidated(request.body))
        else:
            await self._follow()
        return response

    async def start(self) -> None:
        """Serve what is configured already."""
        await self._follow()

    async def stop(self) -> None:
        """Close every port."""
        await asyncio.gather(*(door.close() for door in self._doors.values()))
        self._doors.clear()

    async def _follow(self) -> None:
        """Bring the doors to where the API is now."""
        async with self._lock:
            try:
                await self._apply({found.id: found for found in await self._read()})
            except Exception:  # noqa: BLE001 - the API call itself has succeeded, and must say so
                _log.exception("The distributions could not follow a change")

    async def _apply(self, wanted: Mapping[str, Distribution]) -> None:
        for identity in self._doors.keys() - wanted.keys():
            await self._doors.pop(identity).close()
            self._context.store.delete(PORTS, identity)
        known: dict[str, int] = self._context.store.all(PORTS)
        for identity, distribution in wanted.items():
            if identity in self._doors:
                self._doors[identity].front.distribution = distribution
                continue
            door = Door(self._front(distribution))
            door.open(known.get(identity), self._context.settings.front_door_port)
            self._doors[identity] = door
            self._context.store.put(PORTS, identity, door.port)

    def _front(self, distribution: Distribution) -> Front:
        corrected = not_found_where_it_may_be_told(self._context.aws)
        return Front(distribution, self._emulator, load_balancer=self._load_balancer, corrected=corrected)

    async def _read(self) -> list[Distribution]:
        """Every distribution that is enabled."""
        listed = await self._context.aws.call("cloudfront", "ListDistributions")
        summaries = [item for item in listed["DistributionList"].get("Items") or [] if item["Enabled"]]
        policies = await self._policies({identity for summary in summaries for identity in policy_ids(summary)})
        return [read(summary, policies) for summary in summaries]

    async def _policies(self, identities: set[str]) -> dict[str, CachePolicy]:
        answers: dict[str, Any] = {
            identity: await self._context.aws.call("cloudfront", "GetCachePolicy", Id=identity)
            for identity in identities
        }
        return {key: read_policy(answer["CachePolicy"]["CachePolicyConfig"]) for key, answer in answers.items()}


def create(context: LocalContext, emulator: AsgiApp, load_balancer: LoadBalancerUrl) -> Distributions:
    """CloudFront, ready to be plugged in."""
    return Distributions(context, emulator, load_balancer)


def invalidated(body: bytes) -> Iterator[str]:
    """The paths of an ``InvalidationBatch``; none where it is no XML, which MiniStack has refused already."""
    try:
        document = fromstring(body)  # noqa: S314 - a client of this machine, and expat expands no external entity
    except ParseError:
        return
    for element in document.iter():
        if element.tag.rpartition("}")[2] == "Path" and element.text:
            yield element.text
