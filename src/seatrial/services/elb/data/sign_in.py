"""Signing in at the load balancer: who is known by which cookie, and what a target is told. Pure.

Source: user guide for Application Load Balancers, "Authenticate users using an Application Load Balancer".
AWS encrypts its session cookies; here they are signed, so that nobody can make one, and can be read by their owner.
"""

import hmac
import json
import zlib
from base64 import urlsafe_b64decode, urlsafe_b64encode
from binascii import Error
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final
from urllib.parse import parse_qsl, urlencode

from seatrial.services.elb.model import SignIn

CALLBACK: Final = b"/oauth2/idpresponse"
"""Where the identity provider sends people back to; the load balancer's own path, as on AWS."""

NONCE: Final = "AWSALBAuthNonce"
LOGIN_SECONDS: Final = 15 * 60
"""Seconds within which a person must have signed in ("client login timeout")."""

_SHARD: Final = 3900
"""Browsers keep cookies of up to 4 KB, so a longer one goes in parts."""
_OURS: Final = b"x-amzn-oidc-"

Headers = Sequence[tuple[bytes, bytes]]


@dataclass(frozen=True)
class Session:
    """Somebody who has signed in.

    Args:
        client: the id of the app client.
        claims: the claims from the user info endpoint.
        access_token: the access token as the identity provider gave it.
        until: when it ends, in seconds since 1970.
    """

    client: str
    claims: Mapping[str, Any]
    access_token: str
    until: float


@dataclass(frozen=True)
class LoginState:
    """What is remembered of a request while its sender signs in.

    Args:
        client: the id of the app client.
        url: where the person wanted to go.
        nonce: the nonce that the person's browser must know as well.
        until: when it is too late, in seconds since 1970.
    """

    client: str
    url: str
    nonce: str
    until: float


def session_of(action: SignIn, headers: Headers, now: float) -> Session | None:
    """Who asks; None where nobody has signed in, or it was too long ago."""
    found = _cookies(headers)
    parts: list[str] = []
    while (part := found.get(f"{action.cookie}-{len(parts)}")) is not None:
        parts.append(part)
    known = _opened("".join(parts), action.key)
    if known is None or known.get("client") != action.client_id or known.get("until", 0) <= now:
        return None
    return Session(**known)


def session_cookies(action: SignIn, session: Session, *, secure: bool) -> list[str]:
    """The values of ``Set-Cookie`` by which a browser is known from now on."""
    sealed = _sealed(asdict(session), action.key)
    expires = format_datetime(datetime.fromtimestamp(session.until, UTC), usegmt=True)
    parts = [sealed[start : start + _SHARD] for start in range(0, len(sealed), _SHARD)]
    return [_cookie(f"{action.cookie}-{number}", part, expires, secure=secure) for number, part in enumerate(parts)]


def nonce_cookie(nonce: str, now: float, *, secure: bool) -> str:
    """The value of ``Set-Cookie`` by which a browser that comes back is known to be the one that was sent away."""
    expires = datetime.fromtimestamp(now, UTC) + timedelta(seconds=LOGIN_SECONDS)
    return _cookie(NONCE, nonce, format_datetime(expires, usegmt=True), secure=secure)


def authorize_url(action: SignIn, callback: str, login_state: LoginState) -> str:
    """Where a person signs in."""
    asked = {
        "client_id": action.client_id,
        "redirect_uri": callback,
        "response_type": "code",
        "scope": action.scope,
        "state": _sealed(asdict(login_state), action.key),
        **dict(action.extra),
    }
    return f"{action.authorization_endpoint}?{urlencode(asked)}"


@dataclass(frozen=True)
class LoginCallback:
    """A request to the callback URL, from a person who comes back.

    Args:
        action: where they were sent away.
        login_state: what they wanted.
        code: the code of the identity provider; empty where it refused them.
    """

    action: SignIn
    login_state: LoginState
    code: str


def parse_callback(actions: Iterable[SignIn], query: str, headers: Headers, now: float) -> LoginCallback | None:
    """The sign-in that comes back; None where this browser was never sent away, or too long ago."""
    asked = dict(parse_qsl(query))
    for action in actions:
        known = _opened(asked.get("state", ""), action.key)
        if known is None or known.get("client") != action.client_id or "nonce" not in known:
            continue
        login_state = LoginState(**known)
        if login_state.until > now and hmac.compare_digest(_cookies(headers).get(NONCE, ""), login_state.nonce):
            return LoginCallback(action, login_state, asked.get("code", ""))
    return None


def with_identity_headers(headers: Headers, known: Mapping[str, str]) -> list[tuple[bytes, bytes]]:
    """The headers that a target gets: what clients say of themselves under these names is taken away.

    Args:
        headers: the client's.
        known: ``x-amzn-oidc-…``; empty where nobody has signed in.
    """
    passing = [header for header in headers if not header[0].lower().startswith(_OURS)]
    return passing + [(name.encode(), value.encode("latin-1", "replace")) for name, value in known.items()]


def _sealed(content: Mapping[str, Any], key: bytes) -> str:
    packed = urlsafe_b64encode(zlib.compress(json.dumps(content, separators=(",", ":")).encode()))
    return f"{packed.decode()}.{_signature(packed, key)}"


def _opened(text: str, key: bytes) -> dict[str, Any] | None:
    packed, _, signature = text.partition(".")
    if not hmac.compare_digest(signature.encode(), _signature(packed.encode(), key).encode()):
        return None
    try:
        found: dict[str, Any] = json.loads(zlib.decompress(urlsafe_b64decode(packed)))
    except (Error, ValueError, zlib.error):
        return None
    return found


def _signature(packed: bytes, key: bytes) -> str:
    return hmac.new(key, packed, "sha256").hexdigest()


def _cookies(headers: Headers) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in headers:
        if name.lower() == b"cookie":
            for part in value.decode("latin-1").split(";"):
                key, _, content = part.strip().partition("=")
                found.setdefault(key, content)
    return found


def _cookie(name: str, value: str, expires: str, *, secure: bool) -> str:
    return f"{name}={value}; Expires={expires}; Path=/; HttpOnly" + ("; Secure; SameSite=None" if secure else "")
