"""Which operation of which service a request is, and its parameters, in every protocol of AWS."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl
from xml.etree import ElementTree as ET

from botocore.model import OperationModel, Shape, StructureShape

from seatrial.access.rights import routes
from seatrial.core.incoming import Incoming
from seatrial.core.wire.modelled import service_model
from seatrial.core.wire.parsing import CBOR_PATH
from seatrial.core.wire.protocols import cbor, forms, query

SIGNED_AS = {
    "elasticloadbalancing": "elbv2",
    "monitoring": "cloudwatch",
    "servicequotas": "service-quotas",
    "states": "stepfunctions",
    "tagging": "resourcegroupstaggingapi",
}
"""Botocore's names of services that sign by another; ``ses`` is its old API, unless a call is by REST."""

UNKNOWN = "?"
"""The operation of a call that none of AWS's models knows."""


@dataclass(frozen=True)
class Call:
    """A call.

    Args:
        service: botocore's name, such as ``elbv2``.
        operation: ``DescribeTargetHealth``; ``UNKNOWN`` where no model knows it.
        params: the parameters as the models name them; what came as text (query, REST) is text.
        headers: the headers in lower case.
    """

    service: str
    operation: str
    params: Mapping[str, Any]
    headers: Mapping[str, str]


def read(request: Incoming, signed_as: str, body: bytes) -> Call:
    """Read a request.

    Args:
        request: the request as the gateway will get it.
        signed_as: the service's signing name.
        body: empty where it streams (S3).
    """
    service = SIGNED_AS.get(signed_as, signed_as)
    try:
        return _read(request, service, body)
    except (ValueError, LookupError, AttributeError, TypeError, RecursionError):
        return Call(service, UNKNOWN, {}, request.headers)


def names_once(request: Incoming, call: Call, body: bytes) -> bool:
    """Whether a body says each thing once, and nothing that belongs to another operation: as SDKs write it."""
    if request.is_form:
        names = [name for name, _ in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)]
        return len(names) == len(set(names)) and not {"TopicArn", "TargetArn"} <= set(names)
    if not request.target:
        return True
    shape = (
        service_model(call.service).operation_model(call.operation).input_shape if call.operation != UNKNOWN else None
    )
    return call.params.keys() <= (shape.members.keys() if isinstance(shape, StructureShape) else set())


def _read(request: Incoming, service: str, body: bytes) -> Call:
    if called := CBOR_PATH.match(request.path):
        operation = _operation(service, called["operation"])
        return _call(request, service, operation, cbor.read(_shape(operation), body) if body else {})
    if request.target:
        operation = _operation(service, request.target.rpartition(".")[2])
        document = json.loads(body or b"{}")
        return _call(request, service, operation, document if isinstance(document, dict) else {})
    if request.is_form:
        form = forms.flat(body)
        operation = _operation(service, form["Action"])
        read_form = _of_ec2 if service == "ec2" else query.read
        return _call(request, service, operation, read_form(_shape(operation), body))
    return _by_rest(request, "sesv2" if service == "ses" else service, body)


def _by_rest(request: Incoming, service: str, body: bytes) -> Call:
    route = routes.find(service, request)
    if route is None:
        return Call(service, UNKNOWN, {}, request.headers)
    is_json = service_model(service).metadata["protocol"] == "rest-json"
    document = json.loads(body) if is_json and body[:1] == b"{" else {}
    if route.operation.name == "DeleteObjects":
        document = {"Keys": _keys_to_delete(body)}
    elif service == "cloudfront" and body:
        document = {"Tags": {"Items": _tags(body)}}
    return _call(request, service, route.operation, {**document, **routes.params_of(route, request)})


def _call(request: Incoming, service: str, operation: OperationModel, params: Mapping[str, Any]) -> Call:
    return Call(service, operation.name, params, request.headers)


def _operation(service: str, name: str) -> OperationModel:
    model = service_model(service)
    if name not in model.operation_names:
        raise LookupError(name)
    return model.operation_model(name)


def _shape(operation: OperationModel) -> Shape:
    return operation.input_shape or StructureShape("none", {"type": "structure", "members": {}})


def _of_ec2(shape: Shape, body: bytes) -> dict[str, Any]:
    """EC2's own form of the query protocol: lists are flat, and names begin with a capital."""
    found = _read_ec2(shape, forms.nested(body))
    return found if isinstance(found, dict) else {}


def _read_ec2(shape: Shape, node: Any) -> Any:  # noqa: ANN401 - a part of a form
    if isinstance(shape, StructureShape):
        named = ((name, member, _ec2_name(name, member)) for name, member in shape.members.items())
        return {name: _read_ec2(member, node[wire]) for name, member, wire in named if wire in node}
    if shape.type_name == "list":
        items = node if isinstance(node, list) else [node]
        return [_read_ec2(shape.member, item) for item in items]  # type: ignore[attr-defined]
    return node


def _ec2_name(name: str, member: Shape) -> str:
    form = member.serialization
    if "queryName" in form:
        return str(form["queryName"])
    wire = str(form.get("name", name))
    return wire[:1].upper() + wire[1:]


def _keys_to_delete(body: bytes) -> list[str]:
    """The keys of a request that deletes many objects; raises ``ValueError`` as ``_document`` does, and without any."""
    found = [key.text or "" for key in _document(body).iter() if _name(key) == "Key"]
    if not found:
        raise ValueError("no key")
    return found


def _tags(body: bytes) -> list[dict[str, str]]:
    """The tags of what CloudFront is to make; raises ``ValueError`` as ``_document`` does, and for a second list."""
    root = _document(body)
    said = [root] if _name(root) == "Tags" else [each for each in root if _name(each) == "Tags"]
    items = [item for each in said for item in each if _name(item) == "Items"]
    if len(items) > 1:
        raise ValueError("two lists of tags")
    return [{_name(part): part.text or "" for part in tag} for each in items for tag in each if _name(tag) == "Tag"]


def _document(body: bytes) -> ET.Element:
    """A document.

    Raises:
        ValueError: it is not to be read, or declares entities.
    """
    if re.search(rb"<!(DOCTYPE|ENTITY)", body):
        raise ValueError("entities")
    try:
        return ET.fromstring(body)  # noqa: S314 - without entities of its own, and within the limit of bodies
    except ET.ParseError as error:
        raise ValueError("no XML") from error


def _name(element: ET.Element) -> str:
    return str(element.tag).rpartition("}")[2]
