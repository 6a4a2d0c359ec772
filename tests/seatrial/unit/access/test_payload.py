"""Bodies that are checked while they pass."""

import hmac
from hashlib import sha256

import pytest

from seatrial.access.payload import CHUNKED, CHUNKED_WITH_TRAILER, UNSIGNED_CHUNKS, check_of, require_as_said
from seatrial.access.signature import UNSIGNED_PAYLOAD, AccessRefused, Claim, signing_key
from seatrial.core.incoming import Incoming

SECRET = "wJalrXUtnFEMI/K7MDENG/bPxRfiCYEXAMPLEKEY"
# The example of the S3 API reference, "Transferring Payload in Multiple Chunks": 66,560 letters "a", in two chunks.
SEED = "4f232c4386841ef735655705268965c44a0e4690baa4adea153f7db9fa80a0a9"
CHUNKS = (
    (65536, "ad80c730a21e5b8d04586a2213dd63b9a0e99e0e2307b0ade35a65485a288648"),
    (1024, "0055627c9e194cb4542bae2aa5492e3c1575bbb81b612b7d234b86a503ef5497"),
    (0, "b6c6ea8a5354eaf15b3cb7646744f4275b71ea724fed81ceb9323e279d449df9"),
)
CLAIM = Claim("AKIAIOSFODNN7EXAMPLE", "20130524", "us-east-1", "s3", ("host",), SEED, "20130524T000000Z")


def chunked(chunks: tuple[tuple[int, str], ...] = CHUNKS) -> bytes:
    parts = (
        f"{size:x};chunk-signature={mark}\r\n".encode() + b"a" * size + b"\r\n" * (size > 0) for size, mark in chunks
    )
    return b"".join(parts)


def passed(payload: str, body: bytes, step: int = 4096) -> None:
    """Have a body checked, in parts."""
    check = check_of(payload, CLAIM, SECRET)
    assert check is not None
    for start in range(0, len(body), step):
        check(body[start : start + step], start + step >= len(body))


@pytest.mark.parametrize("step", [1000, 4096, 65536, 10**6])
def test_the_example_of_the_reference_is_proven(step: int) -> None:
    passed(CHUNKED, chunked() + b"\r\n", step)


def test_a_changed_chunk_is_seen() -> None:
    with pytest.raises(AccessRefused, match="SignatureDoesNotMatch"):
        passed(CHUNKED, chunked().replace(b"aaaa\r\n", b"aaab\r\n", 1))


def test_a_body_that_ends_before_its_last_chunk_is_refused() -> None:
    with pytest.raises(AccessRefused, match="IncompleteBody"):
        passed(CHUNKED, chunked(CHUNKS[:2]))


@pytest.mark.parametrize("body", [b"no chunk\r\n", b"a" * 20_000, b"5;chunk-signature=00\r\nhello\r\n"])
def test_what_is_not_in_chunks_is_refused(body: bytes) -> None:
    with pytest.raises(AccessRefused, match="aws-chunked"):
        passed(CHUNKED, body)


@pytest.mark.parametrize("genuine", [True, False])
def test_trailers_are_signed_too(genuine: bool) -> None:  # noqa: FBT001 - a parameter of a test
    trailer = "x-amz-checksum-crc32c:sOO8/Q==\n"
    told = ("AWS4-HMAC-SHA256-TRAILER", CLAIM.time, CLAIM.scope, CHUNKS[2][1], sha256(trailer.encode()).hexdigest())
    key = signing_key(SECRET, CLAIM.day, CLAIM.region, CLAIM.service)
    mark = hmac.new(key, "\n".join(told).encode(), sha256).hexdigest() if genuine else "0" * 64
    body = chunked() + trailer.strip().encode() + f"\r\nx-amz-trailer-signature:{mark}\r\n\r\n".encode()
    if genuine:
        passed(CHUNKED_WITH_TRAILER, body)
        return
    with pytest.raises(AccessRefused, match="SignatureDoesNotMatch"):
        passed(CHUNKED_WITH_TRAILER, body)


def test_a_digest_is_held_against_all_of_the_body() -> None:
    passed(sha256(b"hello").hexdigest(), b"hello", 2)
    with pytest.raises(AccessRefused, match="XAmzContentSHA256Mismatch"):
        passed(sha256(b"hello").hexdigest(), b"hellp", 2)


def test_an_unsigned_body_is_not_checked_and_anything_else_is_no_statement() -> None:
    assert check_of(UNSIGNED_PAYLOAD, CLAIM, SECRET) is None
    with pytest.raises(AccessRefused, match="x-amz-content-sha256 must be"):
        check_of("yes", CLAIM, SECRET)


def test_a_late_header_that_is_no_checksum_is_refused() -> None:
    late = b"0\r\nx-amz-target:secretsmanager.GetSecretValue\r\n\r\n"
    with pytest.raises(AccessRefused, match="Trailers of a body are checksums"):
        passed(UNSIGNED_CHUNKS, b"5\r\nhello\r\n" + late)
    passed(UNSIGNED_CHUNKS, b"5\r\nhello\r\n0\r\nx-amz-checksum-crc32:NhCmhg==\r\n\r\n", 3)


@pytest.mark.parametrize(
    "headers",
    [
        [(b"content-encoding", b"aws-chunked")],
        [(b"x-amz-decoded-content-length", b"5")],
        [(b"x-amz-content-sha256", CHUNKED.encode())],
    ],
)
def test_chunks_that_the_signature_does_not_announce_are_refused(headers: list[tuple[bytes, bytes]]) -> None:
    request = Incoming({"path": "/", "headers": headers})
    with pytest.raises(AccessRefused, match="must be announced"):
        require_as_said(request, UNSIGNED_PAYLOAD)
    require_as_said(request, CHUNKED)
