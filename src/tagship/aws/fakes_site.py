"""S3 and CloudFront in memory; as ``aws/fakes.py``."""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, field

from tagship.aws.s3 import Headers, StoredObject
from tagship.base.errors import AwsConflict, AwsNotFound
from tagship.base.fakes import Hooked


@dataclass
class FakeS3(Hooked):
    """Objects by bucket and key, with the ETags that conditional puts compare."""

    objects: dict[tuple[str, str], bytes] = field(default_factory=dict)
    headers: dict[tuple[str, str], Headers] = field(default_factory=dict)
    written: list[str] = field(default_factory=list)
    """The keys of ``put``, ``copy`` and ``delete``, in their order."""

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """See ``S3.get``."""
        body = self.objects.get((bucket, key))
        return None if body is None else StoredObject(body, _etag(body))

    def put_new(self, bucket: str, key: str, body: bytes) -> str:
        """See ``S3.put_new``."""
        if (bucket, key) in self.objects:
            raise AwsConflict(f"`{key}` exists.", code="PreconditionFailed")
        self.objects[bucket, key] = body
        return _etag(body)

    def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:
        """See ``S3.put_over``."""
        if (bucket, key) not in self.objects or _etag(self.objects[bucket, key]) != etag:
            raise AwsConflict(f"`{key}` has changed.", code="PreconditionFailed")
        self.objects[bucket, key] = body
        return _etag(body)

    def put(self, bucket: str, key: str, body: bytes, headers: Headers) -> None:
        """See ``S3.put``."""
        self.written.append(key)
        self.objects[bucket, key] = body
        self.headers[bucket, key] = headers

    def copy(self, bucket: str, source: str, target: str, headers: Headers) -> None:
        """See ``S3.copy``."""
        if (bucket, source) not in self.objects:
            raise AwsNotFound(f"There is no `{source}`.", code="NoSuchKey")
        self.put(bucket, target, self.objects[bucket, source], headers)

    def delete(self, bucket: str, keys: Sequence[str]) -> None:
        """See ``S3.delete``."""
        for key in keys:
            self.written.append(key)
            self.objects.pop((bucket, key), None)

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """See ``S3.keys``."""
        return sorted(key for name, key in self.objects if name == bucket and key.startswith(prefix))

    def etags(self, bucket: str, prefix: str) -> dict[str, str]:
        """See ``S3.etags``."""
        return {key: _etag(self.objects[bucket, key]).strip('"') for key in self.keys(bucket, prefix)}


@dataclass
class FakeCloudFront(Hooked):
    """One distribution. ``slow`` is how many looks it takes until something is done."""

    slow: int = 0
    broken: bool = False
    """Whether it refuses invalidations."""
    invalidations: list[tuple[str, ...]] = field(default_factory=list)
    _looks: dict[str, int] = field(default_factory=dict)

    def deployed(self, distribution: str) -> bool:
        """See ``AwsCloudFront.deployed``."""
        return self._looked(distribution)

    def invalidate(self, distribution: str, paths: tuple[str, ...], reference: str) -> str:  # noqa: ARG002 - one
        """See ``AwsCloudFront.invalidate``."""
        if self.broken:
            raise AwsConflict("Too many invalidations are in progress.", code="TooManyInvalidationsInProgress")
        self.invalidations.append(paths)
        return reference

    def invalidated(self, distribution: str, invalidation: str) -> bool:  # noqa: ARG002 - one distribution
        """See ``AwsCloudFront.invalidated``."""
        return self._looked(invalidation)

    def _looked(self, thing: str) -> bool:
        self._looks[thing] = self._looks.get(thing, 0) + 1
        return self._looks[thing] > self.slow


def _etag(body: bytes) -> str:
    """As S3's of an object that was put in one piece: its MD5 in quotation marks."""
    return f'"{hashlib.md5(body, usedforsecurity=False).hexdigest()}"'
