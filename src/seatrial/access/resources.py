"""What a call names that a role must be allowed, where that is more than one action on one resource. Pure.

IAM decides of each: DynamoDB developer guide, "IAM and transactions", and "BatchGetItem"; Systems Manager user guide,
"Restricting access to Parameter Store parameters using IAM policies".
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl

from botocore.exceptions import UnknownServiceError
from botocore.model import OperationNotFoundError

from seatrial.core.incoming import Incoming
from seatrial.core.wire.modelled import service_model

Wanted = tuple[str, str]
"""An IAM action and the ARN of a resource."""

_BOTOCORES = {"cloudwatch": "cloudwatch", "monitoring": "cloudwatch", "states": "stepfunctions"}


def names_once(request: Incoming, service: str, body: bytes) -> bool:
    """Whether a body says each thing once, and nothing that belongs to another operation: as SDKs write it.

    Args:
        request: the call.
        service: the service as MiniStack routes it.
        body: the body of the request.
    """
    if request.is_form:
        names = [name for name, _ in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True)]
        return len(names) == len(set(names)) and not {"TopicArn", "TargetArn"} <= set(names)
    members = _members(_BOTOCORES.get(service, service), request.target.rpartition(".")[2])
    return members is None or _document(body).keys() <= members


def wanted(action: str, resource: str, body: bytes, place: str) -> list[Wanted]:
    """Each action on each resource that a call asks for.

    Args:
        action: the action as MiniStack reads it.
        resource: the resource as MiniStack reads it: the first, or ``*`` where it reads none.
        body: the body of the call.
        place: region and account as ARNs have them, ``eu-central-1:000000000000``.
    """
    if action.startswith("dynamodb:"):
        tables = f"arn:aws:dynamodb:{place}:table/"
        each = list(_of_tables(action, _document(body)))
        return [(done, on if on.startswith("arn:") else tables + on) for done, on in each] or [(action, resource)]
    if action.startswith("ssm:GetParameter"):
        parameters = f"arn:aws:ssm:{place}:parameter/"
        named = list(_parameters(_document(body)))
        return [(action, on if on.startswith("arn:") else parameters + on.lstrip("/")) for on in named] or [
            (action, resource)
        ]
    return [(action, resource)]


def _members(service: str, operation: str) -> frozenset[str] | None:
    """What the input of an operation may have; None where AWS's models do not know it."""
    try:
        shape = service_model(service).operation_model(operation).input_shape
    except (UnknownServiceError, OperationNotFoundError):
        return None
    return frozenset(shape.members) if shape else frozenset()


def _of_tables(action: str, document: Mapping[str, Any]) -> Iterator[Wanted]:
    """Batches need their own action on each table, transactions those of what they consist of."""
    for table in document.get("RequestItems") or ():
        yield action, str(table)
    for item in document.get("TransactItems") or ():
        for kind, inner in item.items():
            done = "ConditionCheckItem" if kind == "ConditionCheck" else f"{kind}Item"
            yield f"dynamodb:{done}", str(inner.get("TableName", "*"))


def _parameters(document: Mapping[str, Any]) -> Iterator[str]:
    for member in ("Name", "Path"):
        if member in document:
            yield str(document[member])
    yield from map(str, document.get("Names") or ())


def _document(body: bytes) -> Mapping[str, Any]:
    try:
        document = json.loads(body or b"{}")
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
