"""How a service of ours plugs into the gateway: the request it sees, the answer it gives."""

import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from xml.sax.saxutils import escape

_REST_JSON = frozenset({"apigateway", "lambda", "rds-data", "scheduler"})
"""Signing names of services that answer in JSON without being asked by a target."""

_READING = ("BatchCheck", "BatchGet", "Describe", "Filter", "Get", "Head", "List", "Lookup")


@dataclass(frozen=True)
class AwsRequest:
    """One request to the embedded AWS.

    Args:
        method: ``GET``, ``POST``, …
        path: decoded, from ``/``.
        query: the query of the URL; the last value where one is repeated.
        headers: names in lower case.
        body: filled in for API calls by JSON, query or CBOR; for all others only in ``OwnService.handle``.
        service: the signing name: ``ecs``, ``elasticloadbalancing``, ``ecr``, ``ec2``, ``s3``; empty where unsigned.
        operation: ``RegisterTargets``; empty for REST calls (S3, CloudFront), which are known by method and path.
        region: what the request was signed for.
        account_id: twelve digits.
        in_process: asked by one of our own services (``InProcessAws``), not from outside.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    service: str = ""
    operation: str = ""
    region: str = ""
    account_id: str = ""
    in_process: bool = False

    @property
    def is_mutating(self) -> bool:
        """Whether it may change anything: all but ``Describe…``, ``Get…``, ``List…``, GET and HEAD."""
        if self.operation:
            return not self.operation.startswith(_READING)
        return self.method not in {"GET", "HEAD", "OPTIONS"}

    def json(self) -> dict[str, Any]:
        """The body of a JSON call, as AWS documents it."""
        parsed: dict[str, Any] = json.loads(self.body or b"{}")
        return parsed


@dataclass(frozen=True)
class AwsResponse:
    """What is answered; header names in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @classmethod
    def of_json(cls, payload: Mapping[str, Any], status: int = 200) -> "AwsResponse":
        """An answer in AWS's JSON protocol. Times are seconds since 1970, as numbers."""
        headers = {"content-type": "application/x-amz-json-1.1", "x-amzn-requestid": request_id()}
        return cls(status, headers, json.dumps(payload).encode())

    @classmethod
    def json_error(cls, code: str, message: str, status: int = 400) -> "AwsResponse":
        """An error in AWS's JSON protocol."""
        return cls.of_json({"__type": code, "message": message}, status)

    @classmethod
    def error(cls, request: AwsRequest, code: str, message: str, status: int = 400) -> "AwsResponse":
        """An error in the protocol in which was asked."""
        if "x-amz-target" in request.headers or request.service in _REST_JSON:
            answer = cls.json_error(code, message, status)
            media = {"content-type": "application/json"} if request.service in _REST_JSON else {}
            return cls(status, {**answer.headers, **media, "x-amzn-errortype": code}, answer.body)
        kind = "Sender" if status < 500 else "Receiver"  # noqa: PLR2004 - HTTP
        error = f"<Code>{escape(code)}</Code><Message>{escape(message)}</Message>"
        if request.service == "s3":
            return cls.of_xml(f"<Error>{error}</Error>", status)
        if request.service == "ec2":
            return cls.of_xml(f"<Response><Errors><Error>{error}</Error></Errors></Response>", status)
        return cls.of_xml(f"<ErrorResponse><Error><Type>{kind}</Type>{error}</Error></ErrorResponse>", status)

    @classmethod
    def of_xml(cls, text: str, status: int = 200) -> "AwsResponse":
        """An answer in AWS's query protocol."""
        return cls(status, {"content-type": "text/xml", "x-amzn-requestid": request_id()}, text.encode())

    def json(self) -> dict[str, Any]:
        """The body of a JSON answer."""
        parsed: dict[str, Any] = json.loads(self.body or b"{}")
        return parsed


class OwnService:
    """A service of ours. Derive, and answer what is yours.

    All of it runs on the server's one event loop: what blocks (Docker) belongs into ``asyncio.to_thread``.
    """

    def claims(self, request: AwsRequest) -> bool:  # noqa: ARG002 - what a service may ask
        """Whether this request is ours instead of MiniStack's."""
        return False

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """Answer a request that is ours. An ``AwsCallError`` becomes AWS's error answer of that code."""
        raise NotImplementedError

    def observes(self, request: AwsRequest) -> bool:
        """Whether ``answered`` is to see MiniStack's answer to this request; such answers are held in memory."""
        return bool(request.operation)

    def rewrite_request(self, request: AwsRequest) -> AwsRequest:
        """What MiniStack is asked instead of a request that we watch: the same, or one with another body."""
        return request

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:  # noqa: ARG002 - as above
        """MiniStack has answered a request that we watch: take note, and return that answer or another."""
        return response

    async def start(self) -> None:
        """Begin; the whole embedded AWS can be called already (``context.aws``)."""

    async def stop(self) -> None:
        """End: stop tasks and close sockets. What is in Docker may stay where the next ``start`` takes it over."""


def request_id() -> str:
    """A new id in the form of AWS's request ids."""
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
