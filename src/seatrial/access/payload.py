"""Bodies that are checked while they pass: nothing is held, and the last part of a false one is never handed on.

Source: Amazon S3 API reference, "Signature Calculations for the Authorization Header: Transferring Payload in Multiple
Chunks", and the same "Including Trailing Headers".
"""

import hmac
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

from seatrial.access.signature import UNSIGNED_PAYLOAD, AccessRefused, Claim, signing_key
from seatrial.core.asgi import Message, Receive
from seatrial.core.incoming import Incoming

CHUNKED = "STREAMING-AWS4-HMAC-SHA256-PAYLOAD"
CHUNKED_WITH_TRAILER = f"{CHUNKED}-TRAILER"
UNSIGNED_CHUNKS = "STREAMING-UNSIGNED-PAYLOAD-TRAILER"
DIGEST = re.compile(r"[0-9a-f]{64}")

_EMPTY = sha256(b"").hexdigest()
_LONGEST_LINE = 16384
"""Bytes of the head of a chunk, or of its trailers."""

Check = Callable[[bytes, bool], None]
"""Takes each part of a body, and whether it is the last; raises ``AccessRefused``."""


def check_of(payload: str, claim: Claim, secret: str) -> Check | None:
    """What checks a body of which the signature says ``payload``; None where it says nothing of the body.

    Raises:
        AccessRefused: there is no such statement.
    """
    if payload == UNSIGNED_PAYLOAD:
        return None
    if DIGEST.fullmatch(payload):
        return _Digest(payload).take
    if payload in {CHUNKED, CHUNKED_WITH_TRAILER, UNSIGNED_CHUNKS}:
        return _Chunks(payload, claim, secret).take
    raise AccessRefused(
        "InvalidArgument",
        "x-amz-content-sha256 must be UNSIGNED-PAYLOAD, STREAMING-UNSIGNED-PAYLOAD-TRAILER, "
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD, STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER or a valid sha256 value.",
    )


def require_as_said(request: Incoming, payload: str) -> None:
    """Whether a body comes in chunks only where the signature says so: their trailers are read like headers.

    Raises:
        AccessRefused: it does.
    """
    told = request.headers.get("x-amz-content-sha256", "").startswith("STREAMING-")
    chunked = "aws-chunked" in request.headers.get("content-encoding", "").lower()
    if (told or chunked or _LENGTH in request.headers) and not payload.startswith("STREAMING-"):
        raise AccessRefused("InvalidRequest", "A body in the form of aws-chunked must be announced as such.")


def checked(receive: Receive, check: Check) -> Receive:
    """The same body, of which each part is checked before it is handed on."""

    async def receive_checked() -> Message:
        message = await receive()
        if message["type"] == "http.request":
            check(message.get("body", b""), not message.get("more_body"))
        return message

    return receive_checked


class _Digest:
    """A body whose digest was signed."""

    def __init__(self, expected: str) -> None:
        self._expected = expected
        self._hash = sha256()

    def take(self, part: bytes, last: bool) -> None:  # noqa: FBT001 - as Check says
        self._hash.update(part)
        if last and self._hash.hexdigest() != self._expected:
            raise AccessRefused(
                "XAmzContentSHA256Mismatch",
                "The provided 'x-amz-content-sha256' header does not match what was computed.",
            )


@dataclass
class _Chunk:
    """The chunk that is being read: how much of it is still to come, what it must be signed with."""

    left: int
    signature: str
    hash: Any = field(default_factory=sha256)


class _Chunks:
    """A body in chunks, each signed with the signature of the one before; after the last one, signed trailers.

    Or, over TLS, neither is signed. Trailers are checksums: nothing else may come so late.
    """

    def __init__(self, payload: str, claim: Claim, secret: str) -> None:
        self._claim, self._signed = claim, payload != UNSIGNED_CHUNKS
        self._key = signing_key(secret, claim.day, claim.region, claim.service)
        self._before = claim.signature
        self._with_trailer = payload == CHUNKED_WITH_TRAILER
        self._held = bytearray()
        self._chunk: _Chunk | None = None
        self._ended = False

    def take(self, part: bytes, last: bool) -> None:  # noqa: FBT001 - as Check says
        self._held += part
        while not self._ended and (self._body() if self._chunk else self._head()):
            pass
        if len(self._held) > _LONGEST_LINE:
            raise AccessRefused("InvalidRequest", "The body is not in the form of aws-chunked.")
        if last:
            self._finish()

    def _head(self) -> bool:
        """Read the line that begins a chunk; whether there is more to do at once."""
        end = self._held.find(b"\r\n")
        if end < 0:
            return False
        line = bytes(self._held[:end]).decode("latin-1")
        del self._held[: end + 2]
        found = re.fullmatch(r"([0-9a-fA-F]{1,16})(?:;chunk-signature=([0-9a-f]{64}))?", line.strip())
        if not found or bool(found[2]) != self._signed:
            raise AccessRefused("InvalidRequest", "The body is not in the form of aws-chunked.")
        self._chunk = _Chunk(int(found[1], 16), found[2] or "")
        if self._chunk.left == 0:
            self._close(self._chunk)
            self._ended = True
        return not self._ended

    def _body(self) -> bool:
        chunk = self._chunk
        assert chunk is not None  # noqa: S101 - the only caller has looked
        piece = bytes(self._held[: chunk.left])
        chunk.hash.update(piece)
        chunk.left -= len(piece)
        del self._held[: len(piece)]
        if chunk.left or len(self._held) < len(b"\r\n"):
            return False
        del self._held[: len(b"\r\n")]
        self._close(chunk)
        self._chunk = None
        return True

    def _close(self, chunk: _Chunk) -> None:
        if self._signed:
            self._require(chunk.signature, "PAYLOAD", _EMPTY, chunk.hash.hexdigest())

    def _finish(self) -> None:
        if not self._ended:
            raise AccessRefused("IncompleteBody", "The request body terminated unexpectedly")
        lines = bytes(self._held).decode("latin-1").split("\r\n")
        if [line for line in lines if line and not _names(line).startswith(_TRAILERS)]:
            raise AccessRefused("InvalidRequest", "Trailers of a body are checksums.")
        if self._with_trailer:
            signatures = [line.partition(":")[2].strip() for line in lines if _names(line) == _TRAILER_SIGNATURE]
            trailers = [line for line in lines if line and _names(line) != _TRAILER_SIGNATURE]
            text = "".join(f"{_names(line)}:{line.partition(':')[2].strip()}\n" for line in trailers)
            self._require("".join(signatures), "TRAILER", sha256(text.encode("latin-1")).hexdigest())

    def _require(self, signature: str, kind: str, *digests: str) -> None:
        told = "\n".join(
            (f"AWS4-HMAC-SHA256-{kind}", self._claim.time, self._claim.scope, self._before, *digests),
        )
        expected = hmac.new(self._key, told.encode(), sha256).hexdigest()
        if not hmac.compare_digest(expected.encode(), signature.encode()):
            raise AccessRefused("SignatureDoesNotMatch")
        self._before = signature


_LENGTH = "x-amz-decoded-content-length"
_TRAILER_SIGNATURE = "x-amz-trailer-signature"
_TRAILERS = ("x-amz-checksum-", _TRAILER_SIGNATURE)


def _names(line: str) -> str:
    return line.partition(":")[0].strip().lower()
