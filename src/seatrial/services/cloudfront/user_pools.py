"""The names of user pools: where people sign in, and whom tokens name as their issuer.

Source: Cognito developer guide, "Using the Amazon Cognito prefix domain" and "Understanding user pool JSON web tokens":
``PREFIX.auth.REGION.amazoncognito.com``, and ``https://cognito-idp.REGION.amazonaws.com/POOL``. A custom domain of a
user pool is not among them.
"""

from collections.abc import AsyncIterator, Iterable, Mapping
from typing import Any, Final

from seatrial.core.internal import Aws

CHANGES: Final = frozenset({"CreateUserPool", "DeleteUserPool", "CreateUserPoolDomain", "DeleteUserPoolDomain"})
"""The calls that change a name."""

_PAGE: Final = 60


async def read_names(aws: Aws, regions: Iterable[str]) -> frozenset[str]:
    """The names of every user pool in these regions."""
    names: set[str] = set()
    for region in regions:
        async for pool in _pools(aws, region):
            names |= names_of(pool, region)
    return frozenset(names)


def names_of(pool: Mapping[str, Any], region: str) -> set[str]:
    """The names of one, from its ``UserPoolType``."""
    issuer = f"cognito-idp.{region}.amazonaws.com"
    prefix = pool.get("Domain")
    return {issuer, f"{prefix}.auth.{region}.amazoncognito.com"} if prefix else {issuer}


async def _pools(aws: Aws, region: str) -> AsyncIterator[Mapping[str, Any]]:
    more: dict[str, str] = {}
    while True:
        listed = await aws.call("cognito-idp", "ListUserPools", region=region, MaxResults=_PAGE, **more)
        for item in listed.get("UserPools", ()):
            told = await aws.call("cognito-idp", "DescribeUserPool", region=region, UserPoolId=item["Id"])
            yield told["UserPool"]
        if not listed.get("NextToken"):
            return
        more = {"NextToken": listed["NextToken"]}
