"""Calls as botocore writes them, and read as the guard reads them."""

from typing import Any
from urllib.parse import unquote, urlencode

from botocore.model import OperationModel, Shape
from botocore.serialize import create_serializer

from seatrial.access.rights.calls import Call, read
from seatrial.core.incoming import Incoming
from seatrial.core.wire.modelled import service_model

BY_SIGNATURE = {
    "cloudwatch": "monitoring",
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tagging",
    "service-quotas": "servicequotas",
    "sesv2": "ses",
    "stepfunctions": "states",
}


def called(service: str, operation: str, /, **params: Any) -> Call:  # noqa: ANN401 - AWS's parameters
    """A call, by botocore's names, once it has gone over the wire."""
    request, body = written(service_model(service).operation_model(operation), params)
    return read(request, BY_SIGNATURE.get(service, service), body)


def written(model: OperationModel, params: dict[str, Any]) -> tuple[Incoming, bytes]:
    """A request of botocore's, and its body."""
    made = create_serializer(model.service_model.resolved_protocol, include_validation=False).serialize_to_request(
        params, model
    )
    path, _, query = made["url_path"].partition("?")
    query = "&".join(part for part in (query, urlencode(made.get("query_string") or {}, doseq=True)) if part)
    body = made["body"]
    raw = (
        urlencode(body).encode() if isinstance(body, dict) else body.encode() if isinstance(body, str) else body or b""
    )
    headers = [(name.lower().encode(), str(value).encode()) for name, value in made["headers"].items()]
    scope = {"method": made["method"], "path": unquote(path), "query_string": query.encode(), "headers": headers}
    return Incoming(scope), raw


def least(shape: Shape | None, deep: int = 0) -> Any:  # noqa: ANN401 - AWS's parameters
    """The least that a model takes: members that are required, and one of each list."""
    if shape is None:
        return {}
    if shape.type_name == "structure":
        members = shape.members  # type: ignore[attr-defined]
        return {name: least(members[name], deep + 1) for name in shape.required_members} if deep < 6 else {}
    if shape.type_name == "list":
        return [least(shape.member, deep + 1)]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {least(shape.key): least(shape.value, deep + 1)}  # type: ignore[attr-defined]
    return _leaf(shape)


def _leaf(shape: Shape) -> Any:  # noqa: ANN401 - as above
    if enum := getattr(shape, "enum", None):
        return enum[0]
    blob = {"blob": b"x", "boolean": True, "timestamp": "2026-11-29T00:00:00Z"}
    return blob.get(shape.type_name, 1 if shape.type_name in {"integer", "long", "float", "double"} else "x" * 12)
