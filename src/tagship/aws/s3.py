"""The door to S3: small objects, conditional puts, the files of a site, and an environment's bucket."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsError, AwsNotFound

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_s3 import S3Client


@dataclass(frozen=True)
class StoredObject:
    """An object's content, and the ETag that a conditional put compares.

    ``modified`` is when S3 took it, ``answered`` when S3 gave it, both by S3's own clock and to the second;
    None where it does not say.
    """

    body: bytes
    etag: str
    modified: datetime | None = None
    answered: datetime | None = None


@dataclass(frozen=True)
class Headers:
    """What S3 answers with an object, and what every cache on the way obeys."""

    content_type: str
    cache_control: str


_MOST_DELETED = 1000
"""Keys that one DeleteObjects takes."""


class S3:
    """Objects of buckets."""

    def __init__(self, aws: Aws) -> None:
        self._client = cast("S3Client", aws.client("s3"))
        self._region = aws.access.region

    def get(self, bucket: str, key: str) -> StoredObject | None:
        """An object, or None where there is none.

        Raises:
            AwsNotFound: there is no such bucket.
        """
        try:
            with translated():
                answer = self._client.get_object(Bucket=bucket, Key=key)
                body = answer["Body"].read()
                return StoredObject(body, answer["ETag"], answer.get("LastModified"), _date(answer))
        except AwsNotFound as error:
            if error.code == "NoSuchBucket":
                raise
            return None

    def put_new(self, bucket: str, key: str, body: bytes) -> str:
        """Create an object that must not exist yet; returns its ETag.

        Raises:
            AwsConflict: it exists.
        """
        with translated():
            return self._client.put_object(
                Bucket=bucket, Key=key, Body=body, ContentType="application/json", IfNoneMatch="*"
            )["ETag"]

    def put_over(self, bucket: str, key: str, body: bytes, *, etag: str) -> str:
        """Replace an object that must still be the one with this ETag; returns the new ETag.

        Raises:
            AwsConflict: somebody has changed it.
        """
        with translated():
            return self._client.put_object(
                Bucket=bucket, Key=key, Body=body, ContentType="application/json", IfMatch=etag
            )["ETag"]

    def put(self, bucket: str, key: str, body: bytes, headers: Headers) -> None:
        """Create or replace an object, in one piece, so that its ETag is its MD5."""
        with translated():
            self._client.put_object(
                Bucket=bucket,
                Key=key,
                Body=body,
                ContentType=headers.content_type,
                CacheControl=headers.cache_control,
            )

    def copy(self, bucket: str, source: str, target: str, headers: Headers) -> None:
        """Copy an object within its bucket, under new headers; S3 copies up to 5 GB in one call.

        Raises:
            AwsNotFound: there is no such object.
        """
        with translated():
            self._client.copy_object(
                Bucket=bucket,
                Key=target,
                CopySource={"Bucket": bucket, "Key": source},
                MetadataDirective="REPLACE",
                ContentType=headers.content_type,
                CacheControl=headers.cache_control,
            )

    def delete(self, bucket: str, keys: Sequence[str]) -> None:
        """Delete objects; their older versions stay, where the bucket is versioned.

        Raises:
            AwsError: some of them were not deleted.
        """
        for start in range(0, len(keys), _MOST_DELETED):
            batch = keys[start : start + _MOST_DELETED]
            with translated():
                answer = self._client.delete_objects(
                    Bucket=bucket, Delete={"Objects": [{"Key": key} for key in batch], "Quiet": True}
                )
            _require_deleted(bucket, answer)

    def keys(self, bucket: str, prefix: str) -> list[str]:
        """The keys that begin so, ascending."""
        return list(self.etags(bucket, prefix))

    def etags(self, bucket: str, prefix: str) -> dict[str, str]:
        """The ETags, without quotation marks, of the keys that begin so, in their order."""
        with translated():
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix)
            return {entry["Key"]: entry["ETag"].strip('"') for page in pages for entry in page.get("Contents", [])}

    def bucket_exists(self, bucket: str) -> bool:
        """Whether there is such a bucket and we may look into it."""
        try:
            with translated():
                self._client.head_bucket(Bucket=bucket)
        except AwsNotFound:
            return False
        return True

    def ensure_bucket(self, bucket: str) -> bool:
        """Make a private, versioned, encrypted bucket where there is none; returns whether it was made."""
        made = not self.bucket_exists(bucket)
        with translated():
            if made:
                self._create(bucket)
            self._client.put_public_access_block(
                Bucket=bucket,
                PublicAccessBlockConfiguration={
                    "BlockPublicAcls": True,
                    "IgnorePublicAcls": True,
                    "BlockPublicPolicy": True,
                    "RestrictPublicBuckets": True,
                },
            )
            self._client.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Enabled"})
            self._client.put_bucket_encryption(
                Bucket=bucket,
                ServerSideEncryptionConfiguration={
                    "Rules": [{"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}}]
                },
            )
        return made

    def delete_bucket(self, bucket: str) -> None:
        """Delete a bucket with every version of every object; nothing happens where there is none."""
        if not self.bucket_exists(bucket):
            return
        self.empty(bucket)
        with translated():
            self._client.delete_bucket(Bucket=bucket)

    def empty(self, bucket: str) -> None:
        """Delete every version of every object; nothing happens where there is no such bucket.

        Raises:
            AwsError: some of them were not deleted.
        """
        if not self.bucket_exists(bucket):
            return
        with translated():
            for batch in self._versions(bucket):
                answer = self._client.delete_objects(
                    Bucket=bucket,
                    Delete={"Objects": [{"Key": key, "VersionId": version} for key, version in batch], "Quiet": True},
                )
                _require_deleted(bucket, answer)

    def holds_anything(self, bucket: str) -> bool:
        """Whether any version of any object lies in it; nothing does where there is no such bucket."""
        try:
            with translated():
                found = self._client.list_object_versions(Bucket=bucket, MaxKeys=1)
        except AwsNotFound:
            return False
        return bool(found.get("Versions") or found.get("DeleteMarkers"))

    def _create(self, bucket: str) -> None:
        if self._region == "us-east-1":  # the one region that may not be named (S3 API, CreateBucket)
            self._client.create_bucket(Bucket=bucket)
        else:
            self._client.create_bucket(
                Bucket=bucket,
                CreateBucketConfiguration={"LocationConstraint": self._region},  # type: ignore[typeddict-item]
            )

    def _versions(self, bucket: str) -> Iterator[list[tuple[str, str]]]:
        """Pages of (key, version id), delete markers included; at most 1,000 a page, as DeleteObjects takes."""
        for page in self._client.get_paginator("list_object_versions").paginate(Bucket=bucket):
            entries = [*page.get("Versions", []), *page.get("DeleteMarkers", [])]
            if entries:
                yield [(entry["Key"], entry["VersionId"]) for entry in entries]


def _date(answer: Mapping[str, Any]) -> datetime | None:
    """S3's time, which it sends with every answer (RFC 9110, 6.6.1)."""
    sent = answer.get("ResponseMetadata", {}).get("HTTPHeaders", {}).get("date", "")
    try:
        return parsedate_to_datetime(sent)
    except ValueError:
        return None


def _require_deleted(bucket: str, answer: Mapping[str, Any]) -> None:
    """DeleteObjects is answered with 200 although some keys were not deleted, and lists those (S3 API)."""
    if not (errors := answer.get("Errors")):
        return
    first, code = errors[0], errors[0].get("Code", "")
    others = f", and {len(errors) - 1} more" if len(errors) > 1 else ""
    raise AwsError(
        f"S3 did not delete `{first.get('Key', '')}`{others} of `{bucket}`: {code}: {first.get('Message', '')}",
        code=code,
    )
