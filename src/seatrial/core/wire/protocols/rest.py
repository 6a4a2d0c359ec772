"""AWS's REST protocols, as Lambda, S3 and CloudFront speak them: an operation is a method, a path and a query. Pure."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache, cached_property
from typing import Any
from xml.etree.ElementTree import Element, ParseError, fromstring

from botocore.model import OperationModel, ServiceModel, Shape

from seatrial.core.service import AwsRequest
from seatrial.core.wire.protocols.shapes import from_text

_LABEL = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True)
class Route:
    """How one operation is asked for.

    Args:
        operation: its model.
        path: matches the path; its groups are the members in it.
        query: names, and values where they are fixed, that the query must have.
        headers: the headers that must be there.
    """

    operation: OperationModel
    path: "re.Pattern[str]"
    query: Mapping[str, str]
    headers: frozenset[str]

    def fits(self, request: AwsRequest) -> bool:
        """Whether a request asks for it."""
        asked = request.query
        return (
            all(name in asked and value in {"", asked[name]} for name, value in self.query.items())
            and self.headers <= request.headers.keys()
            and self.path.fullmatch(request.path) is not None
        )

    @cached_property
    def has_document(self) -> bool:
        """Whether its body is JSON or XML with members of its own."""
        shape = self.operation.input_shape
        if shape is None:
            return False
        members = shape.members
        if payload := shape.serialization.get("payload"):
            return members[payload].type_name in {"structure", "list", "string"}
        return any("location" not in member.serialization for member in members.values())

    @cached_property
    def weight(self) -> tuple[int, int, int]:
        """Of two that fit, the heavier is meant: it demands more."""
        return len(self.query), len(self.headers), len(_LABEL.sub("", self.operation.http["requestUri"]))


def route_of(model: ServiceModel, request: AwsRequest) -> Route | None:
    """Which operation a request asks for; None where there is none."""
    routes = _routes(model)
    asked = ("", *request.query)  # S3 tells forty of its operations apart by a name in the query
    fitting = [route for name in asked for route in routes.get((request.method, name), ()) if route.fits(request)]
    return max(fitting, key=lambda route: route.weight, default=None)


def read(route: Route, request: AwsRequest) -> dict[str, Any]:
    """The parameters of a request: of its path, its query, its headers and, where it is at hand, its body.

    Raises:
        ValueError: the body or a value is not of its shape.
    """
    shape = route.operation.input_shape
    match = route.path.fullmatch(request.path)
    if shape is None or match is None:
        return {}
    params: dict[str, Any] = {}
    for name, member in shape.members.items():
        text = _text(name, member, match.groupdict(), request)
        if text is not None and member.type_name not in {"structure", "list", "map"}:
            params[name] = from_text(member, text)
    return {**params, **_body(route.operation.service_model.metadata["protocol"], shape, request.body)}


def _text(name: str, member: Shape, path: Mapping[str, str | None], request: AwsRequest) -> str | None:
    wire = member.serialization.get("name", name)
    location = member.serialization.get("location")
    if location == "uri":
        return path.get(wire)
    if location == "querystring":
        return request.query.get(wire)
    return request.headers.get(wire.lower()) if location == "header" else None


def _body(protocol: str, shape: Shape, body: bytes) -> dict[str, Any]:
    payload: str | None = shape.serialization.get("payload")
    members = shape.members  # type: ignore[attr-defined]
    kind = members[payload].type_name if payload else "structure"
    if not body or kind == "blob":
        return {}
    if kind == "string":
        return {payload or "": body.decode()}
    inside = members[payload] if payload else shape
    found = _of_json(inside, json.loads(body)) if protocol == "rest-json" else _of_xml(inside, _document(body))
    return {payload: found} if payload else found


def _document(body: bytes) -> Element:
    try:
        return fromstring(body)  # noqa: S314 - a client of this machine, and expat expands no external entity
    except ParseError as error:
        raise ValueError(f"no XML: {error}") from error


def _of_json(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - JSON
    if shape.type_name == "structure":
        members = shape.members.items() if isinstance(value, dict) else ()  # type: ignore[attr-defined]
        wired = ((name, member, member.serialization.get("name", name)) for name, member in members)
        return {name: _of_json(member, value[wire]) for name, member, wire in wired if value.get(wire) is not None}
    if shape.type_name == "list" and isinstance(value, list):
        return [_of_json(shape.member, each) for each in value]  # type: ignore[attr-defined]
    return value


def _of_xml(shape: Shape, element: Element) -> Any:  # noqa: ANN401 - botocore's values
    if shape.type_name == "structure":
        found = {}
        for name, member in shape.members.items():  # type: ignore[attr-defined]
            children = _children(element, _wire(name, member))
            if children and member.type_name == "list" and member.serialization.get("flattened"):
                found[name] = [_of_xml(member.member, child) for child in children]
            elif children:
                found[name] = _of_xml(member, children[0])
        return found
    if shape.type_name == "list":
        inner = shape.member  # type: ignore[attr-defined]
        return [_of_xml(inner, child) for child in _children(element, inner.serialization.get("name", "member"))]
    return from_text(shape, element.text or "")


def _children(element: Element, name: str) -> list[Element]:
    return [child for child in element if child.tag.rpartition("}")[2] == name]


def _wire(name: str, member: Shape) -> str:
    if member.type_name == "list" and member.serialization.get("flattened"):
        inner: str | None = member.member.serialization.get("name")  # type: ignore[attr-defined]
        if inner:
            return inner
    named: str = member.serialization.get("name", name)
    return named


@cache
def _routes(model: ServiceModel) -> Mapping[tuple[str, str], tuple[Route, ...]]:
    """The routes by method, and by one of the names that their query must have; "" where it must have none."""
    found: dict[tuple[str, str], list[Route]] = {}
    operations = (model.operation_model(name) for name in model.operation_names)
    for route in (_route(operation) for operation in operations if not operation.deprecated):
        found.setdefault((route.operation.http["method"], next(iter(route.query), "")), []).append(route)
    return {key: tuple(routes) for key, routes in found.items()}


def _route(operation: OperationModel) -> Route:
    path, _, fixed = operation.http["requestUri"].partition("?")
    shape = operation.input_shape
    members = shape.members if shape else {}
    required = [members[name].serialization for name in (shape.required_members if shape else ())]
    parts = (part.partition("=") for part in fixed.split("&") if part)
    query = {name: value for name, _, value in parts if name != "x-id"}  # which SDKs add, and services ignore
    query |= {each["name"]: "" for each in required if each.get("location") == "querystring"}
    headers = {each["name"].lower() for each in required if each.get("location") == "header"}
    return Route(operation, re.compile(_matching(path)), query, frozenset(headers))


def _matching(path: str) -> str:
    written, at = "", 0
    for label in _LABEL.finditer(path):
        inside = ".+" if label[2] else "[^/]+"
        written += f"{re.escape(path[at : label.start()])}(?P<{label[1]}>{inside})"
        at = label.end()
    return written + re.escape(path[at:]) + "/?"
