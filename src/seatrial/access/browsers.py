"""What web pages may ask: what they may on AWS, and nothing else of the machine.

On AWS a page calls a user pool's unsigned operations and its pages (``Access-Control-Allow-Origin: *``), and S3 as far
as a bucket's CORS configuration goes. All else comes from programs, which send neither ``Origin`` nor
``Sec-Fetch-Site``; so whatever has those and is none of the above is refused.
"""

from collections.abc import Mapping

from seatrial.access.signature import Claim
from seatrial.access.unsigned import is_cognitos, needs_no_signature
from seatrial.core.asgi import Message, Send
from seatrial.core.incoming import Incoming, signs_as_s3
from seatrial.core.service import AwsResponse
from seatrial.ministack.buckets import Buckets

_ELSEWHERE = {"cross-site", "same-site"}
_TO_ANY_PAGE = {"access-control-allow-origin": "*", "access-control-expose-headers": "*"}
_PREFLIGHT = {
    "access-control-allow-origin": "*",
    "access-control-allow-methods": "POST",
    # A star does not stand for this one (Fetch, "CORS non-wildcard request-header name").
    "access-control-allow-headers": "*, authorization",
    "access-control-max-age": "172800",
}
_READ_BY_PAGES = ("/oauth2/token", "/oauth2/userInfo", "/oauth2/userinfo")


def is_from_page(request: Incoming) -> bool:
    """Whether a browser sent this for a page of another origin, or for any page where it says which."""
    return "origin" in request.headers or request.headers.get("sec-fetch-site") in _ELSEWHERE


def may_ask(request: Incoming, claim: Claim | None) -> bool:
    """Whether a page may."""
    if claim is not None:
        return signs_as_s3(claim.service)
    return needs_no_signature(request)


def preflight(request: Incoming, buckets: Buckets) -> AwsResponse | None:
    """The answer to a browser that asks whether it may ask; None where nobody lets it."""
    if (answer := buckets.preflight(request)) is not None:
        return answer
    if request.path in _READ_BY_PAGES or (request.path == "/" and _announces_json_call(request)):
        # Whose call it will be, a browser does not say here: Cognito's. Any other with an Origin is refused.
        return AwsResponse(200, _PREFLIGHT, b"")
    return None


def _announces_json_call(request: Incoming) -> bool:
    """Whether a browser asks for what Cognito's calls are: a POST that names its operation in ``X-Amz-Target``."""
    names = request.headers.get("access-control-request-headers", "").lower().split(",")
    return request.headers.get("access-control-request-method") == "POST" and "x-amz-target" in map(str.strip, names)


def readable(request: Incoming, claim: Claim | None, buckets: Buckets) -> Mapping[str, str]:
    """The headers that let a page read the answer."""
    if "origin" not in request.headers:
        return {}
    if claim is not None:
        return buckets.allows(request)
    pages = request.path in _READ_BY_PAGES or "/.well-known/" in request.path
    return _TO_ANY_PAGE if pages or is_cognitos(request.target) else {}


def with_headers(send: Send, headers: Mapping[str, str]) -> Send:
    """The same answer with these CORS headers instead of those that MiniStack gives everybody."""
    added = [(name.encode(), value.encode()) for name, value in headers.items()]

    async def sent(message: Message) -> None:
        if message["type"] == "http.response.start":
            kept = [pair for pair in message.get("headers", []) if not pair[0].lower().startswith(b"access-control-")]
            message = {**message, "headers": [*kept, *added]}
        await send(message)

    return sent
