"""CloudWatch Logs."""

from typing import Any
from uuid import uuid4

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.core.state import Store
from seatrial.ministack.corrections.correction import Addition, operation
from seatrial.ministack.corrections.notes import Notes


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
