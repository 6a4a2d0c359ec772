"""A signature proves its request, whichever of botocore's signers has made it, and nothing else."""

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from urllib.parse import urlsplit

import pytest
from botocore.auth import S3SigV4Auth, S3SigV4QueryAuth, SigV4Auth, SigV4QueryAuth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from seatrial.access.signature import (
    UNSIGNED_PAYLOAD,
    AccessRefused,
    Claim,
    check_signed_headers,
    check_time,
    proves,
    read_claim,
)
from seatrial.core.incoming import Incoming

KEY, SECRET = "AKIAIOSFODNN7EXAMPLE", "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
SIGNERS = {
    "header": (SigV4Auth, "ecs"),
    "query": (SigV4QueryAuth, "ecs"),
    "S3 header": (S3SigV4Auth, "s3"),
    "S3 query": (S3SigV4QueryAuth, "s3"),
}
PATHS = ["/", "/a%20b/%C3%BC", "/x//y/../z", "/k?list-type=2&prefix=a%2Fb&empty", "/k?a=%2B%20&a=1"]


def sent(kind: str, path: str, body: bytes = b"{}", *, token: str | None = None) -> Incoming:
    """A request that one of botocore's signers has signed, as the server gets it."""
    signer, service = SIGNERS[kind]
    request = AWSRequest("PUT", f"http://127.0.0.1:4566{path}", data=body, headers={"host": "127.0.0.1:4566"})
    request.headers["x-amz-meta-words"] = "two  spaces "
    signer(Credentials(KEY, SECRET, token), service, "eu-central-1").add_auth(request)
    return arrived(request)


def arrived(request: AWSRequest) -> Incoming:
    parts = urlsplit(str(request.url))
    headers = [(name.lower().encode(), str(value).encode()) for name, value in request.headers.items()]
    return Incoming(scope(str(request.method), parts.path, parts.query, headers))


def scope(method: str, path: str, query: str, headers: list[tuple[bytes, bytes]]) -> dict[str, Any]:
    return {
        "method": method,
        "path": path,
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "headers": headers,
    }


def payload(request: Incoming, kind: str, body: bytes = b"{}") -> str:
    if kind == "S3 query":
        return UNSIGNED_PAYLOAD
    return request.headers.get("x-amz-content-sha256") or sha256(body if "query" not in kind else b"").hexdigest()


def claimed(request: Incoming) -> Claim:
    found = read_claim(request)
    assert found is not None
    return found


@pytest.mark.parametrize("path", PATHS)
@pytest.mark.parametrize("kind", SIGNERS)
def test_what_botocore_signs_is_proven(kind: str, path: str) -> None:
    request = sent(kind, path, token="session")
    claim = claimed(request)
    check_signed_headers(claim, request)
    assert (claim.access_key, claim.region, claim.service) == (KEY, "eu-central-1", SIGNERS[kind][1])
    assert claim.token == "session"
    assert proves(claim, request, SECRET, payload(request, kind))


@pytest.mark.parametrize("kind", SIGNERS)
def test_another_secret_proves_nothing(kind: str) -> None:
    request = sent(kind, "/k")
    assert not proves(claimed(request), request, SECRET[:-1] + "x", payload(request, kind))


@pytest.mark.parametrize("change", ["method", "path", "query", "header", "payload"])
@pytest.mark.parametrize("kind", SIGNERS)
def test_a_change_of_anything_that_is_signed_is_seen(kind: str, change: str) -> None:
    request = sent(kind, "/k?a=1")
    body = payload(request, kind)
    seen = dict(request.scope)
    if change == "method":
        seen["method"] = "DELETE"
    elif change == "path":
        seen["raw_path"] = b"/other"
    elif change == "query":
        seen["query_string"] = seen["query_string"].replace(b"a=1", b"a=2")
    elif change == "header":
        seen["headers"] = [(name, b"x" if name == b"x-amz-meta-words" else value) for name, value in seen["headers"]]
    else:
        body = sha256(b"another").hexdigest()
    assert not proves(claimed(request), Incoming(seen), SECRET, body)


