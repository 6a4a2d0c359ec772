"""AWS's Signature Version 4: what a request claims, and what it would have to be. Recomputed by botocore's own signer.

Source: IAM user guide, "Create a signed AWS API request"; for presigned URLs Amazon S3 API reference,
"Authenticating Requests: Using Query Parameters".
"""

import hmac
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from functools import lru_cache
from hashlib import sha256
from typing import Any
from urllib.parse import quote, unquote

from botocore.auth import SigV4Auth
from botocore.credentials import ReadOnlyCredentials
from botocore.utils import normalize_url_path

from seatrial.core.incoming import Incoming, signs_as_s3

ALGORITHM = "AWS4-HMAC-SHA256"
UNSIGNED_PAYLOAD = "UNSIGNED-PAYLOAD"
SKEW = timedelta(minutes=15)
"""How far a request's time may be from ours."""

LONGEST_PRESIGNED = 604_800
"""Seconds; seven days (S3 API reference, ``X-Amz-Expires``)."""

_ONLY_ONE = (
    "Only one auth mechanism allowed; only the X-Amz-Algorithm query parameter, Signature query string parameter "
    "or the Authorization header should be specified"
)
_TIME = "%Y%m%dT%H%M%SZ"
_SCOPE_PARTS = 5


# inside: the guard, which answers it in the words of the service that was asked
class AccessRefused(Exception):
    """A request does not prove who sent it.

    Args:
        code: the general name of what is wrong, such as ``SignatureDoesNotMatch``; see ``refusals.py``.
        message: AWS's words, where they say more than the code.
    """

    def __init__(self, code: str, message: str = "") -> None:
        super().__init__(f"{code}: {message}")
        self.code = code
        self.message = message


@dataclass(frozen=True)
class Claim:
    """A signature, as the request states it.

    Args:
        access_key: the key id of who sent it.
        day: ``20261128``.
        region: the region of the scope.
        service: the signing name: ``ecs``, ``s3``.
        signed: the signed headers' names, in lower case.
        signature: hexadecimal.
        time: when it was signed, ``20261128T190704Z``.
        token: the token of a session; empty for a key that lasts.
        expires: seconds for which a presigned URL holds; None for a signature in a header.
    """

    access_key: str
    day: str
    region: str
    service: str
    signed: tuple[str, ...]
    signature: str
    time: str
    token: str = field(default="", repr=False)
    expires: int | None = None

    @property
    def scope(self) -> str:
        """``20261128/eu-central-1/ecs/aws4_request``."""
        return f"{self.day}/{self.region}/{self.service}/aws4_request"


def read_claim(request: Incoming) -> Claim | None:
    """The signature of a request; None where it has none.

    Raises:
        AccessRefused: it has one that is not whole, or two: it would be answered by whom the other one names. Amazon S3
            API reference, "Authenticating Requests": "Only one auth mechanism allowed".
    """
    authorization = request.headers.get("authorization", "")
    presigned = "X-Amz-Algorithm" in request.query or "X-Amz-Signature" in request.query
    if presigned and authorization:
        raise AccessRefused("InvalidArgument", _ONLY_ONE)
    if authorization.startswith("AWS4-"):
        return _of_header(request, authorization)
    return _of_query(request) if presigned else None


def check_time(claim: Claim, now: datetime) -> None:
    """Whether a signature is of now.

    Raises:
        AccessRefused: it is not.
    """
    try:
        signed_at = datetime.strptime(claim.time, _TIME).replace(tzinfo=UTC)
    except ValueError:
        raise AccessRefused("IncompleteSignature", "Date must be in ISO-8601 'basic format'.") from None
    if claim.time[:8] != claim.day:
        raise AccessRefused("SignatureDoesNotMatch", "Date in Credential scope does not match the date of the request.")
    stamps = f"{claim.time} is now earlier than {(now - SKEW):{_TIME}} ({now:{_TIME}} - 15 min.)"
    if signed_at - now > SKEW:
        late = f"{claim.time} is still later than {(now + SKEW):{_TIME}} ({now:{_TIME}} + 15 min.)"
        raise AccessRefused("RequestTimeTooSkewed", f"Signature not yet current: {late}")
    if claim.expires is None and now - signed_at > SKEW:
        raise AccessRefused("RequestTimeTooSkewed", f"Signature expired: {stamps}")
    if claim.expires is not None and now - signed_at > timedelta(seconds=claim.expires):
        raise AccessRefused("Expired", "Request has expired")


