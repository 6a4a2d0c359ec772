"""What a request asks: service, operation, region, account."""

import re
from collections.abc import Mapping
from urllib.parse import parse_qsl

from seatrial.core.asgi import Message, headers_of, is_in_process
from seatrial.core.service import AwsRequest
from seatrial.core.settings import InstanceSettings

_CREDENTIAL = re.compile(r"Credential=(?P<key>[^/,\s]+)/\d{8}/(?P<region>[^/,\s]+)/(?P<service>[^/,\s]+)/aws4_request")
CBOR_PATH = re.compile(r"^/service/[^/]+/operation/(?P<operation>[^/]+)$")
_FORM = "application/x-www-form-urlencoded"


def is_api_call(scope: Message) -> bool:
    """Whether this is a call by JSON, query or CBOR: its operation is named, and its body is small."""
    headers = headers_of(scope)
    form = headers.get("content-type", "").startswith(_FORM) and scope["path"] == "/"
    return scope["method"] == "POST" and ("x-amz-target" in headers or form or bool(CBOR_PATH.match(scope["path"])))


def describe(scope: Message, body: bytes, settings: InstanceSettings) -> AwsRequest:
    """Read service and region from the signature, the operation from target, form or path."""
    headers = headers_of(scope)
    query = dict(parse_qsl(scope.get("query_string", b"").decode("latin-1"), keep_blank_values=True))
    signed = _signature(headers, query)
    key = signed.get("key", "")
    return AwsRequest(
        method=scope["method"],
        path=scope["path"],
        query=query,
        headers=headers,
        body=body,
        service=signed.get("service", ""),
        operation=_operation(headers, scope["path"], body),
        region=signed.get("region", settings.region),
        # As MiniStack: an access key of twelve digits is an account.
        account_id=key if re.fullmatch(r"\d{12}", key) else settings.account_id,
        in_process=is_in_process(scope),
    )


def _signature(headers: Mapping[str, str], query: Mapping[str, str]) -> dict[str, str]:
    presigned = f"Credential={query.get('X-Amz-Credential', '')}"
    found = _CREDENTIAL.search(headers.get("authorization", "")) or _CREDENTIAL.search(presigned)
    return found.groupdict() if found else {}


def _operation(headers: Mapping[str, str], path: str, body: bytes) -> str:
    if target := headers.get("x-amz-target"):
        return target.rpartition(".")[2]
    if cbor := CBOR_PATH.match(path):
        return cbor["operation"]
    if body and headers.get("content-type", "").startswith(_FORM):
        return dict(parse_qsl(body.decode("utf-8", "replace"))).get("Action", "")
    return ""