def test_a_header_of_aws_that_is_not_signed_is_refused() -> None:
    request = sent("header", "/")
    request.scope["headers"].append((b"x-amz-target", b"X.Y"))
    with pytest.raises(AccessRefused, match="'x-amz-target' must be a 'SignedHeader'"):
        check_signed_headers(claimed(request), Incoming(request.scope))


def test_a_request_without_a_signature_claims_none() -> None:
    assert read_claim(Incoming(scope("GET", "/", "", [(b"authorization", b"Basic QVdTOng=")]))) is None


@pytest.mark.parametrize(
    ("authorization", "words"),
    [
        ("AWS4-HMAC-SHA256 Credential=a/b/c/d/aws4_request", "requires 'Signature' parameter"),
        ("AWS4-HMAC-SHA256 Credential=a/b, SignedHeaders=host, Signature=0", "exactly 5 slash-delimited"),
        ("AWS4-ECDSA-P256-SHA256 Credential=a", "Unsupported AWS 'algorithm'"),
    ],
)
def test_a_signature_that_is_not_whole_says_what_is_missing(authorization: str, words: str) -> None:
    headers = [(b"authorization", authorization.encode()), (b"x-amz-date", b"20260101T000000Z")]
    with pytest.raises(AccessRefused, match=words) as refused:
        read_claim(Incoming(scope("GET", "/", "", headers)))
    assert refused.value.code == "IncompleteSignature"


NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


def signed_at(moment: datetime, expires: int | None = None) -> Claim:
    stamp = f"{moment:%Y%m%dT%H%M%SZ}"
    return Claim(KEY, stamp[:8], "eu-central-1", "ecs", ("host",), "0", stamp, expires=expires)


@pytest.mark.parametrize("minutes", [-15, -1, 0, 14, 15])
def test_a_clock_may_be_a_quarter_of_an_hour_off(minutes: int) -> None:
    check_time(signed_at(NOW + timedelta(minutes=minutes)), NOW)


@pytest.mark.parametrize(("minutes", "words"), [(-16, "Signature expired"), (16, "Signature not yet current")])
def test_a_clock_further_off_is_told(minutes: int, words: str) -> None:
    with pytest.raises(AccessRefused, match=words) as refused:
        check_time(signed_at(NOW + timedelta(minutes=minutes)), NOW)
    assert refused.value.code == "RequestTimeTooSkewed"


def test_a_presigned_url_holds_as_long_as_it_says() -> None:
    check_time(signed_at(NOW - timedelta(hours=1), expires=3600), NOW)
    with pytest.raises(AccessRefused, match="Request has expired"):
        check_time(signed_at(NOW - timedelta(seconds=3601), expires=3600), NOW)


@pytest.mark.parametrize("kind", ["S3 header", "S3 query"])
def test_a_number_sign_that_is_sent_as_it_is_hides_no_query_from_the_signature(kind: str) -> None:
    # RFC 9112, 3.2: a request's target has no fragment; RFC 3986, 3.5: a number sign would begin one.
    request = sent(kind, "/bucket/key%23")
    claim, digest = claimed(request), payload(request, kind)
    raw = {**request.scope, "path": "/bucket/key#", "raw_path": b"/bucket/key#"}
    more = {**raw, "query_string": b"&".join((request.scope["query_string"], b"acl"))}
    assert proves(claim, Incoming(raw), SECRET, digest)
    assert not proves(claim, Incoming(more), SECRET, digest)


@pytest.mark.parametrize("second", ["x Credential=AKIA/20261128/eu-central-1/iam/aws4_request", "Bearer x", "AWS4-"])
def test_a_presigned_request_has_no_second_signature_that_names_another_service(second: str) -> None:
    presigned = sent("S3 query", "/bucket/key?uploads")
    headers = [*presigned.scope["headers"], (b"authorization", second.encode())]
    with pytest.raises(AccessRefused, match="Only one auth mechanism allowed") as refused:
        read_claim(Incoming({**presigned.scope, "headers": headers}))
    assert refused.value.code == "InvalidArgument"
