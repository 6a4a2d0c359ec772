"""CloudWatch Logs."""

import re
from dataclasses import replace
from typing import Any, Final
from uuid import UUID, uuid4

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.ministack.corrections.correction import Addition, Correction, operation
from seatrial.ministack.corrections.notes import Notes

_PLAIN: Final = re.compile(rb'("id": ?"|:delivery:)([0-9a-f]{32})(?=")')
_UUID: Final = re.compile(rb'("id": ?"|:delivery:)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}(?=")')
"""Of a delivery, in the JSON of a request and of an answer."""


def query_definitions(store: Store) -> Addition:
    """Saved queries of Logs Insights.

    AWS: Put without ``queryDefinitionId`` makes one and answers its id; with one it replaces it; Describe filters by
    the beginning of the name; Delete answers ``success`` (CloudWatch Logs API reference). MiniStack has none of them.
    """
    calls = {"PutQueryDefinition": _put, "DescribeQueryDefinitions": _describe, "DeleteQueryDefinition": _delete}
    notes = Notes(store, "corrections.query")

    async def answer(request: AwsRequest) -> AwsResponse:
        return AwsResponse.of_json(calls[request.operation](notes, request))

    return Addition(operation("logs", *calls), answer)


def ids_of_deliveries() -> Correction:
    """A delivery's id has letters and digits only, and its ARN ends with it.

    AWS: ``^[0-9A-Za-z]+$``, 64 at most; another is refused (CloudWatch Logs API reference, ``Delivery`` and
    ``GetDelivery``). MiniStack gives UUIDs, with hyphens.
    """

    def asked(request: AwsRequest) -> AwsRequest:
        return replace(request, body=_PLAIN.sub(_with_hyphens, request.body))

    def told(_: AwsRequest, response: AwsResponse) -> AwsResponse:
        return replace(response, body=_UUID.sub(lambda found: found[0].replace(b"-", b""), response.body))

    calls = ("CreateDelivery", "DeleteDelivery", "DescribeDeliveries", "GetDelivery", "UpdateDeliveryConfiguration")
    tags = ("ListTagsForResource", "TagResource", "UntagResource")
    return Correction(operation("logs", *calls, *tags), told, asked)


def _with_hyphens(found: "re.Match[bytes]") -> bytes:
    return found[1] + str(UUID(found[2].decode())).encode()


def _put(notes: Notes, request: AwsRequest) -> dict[str, Any]:
    asked = request.json()
    identifier = asked.get("queryDefinitionId")
    if identifier:
        _require(notes, request, identifier)
    else:
        identifier = str(uuid4())
    kept: dict[str, Any] = {
        name: asked[name] for name in ("name", "queryString", "logGroupNames", "queryLanguage") if name in asked
    }
    notes.put(request, identifier, {"queryLanguage": "CWLI", **kept, "queryDefinitionId": identifier})
    return {"queryDefinitionId": identifier}


def _describe(notes: Notes, request: AwsRequest) -> dict[str, Any]:
    prefix = request.json().get("queryDefinitionNamePrefix", "")
    return {"queryDefinitions": [each for each in notes.all(request).values() if each["name"].startswith(prefix)]}


def _delete(notes: Notes, request: AwsRequest) -> dict[str, Any]:
    identifier = request.json().get("queryDefinitionId", "")
    _require(notes, request, identifier)
    notes.forget(request, identifier)
    return {"success": True}


def _require(notes: Notes, request: AwsRequest, identifier: str) -> None:
    if notes.get(request, identifier) is None:
        raise AwsCallError("ResourceNotFoundException", "The specified resource does not exist.")
