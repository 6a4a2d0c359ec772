"""What ECR's own API says about images: sizes as ECR counts them, and blobs removed with the last image."""

import asyncio
import contextlib
from dataclasses import replace
from typing import Any

from seatrial.core.context import ServiceContext
from seatrial.core.damage import is_aside
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.registry.app import Registry
from seatrial.services.registry.blobs import BlobStore
from seatrial.services.registry.housekeeping import Housekeeping
from seatrial.services.registry.login import Logins
from seatrial.services.registry.manifests import Manifest, parse_manifest
from seatrial.services.registry.pending_blobs import PendingBlobs
from seatrial.services.registry.repositories import Repositories

_WATCHED = {"BatchDeleteImage", "CreateRepository", "DeleteRepository", "DescribeImages", "GetAuthorizationToken"}


class EcrWatcher(OwnService):
    """Follows ECR's API beside MiniStack. ``app`` is the registry's data plane.

    Args:
        context: what the embedded AWS gives each service.
        secret: the secret of the instance, by which logins are known.
    """

    def __init__(self, context: ServiceContext, secret: str) -> None:
        self._aws = context.aws
        self._logins = Logins(secret, lambda: context.clock.now().timestamp())
        self._blobs = BlobStore(context.settings.directory / "registry")
        self._repositories = Repositories(context)
        self._pending_blobs = PendingBlobs(context.clock)
        engine = context.engine.api if context.engine else None
        self._housekeeping = Housekeeping(self._repositories, context.clock, engine, context.settings.registry)
        self._rounds: asyncio.Task[None] | None = None
        self._state = context.settings.directory / "ministack" / "ecr.json"
        self.app = Registry(
            context.settings.account_id,
            self._blobs,
            self._repositories,
            pending_blobs=self._pending_blobs,
            logins=self._logins,
        )

    def observes(self, request: AwsRequest) -> bool:
        """See ``OwnService.observes``."""
        return request.service == "ecr" and request.operation in _WATCHED

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        """See ``OwnService.amend_response``."""
        if response.status != 200:  # noqa: PLR2004 - HTTP
            return response
        name = request.json().get("repositoryName", "")
        match request.operation:
            case "CreateRepository":
                self._repositories.created(name, request.region)
            case "DeleteRepository":
                self._repositories.deleted(name, request.region)
                await self.remove_unreferenced()
            case "BatchDeleteImage":
                await self.remove_unreferenced()
            case "GetAuthorizationToken":
                return self._with_login(response)
            case "DescribeImages":
                return await self._with_sizes(request, response)
        return response

    async def start(self) -> None:
        """Remove what an interrupted push left behind, and begin to keep images within their bounds."""
        self._blobs.prepare()
        await self.remove_unreferenced()
        self._rounds = asyncio.create_task(self._housekeeping.rounds())

    async def stop(self) -> None:
        """See ``OwnService.stop``."""
        if self._rounds:
            self._rounds.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._rounds

    async def remove_unreferenced(self) -> None:
        """Remove every blob that no manifest refers to, but for those of a push that is under way."""
        if is_aside(self._state):
            return  # The manifests are in a damaged file, which somebody may mend.
        manifests = [parse_manifest(manifest.content) for manifest in await self._repositories.manifests()]
        referenced = {digest for manifest in manifests for digest in manifest.blobs}
        for digest in self._blobs.digests() - referenced - self._pending_blobs.outstanding():
            self._blobs.remove(digest)

    def _with_login(self, response: AwsResponse) -> AwsResponse:
        answer = response.json()
        for data in answer["authorizationData"]:
            data["authorizationToken"], data["expiresAt"] = self._logins.issue()
        return replace(response, body=AwsResponse.of_json(answer).body)

    async def _with_sizes(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:
        answer = response.json()
        details = answer["imageDetails"]
        manifests = await self._manifests(request, {detail["imageDigest"] for detail in details})
        children = {child for manifest in manifests.values() for child in manifest.manifests}
        manifests |= await self._manifests(request, children - set(manifests))
        for detail in details:
            detail["imageSizeInBytes"] = _size(detail["imageDigest"], manifests)
        return replace(response, body=AwsResponse.of_json(answer).body)

    async def _manifests(self, request: AwsRequest, digests: set[str]) -> dict[str, Manifest]:
        name = request.json()["repositoryName"]
        found: dict[str, Manifest] = {}
        ordered = sorted(digests)
        for start in range(0, len(ordered), 100):  # BatchGetImage takes a hundred
            wanted = [{"imageDigest": digest} for digest in ordered[start : start + 100]]
            answer: dict[str, Any] = await self._aws.call(
                "ecr", "BatchGetImage", region=request.region, repositoryName=name, imageIds=wanted
            )
            for image in answer["images"]:
                found[image["imageId"]["imageDigest"]] = parse_manifest(image["imageManifest"])
        return found


def _size(digest: str, manifests: dict[str, Manifest]) -> int:
    """ECR: an image's layers; for an index the largest of its images (API reference, ``ImageDetail``)."""
    manifest = manifests.get(digest, Manifest({}, ()))
    return max([manifest.size, *(manifests[child].size for child in manifest.manifests if child in manifests)])
