"""Cognito's discovery: the answer names what AWS names, to whom asks by a name of AWS's.

Source: Cognito developer guide, "User pool endpoints and managed login reference".
"""

from dataclasses import replace
from typing import Any

from seatrial.core.context import ServiceContext
from seatrial.core.service import AwsRequest, AwsResponse
from tests.seatrial.unit.corrections.cases import FakeAws, correction_of

POOL = "eu-central-1_Ab1"
ISSUER = f"https://cognito-idp.eu-central-1.amazonaws.com/{POOL}"
DOMAIN = "https://shop.auth.eu-central-1.amazoncognito.com"
ASKED = AwsRequest("GET", f"/{POOL}/.well-known/openid-configuration")
ANSWERED = AwsResponse.of_json(
    {
        "issuer": ISSUER,
        "jwks_uri": f"https://whoever.asked/{POOL}/.well-known/jwks.json",
        "authorization_endpoint": "https://whoever.asked/oauth2/authorize",
        "token_endpoint": "https://whoever.asked/oauth2/token",
        "userinfo_endpoint": "https://whoever.asked/oauth2/userInfo",
        "end_session_endpoint": "https://whoever.asked/logout",
    }
)


async def told(where: ServiceContext, host: str) -> dict[str, Any]:
    correction = correction_of(where, "names_in_discovery")
    asked = replace(ASKED, headers={"host": host})
    assert correction.applies(asked)
    assert correction.follow is not None
    return (await correction.follow(asked, ANSWERED)).json()


async def test_keys_are_below_the_issuer_and_pages_at_the_domain(where: ServiceContext, aws: FakeAws) -> None:
    aws.answers = {"DescribeUserPool": {"UserPool": {"Domain": "shop"}}}
    assert await told(where, "cognito-idp.eu-central-1.amazonaws.com") == {
        "issuer": ISSUER,
        "jwks_uri": f"{ISSUER}/.well-known/jwks.json",
        "authorization_endpoint": f"{DOMAIN}/oauth2/authorize",
        "token_endpoint": f"{DOMAIN}/oauth2/token",
        "userinfo_endpoint": f"{DOMAIN}/oauth2/userInfo",
        "end_session_endpoint": f"{DOMAIN}/logout",
    }


async def test_a_user_pool_without_a_domain_has_no_pages(where: ServiceContext, aws: FakeAws) -> None:
    aws.answers = {"DescribeUserPool": {"UserPool": {}}}
    found = await told(where, "cognito-idp.eu-central-1.amazonaws.com")
    assert set(found) == {"issuer", "jwks_uri"}


async def test_who_asks_by_an_address_gets_what_it_can_reach(where: ServiceContext) -> None:
    assert await told(where, "127.0.0.1:4566") == ANSWERED.json()
