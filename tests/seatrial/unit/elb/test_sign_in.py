"""Who has signed in, as cookies say it, and what nobody can make them say."""

import json
from base64 import urlsafe_b64decode
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import pytest
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA, SECP256R1, EllipticCurvePublicKey, generate_private_key
from cryptography.hazmat.primitives.asymmetric.utils import encode_dss_signature
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    load_pem_public_key,
)

from seatrial.services.elb.data.identity import public_key, signed_claims
from seatrial.services.elb.data.sign_in import (
    Headers,
    LoginState,
    Session,
    authorize_url,
    nonce_cookie,
    parse_callback,
    session_cookies,
    session_of,
    with_identity_headers,
)
from seatrial.services.elb.model import FixedResponse, SignIn

KEY = generate_private_key(SECP256R1()).private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
ACTION = SignIn(
    "authenticate-cognito",
    FixedResponse(),
    client_id="client",
    issuer="https://issuer.example",
    authorization_endpoint="https://idp.example/authorize",
    extra=(("prompt", "login"),),
    key=KEY,
)
SESSION = Session("client", {"sub": "1234", "email": "ann@shop.example"}, "token", until=1000.0)
LOGIN_STATE = LoginState("client", "https://shop.example/cart?x=1", "nonce", until=900.0)
CALLBACK = "https://shop.example/oauth2/idpresponse"


def sent_back(*cookies: str) -> Headers:
    """The header of a browser that was given these."""
    return [(b"Cookie", "; ".join(cookie.partition(";")[0] for cookie in cookies).encode())]


def test_a_browser_with_the_cookie_is_known_until_its_session_ends() -> None:
    headers = sent_back(*session_cookies(ACTION, SESSION, secure=True))
    assert session_of(ACTION, headers, 999.0) == SESSION
    assert session_of(ACTION, headers, 1000.0) is None


def test_a_long_session_goes_in_parts_of_which_none_may_miss() -> None:
    long = replace(SESSION, claims={"sub": "1", "noise": "".join(map(str, range(4000)))})
    cookies = session_cookies(ACTION, long, secure=True)
    assert len(cookies) > 1
    assert all(len(cookie) < 4096 for cookie in cookies)
    assert cookies[1].startswith("AWSELBAuthSessionCookie-1=")
    assert session_of(ACTION, sent_back(*reversed(cookies)), 1.0) == long
    assert session_of(ACTION, sent_back(*cookies[:-1]), 1.0) is None


@pytest.mark.parametrize("other", [{"key": b"another"}, {"client_id": "another"}, {"cookie": "Another"}])
def test_a_cookie_of_another_load_balancer_client_or_name_is_worth_nothing(other: dict[str, object]) -> None:
    headers = sent_back(*session_cookies(ACTION, SESSION, secure=False))
    assert session_of(replace(ACTION, **other), headers, 1.0) is None  # type: ignore[arg-type]


def test_a_cookie_that_was_changed_is_worth_nothing() -> None:
    (cookie,) = session_cookies(ACTION, SESSION, secure=False)
    assert session_of(ACTION, sent_back(cookie.replace("=", "=A", 1)), 1.0) is None
    assert session_of(ACTION, [(b"Cookie", b"AWSELBAuthSessionCookie-0=nonsense")], 1.0) is None


def test_cookies_of_a_session_are_kept_from_scripts_and_from_plain_http() -> None:
    (cookie,) = session_cookies(ACTION, SESSION, secure=True)
    assert "; HttpOnly; Secure" in cookie
    assert "Secure" not in session_cookies(ACTION, SESSION, secure=False)[0]


def test_a_person_is_sent_to_the_identity_provider_and_back_to_where_they_wanted_to_go() -> None:
    there = urlsplit(authorize_url(ACTION, CALLBACK, LOGIN_STATE))
    asked = {name: values[0] for name, values in parse_qs(there.query).items()}
    assert (asked["client_id"], asked["redirect_uri"], asked["prompt"]) == ("client", CALLBACK, "login")
    assert (asked["response_type"], asked["scope"]) == ("code", "openid")
    headers = sent_back(nonce_cookie("nonce", 0.0, secure=True))
    back = parse_callback([ACTION], f"code=c0de&state={asked['state']}", headers, 899.0)
    assert back is not None
    assert (back.code, back.login_state) == ("c0de", LOGIN_STATE)


def test_nobody_comes_back_too_late_with_another_browser_or_with_a_state_of_their_own() -> None:
    state = parse_qs(urlsplit(authorize_url(ACTION, CALLBACK, LOGIN_STATE)).query)["state"][0]
    headers = sent_back(nonce_cookie("nonce", 0.0, secure=True))
    query = f"code=c0de&state={state}"
    assert parse_callback([ACTION], query, headers, 900.0) is None
    assert parse_callback([ACTION], query, [], 1.0) is None
    assert parse_callback([ACTION], query, sent_back(nonce_cookie("other", 0.0, secure=True)), 1.0) is None
    assert parse_callback([ACTION], query.replace("state=", "state=A"), headers, 1.0) is None
    assert parse_callback([ACTION], "", headers, 1.0) is None
    session = sent_back(*session_cookies(ACTION, SESSION, secure=True))[0][1].decode().partition("=")[2]
    assert parse_callback([ACTION], f"code=c0de&state={session}", headers, 1.0) is None


def test_what_a_client_says_of_itself_under_our_names_never_reaches_the_target() -> None:
    forged = [(b"X-Amzn-Oidc-Identity", b"root"), (b"x-amzn-oidc-data", b"e30"), (b"Accept", b"*/*")]
    assert with_identity_headers(forged, {}) == [(b"Accept", b"*/*")]
    assert with_identity_headers(forged, {"x-amzn-oidc-identity": "1234"})[-1] == (b"x-amzn-oidc-identity", b"1234")


def test_the_claims_are_signed_as_an_application_proves_them() -> None:
    known = signed_claims(ACTION, SESSION, "arn:lb", 500.0)
    assert (known["x-amzn-oidc-identity"], known["x-amzn-oidc-accesstoken"]) == ("1234", "token")
    head, claims, signature = known["x-amzn-oidc-data"].split(".")
    shown = json.loads(urlsafe_b64decode(head))
    identity, pem = public_key(KEY)
    assert (shown["alg"], shown["kid"], shown["signer"], shown["client"]) == ("ES256", identity, "arn:lb", "client")
    assert json.loads(urlsafe_b64decode(claims)) == {**SESSION.claims, "exp": 620, "iss": "https://issuer.example"}
    raw = urlsafe_b64decode(signature)
    proof = encode_dss_signature(int.from_bytes(raw[:32]), int.from_bytes(raw[32:]))
    public = load_pem_public_key(pem)
    assert isinstance(public, EllipticCurvePublicKey)
    public.verify(proof, f"{head}.{claims}".encode(), ECDSA(SHA256()))
