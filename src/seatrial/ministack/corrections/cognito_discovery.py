"""Cognito's OpenID Connect discovery: where a user pool's pages and keys are."""

import re
from dataclasses import replace
from typing import Any, Final

from seatrial.core.context import ServiceContext
from seatrial.core.incoming import name_of
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Correction, succeeded

_DOCUMENT: Final = re.compile(r"/(?P<pool>[\w-]+_[0-9A-Za-z]+)/\.well-known/openid-configuration")
_ISSUER: Final = re.compile(r"cognito-idp\.(?P<region>[a-z0-9-]+)\.amazonaws\.com")
_PAGES: Final = {
    "authorization_endpoint": "/oauth2/authorize",
    "token_endpoint": "/oauth2/token",
    "userinfo_endpoint": "/oauth2/userInfo",
    "end_session_endpoint": "/logout",
}


def names_in_discovery(context: ServiceContext) -> Correction:
    """Keys are below the issuer, pages at the user pool's domain.

    AWS: ``jwks_uri`` is ``ISSUER/.well-known/jwks.json``, and the endpoints are those of the domain (Cognito developer
    guide, "User pool endpoints and managed login reference"). MiniStack names whatever host was asked. Who asks by an
    address of this machine gets that, for it may not reach the names.
    """

    async def follow(request: AwsRequest, response: AwsResponse) -> AwsResponse:
        issuer = _ISSUER.fullmatch(_host(request))
        if not succeeded(response) or issuer is None:
            return response
        pool = request.path.split("/")[1]
        domain = await _domain(context, pool, issuer["region"])
        return replace(response, body=AwsResponse.of_json(named(response.json(), domain)).body)

    return Correction(_asks_for_it, follow=follow)


def named(document: dict[str, Any], domain: str) -> dict[str, Any]:
    """The document with AWS's names; without the pages where the user pool has no domain."""
    kept = {name: value for name, value in document.items() if name not in _PAGES}
    pages = {name: f"https://{domain}{path}" for name, path in _PAGES.items()} if domain else {}
    return {**kept, "jwks_uri": f"{document['issuer']}/.well-known/jwks.json", **pages}


def _asks_for_it(request: AwsRequest) -> bool:
    return request.method == "GET" and bool(_DOCUMENT.fullmatch(request.path))


def _host(request: AwsRequest) -> str:
    return name_of(request.headers.get("host", ""))


async def _domain(context: ServiceContext, pool: str, region: str) -> str:
    try:
        told = await context.aws.call("cognito-idp", "DescribeUserPool", region=region, UserPoolId=pool)
    except AwsCallError:
        return ""
    prefix = told["UserPool"].get("Domain")
    return f"{prefix}.auth.{region}.amazoncognito.com" if prefix else ""
