"""The load balancer speaks with the identity provider, and vouches for what it was told.

Loaded when somebody first signs in: most load balancers never need it.
"""

import json
import logging
from base64 import urlsafe_b64encode
from collections.abc import Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any, Final
from uuid import UUID

import httpx
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat, load_pem_private_key

from seatrial.services.elb.data.sign_in import Session
from seatrial.services.elb.model import SignIn

CLAIMS_SECONDS: Final = 120
"""How long a target may take what it was told for true."""

_TIMEOUT: Final = 10.0
_log = logging.getLogger("seatrial")


async def redeem(action: SignIn, code: str, callback: str, now: float) -> Session | None:
    """Who comes with this code; None where it is none, or the identity provider does not answer.

    Args:
        action: whose client the code is for.
        code: the code of the identity provider.
        callback: where it sent them back to.
        now: seconds since 1970.
    """
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": callback, "client_id": action.client_id}
    proof = httpx.BasicAuth(action.client_id, action.client_secret) if action.client_secret else httpx.Auth()
    async with httpx.AsyncClient(timeout=_TIMEOUT, trust_env=False) as client:
        try:
            tokens = _of(await client.post(action.token_endpoint, data=form, auth=proof))
            access = str(tokens.get("access_token", ""))
            claims = _of(await client.get(action.user_info_endpoint, headers={"Authorization": f"Bearer {access}"}))
        except httpx.HTTPError as error:
            _log.info("The identity provider did not answer: %s", error)
            return None
    if "sub" not in claims:
        return None
    return Session(action.client_id, claims, access, now + action.session_seconds)


def signed_claims(action: SignIn, session: Session, signer: str, now: float) -> dict[str, str]:
    """``x-amzn-oidc-…``: what a target is told of who asks.

    Args:
        action: whose key signs.
        session: the session of the person who asks.
        signer: the load balancer's ARN.
        now: seconds since 1970.
    """
    return {
        "x-amzn-oidc-accesstoken": session.access_token,
        "x-amzn-oidc-identity": str(session.claims["sub"]),
        "x-amzn-oidc-data": _token(action, session, signer, int(now) + CLAIMS_SECONDS),
    }


@lru_cache(maxsize=4)
def public_key(pem: bytes) -> tuple[str, bytes]:
    """The key id of a private key, and the page on which AWS would show its public key."""
    shown = _key(pem).public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
    return str(UUID(bytes=sha256(shown).digest()[:16])), shown


def _token(action: SignIn, session: Session, signer: str, until: int) -> str:
    """A JSON web token as an ALB makes it: ES256, its parts padded, which RFC 7515 would not have."""
    head = {
        "typ": "JWT",
        "kid": public_key(action.key)[0],
        "alg": "ES256",
        "iss": action.issuer,
        "client": action.client_id,
        "signer": signer,
        "exp": until,
    }
    signed = f"{_part(head)}.{_part({**session.claims, 'exp': until, 'iss': action.issuer})}"
    first, second = decode_dss_signature(_key(action.key).sign(signed.encode(), ECDSA(SHA256())))
    return f"{signed}.{urlsafe_b64encode(first.to_bytes(32) + second.to_bytes(32)).decode()}"


def _part(content: Mapping[str, Any]) -> str:
    return urlsafe_b64encode(json.dumps(content, separators=(",", ":")).encode()).decode()


@lru_cache(maxsize=4)
def _key(pem: bytes) -> EllipticCurvePrivateKey:
    key = load_pem_private_key(pem, None)
    assert isinstance(key, EllipticCurvePrivateKey)  # noqa: S101 - we have made it
    return key


def _of(answer: httpx.Response) -> dict[str, Any]:
    """The document of an answer; empty where it is none, or an error."""
    try:
        found = answer.json() if answer.is_success else {}
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}
