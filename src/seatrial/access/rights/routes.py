"""Which operation a request by REST is, and what its path, query and headers say: by AWS's models."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any
from urllib.parse import parse_qsl, unquote

from botocore.model import OperationModel, StructureShape

from seatrial.core.incoming import Incoming
from seatrial.core.wire.modelled import service_model

_ELSEWHERE = frozenset(
    {
        "GetBucketLifecycle",
        "GetBucketNotification",
        "ListDirectoryBuckets",
        "PutBucketLifecycle",
        "PutBucketNotification",
    }
)
"""S3's that are asked as others are: operations of old, and one of another endpoint."""

_LABEL = re.compile(r"\{(\w+)(\+?)\}")


@dataclass(frozen=True)
class Route:
    """How an operation is asked by HTTP.

    Args:
        operation: botocore's model.
        method: ``GET``, ….
        path: matches a path that is decoded, with a group for each label.
        labels: the names of these groups' members.
        query: what the query must say, or be silent about where the value is None.
        required: parameters of the query that are always there.
        headers: headers that are always there.
    """

    operation: OperationModel
    method: str
    path: "re.Pattern[str]"
    labels: tuple[str, ...]
    query: tuple[tuple[str, str], ...]
    required: frozenset[str]
    headers: frozenset[str]


def find(service: str, request: Incoming) -> Route | None:
    """The operation that a request fits best; None where it fits none, or several as well."""
    fitting = [route for route in _routes(service) if _fits(route, request)]
    best = max(map(_weight, fitting), default=None)
    found = [route for route in fitting if _weight(route) == best]
    return found[0] if len(found) == 1 else None


def params_of(route: Route, request: Incoming) -> dict[str, Any]:
    """What path, query and headers say, by the names of the operation's members; every value is a text."""
    match, query, headers = route.path.fullmatch(request.path), request.query, request.headers
    found: dict[str, Any] = dict(zip(route.labels, match.groups(), strict=True)) if match else {}
    shape = route.operation.input_shape
    for name, member in shape.members.items() if isinstance(shape, StructureShape) else ():
        where, wire = member.serialization.get("location"), member.serialization.get("name", name)
        if where == "querystring" and wire in query:
            found[name] = query[wire]
        elif where == "header" and wire.lower() in headers:
            found[name] = headers[wire.lower()]
    return found


def _fits(route: Route, request: Incoming) -> bool:
    if route.method != request.method or not route.path.fullmatch(request.path):
        return False
    said = all(request.query.get(name) == value for name, value in route.query)
    return said and route.required <= request.query.keys() and route.headers <= request.headers.keys()


def _weight(route: Route) -> tuple[int, int, int]:
    """How much a route says: of two that fit, the one that says more is meant; a label says less than a word."""
    return len(route.query) + len(route.required), len(route.headers), -len(route.labels)


@cache
def _routes(service: str) -> tuple[Route, ...]:
    model = service_model(service)
    return tuple(_route(model.operation_model(name)) for name in model.operation_names if name not in _ELSEWHERE)


def _route(operation: OperationModel) -> Route:
    path, _, query = operation.http["requestUri"].partition("?")
    pattern, labels, end = "", [], 0
    for label in _LABEL.finditer(path):
        pattern += re.escape(path[end : label.start()]) + ("(.+)" if label[2] else "([^/]+)")
        labels.append(_member(operation, label[1]))
        end = label.end()
    pattern += re.escape(path[end:].rstrip("/")) + "/?"
    said = tuple((unquote(name), unquote(value)) for name, value in parse_qsl(query, keep_blank_values=True))
    required = {where: frozenset(_required(operation, where)) for where in ("querystring", "header")}
    return Route(
        operation,
        operation.http["method"],
        re.compile(pattern, re.DOTALL),
        tuple(labels),
        said,
        required["querystring"],
        frozenset(name.lower() for name in required["header"]),
    )


def _member(operation: OperationModel, wire: str) -> str:
    """The member that a label of the path stands for."""
    shape = operation.input_shape
    members = shape.members if isinstance(shape, StructureShape) else {}
    return next((name for name, each in members.items() if each.serialization.get("name", name) == wire), wire)


def _required(operation: OperationModel, where: str) -> list[str]:
    shape = operation.input_shape
    if not isinstance(shape, StructureShape):
        return []
    members = ((name, shape.members[name].serialization) for name in shape.required_members)
    return [form.get("name", name) for name, form in members if form.get("location") == where]