def check_signed_headers(claim: Claim, request: Incoming) -> None:
    """Whether everything that AWS obeys is signed.

    Raises:
        AccessRefused: ``host`` or a header of AWS's own is not.
    """
    ours = [name for name in request.headers if name.startswith("x-amz-")]
    for name in ("host", *ours):
        if name not in claim.signed:
            raise AccessRefused("SignatureDoesNotMatch", f"'{name}' must be a 'SignedHeader' in the AWS Authorization.")


def proves(claim: Claim, request: Incoming, secret: str, payload: str) -> bool:
    """Whether a signature is what the secret makes of the request.

    Args:
        claim: the claim of the request.
        request: all of it but the body.
        secret: the secret key.
        payload: the body's SHA-256 in hexadecimal, or what stands for it.
    """
    signer = _Signer(claim, secret, payload)
    subject: Any = _Subject.of(claim, request)
    expected = signer.signature(signer.string_to_sign(subject, signer.canonical_request(subject)), subject)
    return hmac.compare_digest(expected.encode(), claim.signature.encode())


@lru_cache(maxsize=1024)
def signing_key(secret: str, day: str, region: str, service: str) -> bytes:
    """The key of one day, region and service."""
    key = f"AWS4{secret}".encode()
    for part in (day, region, service, "aws4_request"):
        key = hmac.digest(key, part.encode(), "sha256")
    return key


@dataclass(frozen=True)
class _Subject:
    """What botocore's signer reads of a request."""

    method: str
    url: str
    headers: Mapping[str, list[str]]
    context: dict[str, str]
    params: None = None

    @classmethod
    def of(cls, claim: Claim, request: Incoming) -> "_Subject":
        headers: dict[str, list[str]] = {}
        for raw_name, raw_value in request.scope["headers"]:
            if (name := raw_name.decode("latin-1").lower()) in claim.signed:
                headers.setdefault(name, []).append(_text(raw_value))
        pairs = [(name, value) for name, value in request.pairs if name != "X-Amz-Signature"]
        query = "&".join(f"{quote(name, safe='-_.~')}={quote(value, safe='-_.~')}" for name, value in pairs)
        # What came after a raw number sign would be a fragment, so that no signature would cover the query.
        url = f"http://host{request.raw_path.replace('#', '%23')}?{query}"
        return cls(request.method, url, headers, {"timestamp": claim.time})


class _Signer(SigV4Auth):
    """Botocore's signer, of the headers that the client has signed, with a key that is remembered."""

    def __init__(self, claim: Claim, secret: str, payload: str) -> None:
        super().__init__(ReadOnlyCredentials(claim.access_key, secret, None), claim.service, claim.region)
        self._claim, self._secret, self._digest = claim, secret, payload

    def canonical_request(self, request: Any) -> str:  # noqa: ANN401 - botocore's
        path = self._normalize_url_path(request.url.removeprefix("http://host").partition("?")[0])
        # Not by botocore's own container of headers, which takes as long as all the rest.
        values = {name: ",".join(" ".join(value.split()) for value in found) for name, found in request.headers.items()}
        headers = [f"{name}:{values[name]}" for name in sorted(values)]
        parts = [request.method, path, self.canonical_query_string(request), *headers, ""]
        return "\n".join([*parts, ";".join(sorted(self._claim.signed)), self._digest])

    def credential_scope(self, request: Any) -> str:  # noqa: ANN401, ARG002 - as above
        return self._claim.scope

    def signature(self, string_to_sign: str, request: Any) -> str:  # noqa: ANN401, ARG002 - as above
        claim = self._claim
        key = signing_key(self._secret, claim.day, claim.region, claim.service)
        return hmac.new(key, string_to_sign.encode(), sha256).hexdigest()

    def _normalize_url_path(self, path: str) -> str:
        """S3: each character encoded once, however it was sent. Others: normalised, and encoded once more."""
        if signs_as_s3(self._claim.service):
            return quote(unquote(path), safe="/-_.~")
        return quote(normalize_url_path(path), safe="/~")


