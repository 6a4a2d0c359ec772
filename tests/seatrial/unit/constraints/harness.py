"""A call as botocore puts it on the wire, and what becomes of it at the table."""

from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode

from botocore.serialize import create_serializer

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest
from seatrial.core.wire.modelled import service_model
from seatrial.services.constraints.refusals import Refusal
from seatrial.services.constraints.service import Constraints


def request(service: str, operation: str, params: dict[str, Any], *, in_process: bool = False) -> AwsRequest:
    """What a client's botocore sends, without its own check of the parameters."""
    model = service_model(service)
    protocol = model.metadata["protocol"]
    written = create_serializer(protocol, include_validation=False).serialize_to_request(
        params, model.operation_model(operation)
    )
    path, _, fixed = written["url_path"].partition("?")
    query = {name: str(value) for name, value in dict(written.get("query_string") or {}).items()}
    body = written["body"]
    if isinstance(body, dict):
        body = urlencode(body)
    return AwsRequest(
        method=written["method"],
        path=unquote(path),
        query=dict(parse_qsl(fixed, keep_blank_values=True)) | query,
        headers={name.lower(): str(value) for name, value in written["headers"].items()},
        body=body.encode() if isinstance(body, str) else bytes(body or b""),
        service=model.signing_name,
        operation="" if protocol.startswith("rest-") else operation,
        region="eu-central-1",
        account_id="000000000000",
        in_process=in_process,
    )


async def refused(service: str, operation: str, params: dict[str, Any]) -> Refusal | None:
    """How a call is answered in everybody's place, through the seams that the gateway uses; None where it goes on."""
    held, asked = Constraints(), request(service, operation, params)
    if held.claims(asked):
        answer = await held.handle(asked)
        return Refusal(_code(answer.body.decode()), answer.body.decode(), answer.status)
    if held.observes(asked):
        try:
            held.rewrite_request(asked)
        except AwsCallError as error:
            return Refusal(error.code, error.message, error.status)
    return None


def _code(body: str) -> str:
    before, after = ("<Code>", "</Code>") if "<Code>" in body else ('"__type": "', '"')
    return body.partition(before)[2].partition(after)[0]
