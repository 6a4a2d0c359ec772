"""Lambda."""

import json
from typing import Final

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Addition, Correction

_FUNCTIONS: Final = "/2015-03-31/functions"
_ENVIRONMENT: Final = 4096
"""Bytes of all variables of a function together."""

_MOST: Final = {"RequestResponse": 6 << 20, "Event": 1 << 20}
"""Bytes of a payload, by the type of the invocation."""


def payloads_within_quotas() -> Addition:
    """An invocation whose payload is larger than Lambda takes is refused.

    AWS: ``RequestTooLargeException`` beyond 6 MB, and beyond 1 MB where the invocation is asynchronous (Lambda
    developer guide, "Lambda quotas"). MiniStack hands the function whatever comes.
    """

    async def refuse(request: AwsRequest) -> AwsResponse:
        kind = _kind(request)
        size = f"{_length(request)} byte payload is too large for the {kind} invocation type"
        return AwsResponse.error(
            request, "RequestTooLargeException", f"{size} (limit {_MOST.get(kind)} bytes)", status=413
        )

    return Addition(_is_too_large, refuse)


def environments_within_quotas() -> Correction:
    """A function whose environment variables are larger than Lambda takes is refused.

    AWS: ``InvalidParameterValueException`` where all of them together have more than 4 KB (Lambda developer guide,
    "Lambda quotas"). MiniStack takes them.
    """

    def within(request: AwsRequest) -> AwsRequest:
        variables = (request.json().get("Environment") or {}).get("Variables") or {}
        measured = json.dumps(variables, separators=(",", ":"), ensure_ascii=False)
        if len(measured.encode()) > _ENVIRONMENT:
            raise AwsCallError(
                "InvalidParameterValueException",
                "Lambda was unable to configure your environment variables because the environment variables you have "
                "provided exceeded the 4KB limit.",
            )
        return request

    return Correction(_configures, rewrite=within)


def _configures(request: AwsRequest) -> bool:
    if request.service != "lambda":
        return False
    path = request.path.rstrip("/")
    return (request.method, path) == ("POST", _FUNCTIONS) or (
        request.method == "PUT" and path.startswith(_FUNCTIONS) and path.endswith("/configuration")
    )


def _is_too_large(request: AwsRequest) -> bool:
    invokes = request.method == "POST" and request.path.startswith(_FUNCTIONS) and request.path.endswith("/invocations")
    return request.service == "lambda" and invokes and _length(request) > _MOST.get(_kind(request), _length(request))


def _kind(request: AwsRequest) -> str:
    return request.headers.get("x-amz-invocation-type", "RequestResponse")


def _length(request: AwsRequest) -> int:
    said = request.headers.get("content-length", "")
    return max(len(request.body), int(said) if said.isdecimal() else 0)
