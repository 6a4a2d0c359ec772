"""Cognito's access tokens: who shows one must have got it here."""

import json
from base64 import urlsafe_b64decode
from typing import Any, Final

import httpx
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.padding import PKCS1v15
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicNumbers
from cryptography.hazmat.primitives.hashes import SHA256

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.cognito import to_browsers
from seatrial.ministack.corrections.correction import Addition

_CALLS: Final = frozenset(
    {
        "AssociateSoftwareToken",
        "ChangePassword",
        "DeleteUser",
        "DeleteUserAttributes",
        "GetUser",
        "GetUserAttributeVerificationCode",
        "GlobalSignOut",
        "SetUserMFAPreference",
        "UpdateUserAttributes",
        "VerifySoftwareToken",
        "VerifyUserAttribute",
    }
)
_TARGET: Final = "AWSCognitoIdentityProviderService."

Keys = dict[str, Any]


def tokens_with_a_valid_signature(context: ServiceContext) -> Addition:
    """An access token counts only with the signature of its user pool, and only until it expires.

    AWS: ``NotAuthorizedException``, "Could not verify signature for Access Token" or "Access Token has expired"
    (Cognito API reference, ``GetUser``). MiniStack takes the user from any token, so that a caller could be any
    user.
    """

    async def answer(request: AwsRequest) -> AwsResponse:
        try:
            return to_browsers(AwsResponse.of_json(await _done(context, request)))
        except AwsCallError as error:
            return to_browsers(AwsResponse.json_error(error.code, error.message, error.status))

    return Addition(_shows_token, answer)


def verified(token: str, keys: Keys) -> bool:
    """Whether one of a pool's keys (RFC 7517) has signed a token (RFC 7519, RS256)."""
    signed, _, signature = token.rpartition(".")
    header = _part(token, 0)
    key = next((each for each in keys.get("keys", ()) if each.get("kid") == header.get("kid")), None)
    if key is None or header.get("alg") != "RS256":
        return False
    public = RSAPublicNumbers(e=_number(key["e"]), n=_number(key["n"])).public_key()
    try:
        public.verify(_decoded(signature), signed.encode(), PKCS1v15(), SHA256())
    except (InvalidSignature, ValueError):
        return False
    return True


def _shows_token(request: AwsRequest) -> bool:
    target = request.headers.get("x-amz-target", "")
    return not request.in_process and target.startswith(_TARGET) and request.operation in _CALLS


async def _done(context: ServiceContext, request: AwsRequest) -> dict[str, Any]:
    asked = request.json()
    if token := asked.get("AccessToken"):
        await _verify(context, str(token))
    done = await context.aws.call("cognito-idp", request.operation, region=request.region, **asked)
    return {name: value for name, value in done.items() if name != "ResponseMetadata"}


async def _verify(context: ServiceContext, token: str) -> None:
    claims = _part(token, 1)
    pool = str(claims.get("iss", "")).rpartition("/")[2]
    if claims.get("token_use") != "access" or not pool.replace("_", "").replace("-", "").isalnum():
        raise AwsCallError("NotAuthorizedException", "Invalid Access Token")
    async with httpx.AsyncClient(trust_env=False) as client:
        found = await client.get(f"{context.settings.endpoint}/{pool}/.well-known/jwks.json")
    if not found.is_success or not verified(token, found.json()):
        raise AwsCallError("NotAuthorizedException", "Could not verify signature for Access Token")
    if not isinstance(claims.get("exp"), int) or claims["exp"] <= context.clock.now().timestamp():
        raise AwsCallError("NotAuthorizedException", "Access Token has expired")


def _part(token: str, index: int) -> dict[str, Any]:
    """A part of a token; empty where it is none."""
    try:
        read = json.loads(_decoded(token.split(".")[index]))
    except (ValueError, IndexError):
        return {}
    return read if isinstance(read, dict) else {}


def _decoded(text: str) -> bytes:
    return urlsafe_b64decode(text + "=" * (-len(text) % 4))


def _number(text: str) -> int:
    return int.from_bytes(_decoded(text), "big")
