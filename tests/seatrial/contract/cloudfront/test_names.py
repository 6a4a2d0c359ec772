"""Names of AWS with HTTPS, asked by a program of this machine that trusts the embedded AWS's authority alone."""

import json
import socket
import ssl
from pathlib import Path
from urllib.parse import urlencode

import httpx
import pytest

from tests.seatrial.contract.cloudfront.distributions import Place
from tests.seatrial.contract.cloudfront.names import WHO, Led, UserPool, asked, client_of, named, user_pool
from tests.seatrial.contract.conftest import RunningAws
from tests.seatrial.contract.ecs.harness import eventually


@pytest.fixture(scope="module")
def pool(local_aws: RunningAws) -> UserPool:
    return user_pool(local_aws)


def test_a_distribution_answers_under_its_own_name_by_https(place: Place, local_aws: RunningAws) -> None:
    place.put("index.html", "<h1>Shop</h1>")
    status, headers, text = asked(named(local_aws), f"https://{place.domain}/")
    assert (status, text) == (200, "<h1>Shop</h1>")
    assert headers["via"] == f"1.1 {place.domain} (CloudFront)"


def test_two_distributions_share_a_port_and_are_told_apart_by_name(place: Place, local_aws: RunningAws) -> None:
    place.put("index.html", "first")
    status, _, text = asked(named(local_aws), f"https://{place.domain}/api/notes")
    assert (status, json.loads(text)) == (404, {"detail": "no such note"})


def test_keys_are_found_where_tokens_say_that_their_issuer_is(pool: UserPool, local_aws: RunningAws) -> None:
    there = named(local_aws)
    found = json.loads(asked(there, f"{pool.issuer}/.well-known/openid-configuration")[2])
    assert found["issuer"] == pool.issuer
    assert found["authorization_endpoint"] == f"https://{pool.domain}/oauth2/authorize"
    assert json.loads(asked(there, found["jwks_uri"])[2])["keys"][0]["kty"] == "RSA"


def test_the_sign_in_page_is_at_the_user_pools_domain(pool: UserPool, local_aws: RunningAws) -> None:
    callback = "https://shop.example/signed-in"
    client = client_of(local_aws, pool, callback)
    query = urlencode({"client_id": client, "redirect_uri": callback, "response_type": "code", "scope": "openid"})
    status, _, text = asked(named(local_aws), f"https://{pool.domain}/oauth2/authorize?{query}")
    assert (status, 'action="/login"' in text) == (200, True)


def test_a_person_signs_up_by_an_unsigned_call_under_the_issuers_name(pool: UserPool, local_aws: RunningAws) -> None:
    client = client_of(local_aws, pool, "https://shop.example/signed-in")
    email, password = WHO
    status, _, text = asked(
        named(local_aws),
        pool.issuer.removesuffix(f"/{pool.id}") + "/",
        method="POST",
        headers={
            "X-Amz-Target": "AWSCognitoIdentityProviderService.SignUp",
            "Content-Type": "application/x-amz-json-1.1",
        },
        body=json.dumps({"ClientId": client, "Username": email, "Password": password}),
    )
    assert (status, json.loads(text)["UserConfirmed"]) == (200, False)


@pytest.mark.parametrize("host", ["evil.example", "localhost", "127.0.0.1", "shop.localhost", "host.docker.internal"])
def test_a_name_that_is_not_of_aws_is_misdirected(host: str, place: Place, local_aws: RunningAws) -> None:
    assert asked(named(local_aws), f"https://{place.domain}/", host=host)[0] == 421


def test_another_user_pools_name_is_misdirected(pool: UserPool, place: Place, local_aws: RunningAws) -> None:
    stranger = pool.domain.replace(pool.prefix, "stranger")
    assert asked(named(local_aws), f"https://{place.domain}/login", host=stranger)[0] == 421


def test_what_aws_wants_signed_is_wanted_signed_here(pool: UserPool, local_aws: RunningAws) -> None:
    headers = {"X-Amz-Target": "AWSCognitoIdentityProviderService.ListUserPools"}
    status, _, text = asked(named(local_aws), f"https://{pool.domain}/", method="POST", headers=headers, body="{}")
    assert (status, "MissingAuthenticationToken" in text) == (400, True)


def test_no_administration_comes_in_by_a_name(pool: UserPool, local_aws: RunningAws) -> None:
    for path in ("/_seatrial/faults", "/_seatrial/names", "/_ministack/reset"):
        assert asked(named(local_aws), f"https://{pool.domain}{path}", headers=local_aws.shown)[0] == 403


def test_a_name_that_nobody_has_gets_no_certificate(place: Place, local_aws: RunningAws) -> None:
    assert place.domain in named(local_aws).names
    with pytest.raises(ssl.SSLCertVerificationError, match=r"evil\.example"):
        Led("evil.example", named(local_aws)).connect()


def test_names_come_and_go_with_what_has_them(local_aws: RunningAws) -> None:
    pool = user_pool(local_aws)
    assert pool.domain in named(local_aws).names
    local_aws.client("cognito-idp").delete_user_pool_domain(Domain=pool.prefix, UserPoolId=pool.id)
    assert pool.domain not in named(local_aws).names


def test_the_authority_and_its_key_are_their_owners_alone(place: Place, local_aws: RunningAws) -> None:
    assert place.domain in named(local_aws).names
    files = list(local_aws.settings.certificates.iterdir())
    assert {"ca.pem", "ca-key.pem"} <= {file.name for file in files}
    assert [file.name for file in files if file.stat().st_mode & 0o077] == []


def test_names_are_told_to_nobody_without_the_token(local_aws: RunningAws) -> None:
    assert httpx.get(f"{local_aws.endpoint}/_seatrial/names", trust_env=False).status_code == 403


def test_the_port_is_on_loopback_and_on_the_bridge_alone(place: Place, local_aws: RunningAws) -> None:
    assert place.domain in named(local_aws).names
    port = named(local_aws).port
    eventually(lambda: _listening(port), 30)
    assert not {address for address in _listening(port) if address == "0.0.0.0"}


def _listening(port: int) -> set[str]:
    """The addresses of this machine at which somebody listens at a port (proc(5), ``/proc/net/tcp``)."""
    rows = [line.split() for line in Path("/proc/net/tcp").read_text(encoding="ascii").splitlines()[1:]]
    found = {row[1].partition(":")[0] for row in rows if row[3] == "0A" and int(row[1].partition(":")[2], 16) == port}
    return {socket.inet_ntoa(bytes.fromhex(address)[::-1]) for address in found}
