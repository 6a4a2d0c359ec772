"""ECR seen from the registry: repositories and manifests, through ECR's own API."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError

_REGION_OF = "registry.region"
"""Kind in the store: the region of a repository by its name.

ECR's address names the region; this one cannot, so a name means the repository that was made last.
"""

_AT_ONCE: Final = 100
"""Images that ``BatchDeleteImage`` takes (ECR API reference)."""


@dataclass(frozen=True)
class StoredManifest:
    """A manifest as it was pushed."""

    digest: str
    media_type: str
    content: bytes


class Repositories:
    """What the registry asks ECR."""

    def __init__(self, context: ServiceContext) -> None:
        self._aws = context.aws
        self._store = context.store
        self._region = context.settings.region

    async def exists(self, name: str) -> bool:
        """Whether there is a repository of this name."""
        try:
            await self._call("DescribeRepositories", name, repositoryNames=[name])
        except AwsCallError as error:
            if error.code == "RepositoryNotFoundException":
                return False
            raise
        return True

    async def manifest(self, name: str, reference: str) -> StoredManifest | None:
        """The manifest of a tag or digest."""
        key = "imageDigest" if reference.startswith("sha256:") else "imageTag"
        found = await self._call("BatchGetImage", name, repositoryName=name, imageIds=[{key: reference}])
        for image in found.get("images", ()):
            content = image["imageManifest"].encode()
            return StoredManifest(image["imageId"]["imageDigest"], image["imageManifestMediaType"], content)
        return None

    async def put(self, name: str, tag: str | None, manifest: StoredManifest) -> None:
        """Store a manifest.

        Raises:
            AwsCallError: ``ImageTagAlreadyExistsException`` where the repository's tags are immutable.
        """
        tagged = {"imageTag": tag} if tag else {}
        await self._call(
            "PutImage",
            name,
            repositoryName=name,
            imageManifest=manifest.content.decode(),
            imageManifestMediaType=manifest.media_type,
            imageDigest=manifest.digest,
            **tagged,
        )

    async def tags(self, name: str) -> list[str]:
        """Every tag, sorted."""
        described = await self._call("DescribeImages", name, repositoryName=name)
        return sorted(tag for image in described["imageDetails"] for tag in image.get("imageTags", ()))

    def names(self) -> list[str]:
        """Every repository."""
        return sorted(self._store.all(_REGION_OF))

    async def policy(self, name: str) -> str:
        """A repository's lifecycle policy, in JSON; empty where it has none, or there is no such repository."""
        try:
            found = await self._call("GetLifecyclePolicy", name, repositoryName=name)
        except AwsCallError as error:
            if error.code in {"LifecyclePolicyNotFoundException", "RepositoryNotFoundException"}:
                return ""
            raise
        return str(found["lifecyclePolicyText"])

    async def images(self, name: str) -> list[dict[str, Any]]:
        """Every image, as ``DescribeImages`` tells it."""
        return list((await self._call("DescribeImages", name, repositoryName=name))["imageDetails"])

    async def delete(self, name: str, digests: Sequence[str]) -> None:
        """Delete images, with all their tags."""
        for start in range(0, len(digests), _AT_ONCE):
            wanted = [{"imageDigest": digest} for digest in digests[start : start + _AT_ONCE]]
            await self._call("BatchDeleteImage", name, repositoryName=name, imageIds=wanted)

    async def manifests(self) -> list[StoredManifest]:
        """Every manifest of every repository of the account."""
        found = []
        for name in self._store.all(_REGION_OF):
            if not await self.exists(name):
                continue  # ECR's own state was damaged, and somebody chose to do without it.
            described = await self._call("DescribeImages", name, repositoryName=name)
            stored = [await self.manifest(name, image["imageDigest"]) for image in described["imageDetails"]]
            found += [manifest for manifest in stored if manifest]
        return found

    def created(self, name: str, region: str) -> None:
        """A repository was made."""
        self._store.put(_REGION_OF, name, region)

    def deleted(self, name: str, region: str) -> None:
        """A repository was deleted."""
        if self._store.get(_REGION_OF, name) == region:
            self._store.delete(_REGION_OF, name)

    async def _call(self, operation: str, name: str, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's parameters
        region = self._store.get(_REGION_OF, name) or self._region
        return await self._aws.call("ecr", operation, region=region, **params)
