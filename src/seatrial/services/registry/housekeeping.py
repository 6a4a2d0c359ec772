"""Once an hour, and at the start: images that are too many go, from the registry and from Docker.

ECR applies a lifecycle policy within a day (ECR user guide, "Automate the cleanup of images by using lifecycle
policies"); here within an hour, for disks of laptops are small.
"""

import asyncio
import json
import logging
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Any, Final

from seatrial.core.engine import ENGINE_ERRORS
from seatrial.core.internal import AwsCallError
from seatrial.ground.clock import Clock
from seatrial.services.registry.lifecycle import StoredImage, expired
from seatrial.services.registry.manifests import parse_manifest
from seatrial.services.registry.pulled import Engine, remove_surplus
from seatrial.services.registry.repositories import Repositories

INTERVAL: Final = 3600.0
"""Seconds from one round to the next."""

_log = logging.getLogger("seatrial")


class Housekeeping:
    """Keeps images within their bounds.

    Args:
        repositories: the repositories of the registry.
        clock: tells how old an image is.
        engine: Docker; None where no engine answers.
        registry: ``HOST:PORT`` of this embedded AWS.
    """

    def __init__(self, repositories: Repositories, clock: Clock, engine: Engine | None, registry: str) -> None:
        self._repositories, self._clock = repositories, clock
        self._engine, self._registry = engine, registry

    async def rounds(self) -> None:
        """For ever; a round that fails is told to the log, and the next one comes all the same."""
        while True:
            try:
                await self.one_round()
            except (AwsCallError, *ENGINE_ERRORS) as error:
                _log.info("A round of housekeeping ended early: %s", error)
            except Exception:  # noqa: BLE001 - the next round is to come all the same
                _log.exception("A round of housekeeping failed")
            await asyncio.sleep(INTERVAL)

    async def one_round(self) -> None:
        """Look through every repository, and through Docker's copies."""
        for name in self._repositories.names():
            if text := await self._repositories.policy(name):
                images = await self._repositories.images(name)
                gone = expired(json.loads(text), [_stored(image) for image in images], self._clock.now())
                # An image that an index refers to goes after the index (the same page).
                await self._repositories.delete(name, sorted(gone - await self._referred_to(name, images)))
        if self._engine is not None:
            await asyncio.to_thread(remove_surplus, self._engine, self._registry)

    async def _referred_to(self, name: str, images: Sequence[Mapping[str, Any]]) -> set[str]:
        indexes = [image["imageDigest"] for image in images if _is_index(image)]
        manifests = [await self._repositories.manifest(name, digest) for digest in indexes]
        return {child for each in manifests if each for child in parse_manifest(each.content).manifests}


def _stored(image: Mapping[str, Any]) -> StoredImage:
    return StoredImage(image["imageDigest"], frozenset(image.get("imageTags", ())), _time(image["imagePushedAt"]))


def _is_index(image: Mapping[str, Any]) -> bool:
    return any(word in image.get("imageManifestMediaType", "") for word in (".index.", ".list."))


def _time(value: datetime | float) -> datetime:
    return value if isinstance(value, datetime) else datetime.fromtimestamp(value, UTC)