def _of_header(request: Incoming, authorization: str) -> Claim:
    algorithm, _, rest = authorization.partition(" ")
    _require_algorithm(algorithm)
    fields = dict(part.strip().partition("=")[::2] for part in rest.split(","))
    missing = [name for name in ("Credential", "Signature", "SignedHeaders") if not fields.get(name)]
    time = request.headers.get("x-amz-date") or _of_date(request.headers.get("date", ""))
    words = [f"Authorization header requires '{name}' parameter." for name in missing]
    if not time:
        words.append("Authorization header requires existence of either a 'X-Amz-Date' or a 'Date' header.")
    if words:
        raise AccessRefused("IncompleteSignature", " ".join(words))
    return _claim(
        fields["Credential"],
        fields["SignedHeaders"],
        fields["Signature"],
        time,
        token=request.headers.get("x-amz-security-token", ""),
    )


def _of_query(request: Incoming) -> Claim:
    query = request.query
    _require_algorithm(query.get("X-Amz-Algorithm", ""))
    needed = ("X-Amz-Credential", "X-Amz-Signature", "X-Amz-SignedHeaders", "X-Amz-Date")
    if missing := [name for name in needed if not query.get(name)]:
        words = [f"AWS query-string parameters must include '{name}'." for name in missing]
        raise AccessRefused("IncompleteSignature", " ".join([*words, "Re-examine the query-string parameters."]))
    # Only S3's must say how long; elsewhere they hold as long as a signature in a header.
    seconds = query.get("X-Amz-Expires", "900")
    digits = seconds.isascii() and seconds.isdigit() and len(seconds) <= len(str(LONGEST_PRESIGNED))
    if not digits or not 0 < int(seconds) <= LONGEST_PRESIGNED:
        raise AccessRefused("IncompleteSignature", "X-Amz-Expires must be less than a week (in seconds).")
    return _claim(
        query["X-Amz-Credential"],
        query["X-Amz-SignedHeaders"],
        query["X-Amz-Signature"],
        query["X-Amz-Date"],
        token=query.get("X-Amz-Security-Token", ""),
        expires=int(seconds),
    )


def _claim(credential: str, signed: str, signature: str, time: str, *, token: str, expires: int | None = None) -> Claim:
    scope: Sequence[str] = credential.split("/")
    if len(scope) != _SCOPE_PARTS or scope[4] != "aws4_request":
        raise AccessRefused(
            "IncompleteSignature",
            "Credential must have exactly 5 slash-delimited elements, e.g. keyid/date/region/service/term, "
            f"got '{credential}'",
        )
    names = tuple(name for name in signed.lower().split(";") if name)
    return Claim(scope[0], scope[1], scope[2], scope[3], names, signature, time, token, expires)


def _text(raw: bytes) -> str:
    """A header's value; clients sign it in UTF-8."""
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return raw.decode("latin-1")


def _require_algorithm(algorithm: str) -> None:
    if algorithm != ALGORITHM:
        raise AccessRefused("IncompleteSignature", f"Unsupported AWS 'algorithm': '{algorithm}'.")


def _of_date(text: str) -> str:
    """An HTTP date in the form of ``X-Amz-Date``; empty where it is none."""
    try:
        return parsedate_to_datetime(text).astimezone(UTC).strftime(_TIME)
    except (TypeError, ValueError):
        return ""
