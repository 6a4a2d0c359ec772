"""What AWS lets anybody ask without a signature: taken from its own models, as botocore carries them."""

import re
from functools import cache
from urllib.parse import parse_qsl

from seatrial.core.incoming import Incoming
from seatrial.core.wire.modelled import service_model

SERVICES = ("cognito-idp", "cognito-identity")
"""Services here that have operations without authentication, but for STS.

STS has two, which trade a foreign identity provider's word for credentials. No provider can be asked from here, so that
anybody's word would do: they are refused as AWS refuses those of a provider it does not know (``guard.py``).
"""

TRADES = frozenset({"AssumeRoleWithSAML", "AssumeRoleWithWebIdentity"})
"""The two of STS."""

_USER_POOLS_PAGES = {
    "/oauth2/authorize": {"GET"},
    "/oauth2/token": {"POST"},
    "/oauth2/userInfo": {"GET", "POST"},
    "/oauth2/userinfo": {"GET", "POST"},
    "/oauth2/login": {"POST"},
    "/login": {"POST"},
    "/logout": {"GET"},
}
"""Of a user pool's domain (Cognito developer guide, "User pool endpoints and managed login reference")."""

_DOCUMENTS = re.compile(r"/[a-z]{2}(-[a-z]+)+-\d_[0-9A-Za-z]+/\.well-known/(jwks\.json|openid-configuration)")
"""A user pool's public keys and configuration; no bucket can have such a name."""

_READ = {"GET", "HEAD"}


def needs_no_signature(request: Incoming) -> bool:
    """Whether AWS answers this without knowing who asks."""
    return is_user_pools_page(request) or operation(request) in _targets()


def is_user_pools_page(request: Incoming) -> bool:
    """Whether a browser is meant to ask: the pages and documents of a user pool."""
    if request.target or _names_a_service(request):
        return False
    if request.method in _READ and _DOCUMENTS.fullmatch(request.path):
        return True
    return request.method in _USER_POOLS_PAGES.get(request.path, ())


def is_cognitos(target: str) -> bool:
    """Whether a call by JSON is one that browsers make without a signature."""
    return target in _targets()


def trades_identity(request: Incoming, body: bytes) -> bool:
    """Whether it is one of STS's two."""
    if request.target:
        return request.target.rpartition(".")[2] in TRADES
    form = dict(parse_qsl(body.decode("utf-8", "replace"))) if request.is_form else {}
    return form.get("Action", request.query.get("Action")) in TRADES


def operation(request: Incoming) -> str:
    """The operation with its service's prefix; only of a call as AWS's JSON protocol has it, which has no query."""
    plain = request.method == "POST" and request.path == "/" and not request.pairs and not _names_a_service(request)
    return request.target if plain else ""


def _names_a_service(request: Incoming) -> bool:
    """Whether it says whose call it is, as the query protocol, CBOR or a signature do.

    It would be answered by that service, whatever its path: a user pool's path would be a way around the signature.
    """
    by_query = any(name == "Action" or name.lower().startswith("x-amz-") for name in request.query)
    by_signature = "credential=" in request.headers.get("authorization", "").lower()
    return by_query or by_signature or "smithy-protocol" in request.headers


@cache
def _targets() -> frozenset[str]:
    """Such as ``AWSCognitoIdentityProviderService.SignUp``."""
    return frozenset(
        f"{model.metadata['targetPrefix']}.{name}"
        for model in map(service_model, SERVICES)
        for name in model.operation_names
        if model.operation_model(name).auth_type == "none"
    )
