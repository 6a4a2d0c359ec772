"""What S3 tells a distribution of a file that is not there."""

import json
import re
from collections.abc import Awaitable, Callable
from typing import Any, Final

from seatrial.core.internal import Aws, AwsCallError
from seatrial.core.service import AwsResponse

Corrected = Callable[[AwsResponse], Awaitable[AwsResponse]]

_DENIED: Final = 403
_RESOURCE: Final = re.compile(rb"<Code>AccessDenied</Code>.*<Resource>/([^/<]+)/([^<]*)</Resource>", re.DOTALL)
_CLOUDFRONT: Final = "cloudfront.amazonaws.com"
_LIST: Final = frozenset({"s3:ListBucket", "s3:List*", "s3:*", "*"})


def not_found_where_it_may_be_told(aws: Aws) -> Corrected:
    """Answers 404 instead of 403 for a file that is not there, where the distribution may list the bucket.

    AWS: "If the object that you request doesn't exist, the error that Amazon S3 returns depends on whether you also
    have the s3:ListBucket permission": 404, or 403 without it (S3 API reference, GetObject). MiniStack says 403.
    """

    async def corrected(answer: AwsResponse) -> AwsResponse:
        named = _RESOURCE.search(answer.body) if answer.status == _DENIED else None
        if named is None:
            return answer
        bucket, key = named[1].decode(), named[2].decode()
        region = await _region(aws, bucket)
        if await _is_there(aws, bucket, key, region) or not await _may_list(aws, bucket, region):
            return answer
        body = answer.body.replace(b"AccessDenied", b"NoSuchKey").replace(
            b"Access Denied", b"The specified key does not exist."
        )
        return AwsResponse(404, answer.headers, body)

    return corrected


async def _region(aws: Aws, bucket: str) -> str | None:
    """A bucket answers in its own region only."""
    buckets = (await aws.call("s3", "ListBuckets")).get("Buckets", [])
    return next((found["BucketRegion"] for found in buckets if found["Name"] == bucket), None)


async def _is_there(aws: Aws, bucket: str, key: str, region: str | None) -> bool:
    try:
        await aws.call("s3", "HeadObject", region=region, Bucket=bucket, Key=key)
    except AwsCallError:
        return False
    return True


async def _may_list(aws: Aws, bucket: str, region: str | None) -> bool:
    try:
        answer = await aws.call("s3", "GetBucketPolicy", region=region, Bucket=bucket)
    except AwsCallError:
        return False
    policy: dict[str, Any] = json.loads(answer["Policy"])
    return any(_allows(statement) for statement in _several(policy.get("Statement")))


def _allows(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = _several(principal.get("Service")) if isinstance(principal, dict) else _several(principal)
    named = _CLOUDFRONT in services or "*" in services
    return statement.get("Effect") == "Allow" and named and bool(_LIST & set(_several(statement.get("Action"))))


def _several(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    """IAM writes one of something as itself, and several as a list."""
    if value is None:
        return []
    return value if isinstance(value, list) else [value]
