"""One AWS service's calls, read from whichever protocol a client speaks, and answered in the same."""

import gzip
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any

from botocore.model import OperationModel, ServiceModel

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, request_id
from seatrial.core.wire.modelled import service_model
from seatrial.core.wire.protocols import cbor, json_values, query
from seatrial.core.wire.protocols.shapes import misfit


class Protocol(Enum):
    """AWS's protocols in which an operation is named outside its path."""

    QUERY = "query"
    JSON = "json"
    CBOR = "smithy-rpc-v2-cbor"

    @classmethod
    def of(cls, request: AwsRequest) -> "Protocol":
        """The protocol that a request speaks: by its ``smithy-protocol`` or ``x-amz-target`` header, else query."""
        if request.headers.get("smithy-protocol") == "rpc-v2-cbor":
            return cls.CBOR
        return cls.JSON if "x-amz-target" in request.headers else cls.QUERY


@dataclass(frozen=True)
class Codec:
    """Reads calls of one service and writes their answers.

    Args:
        service: botocore's name, such as ``cloudwatch``.
    """

    service: str

    @property
    def model(self) -> ServiceModel:
        """Botocore's model of the service."""
        return service_model(self.service)

    def read(self, request: AwsRequest) -> dict[str, Any]:
        """The parameters of a call, shaped as boto3 takes them: times are ``datetime`` in UTC, blobs are bytes.

        Raises:
            AwsCallError: the body is not of the operation's shape: ``SerializationException``, or
                ``ValidationError`` where a required parameter is missing.
        """
        shape = self._operation(request.operation).input_shape
        if shape is None:
            return {}
        try:
            params = _READERS[Protocol.of(request)](shape, plain_body(request))
        except (ValueError, TypeError, KeyError, AttributeError, RecursionError) as error:
            raise AwsCallError("SerializationException", f"The request cannot be read: {error}") from error
        if problem := misfit(shape, params):
            raise AwsCallError("ValidationError", problem)
        return params

    def answer(self, request: AwsRequest, result: Mapping[str, Any]) -> AwsResponse:
        """The answer to a call, from what boto3 would give for it."""
        shape = self._operation(request.operation).output_shape
        protocol = Protocol.of(request)
        if protocol is Protocol.QUERY:
            namespace = self.model.metadata.get("xmlNamespace", "")
            return AwsResponse.of_xml(query.write(request.operation, shape, result, namespace))
        if protocol is Protocol.CBOR:
            return _cbor(cbor.write(shape, result), 200)
        return self._json(json_values.write(shape, result), 200)

    def error(self, request: AwsRequest, code: str, message: str, status: int = 400) -> AwsResponse:
        """The error answer to a call; the model says which of its shapes and which status belong to the code."""
        shape = next((shape for shape in self.model.error_shapes if getattr(shape, "error_code", None) == code), None)
        status = int(shape.metadata.get("error", {}).get("httpStatusCode", status)) if shape else status
        kind = "Sender" if status < 500 else "Receiver"  # noqa: PLR2004 - HTTP
        protocol = Protocol.of(request)
        if protocol is Protocol.QUERY:
            return AwsResponse.of_xml(query.write_error(code, message, kind, self.model.metadata), status)
        document = {"__type": shape.name if shape else code, "message": message}
        answer = _cbor(cbor.encode(document), status) if protocol is Protocol.CBOR else self._json(document, status)
        # Services that spoke the query protocol before keep its codes in this header.
        headers = {**answer.headers, "x-amzn-query-error": f"{code};{kind}"}
        return AwsResponse(answer.status, headers, answer.body)

    def _operation(self, name: str) -> OperationModel:
        if name not in self.model.operation_names:
            raise AwsCallError("InvalidAction", f"Could not find operation {name} for version {self.model.api_version}")
        return self.model.operation_model(name)

    def _json(self, document: Mapping[str, Any], status: int) -> AwsResponse:
        answer = AwsResponse.of_json(document, status)
        version = self.model.metadata.get("jsonVersion", "1.1")
        return AwsResponse(status, {**answer.headers, "content-type": f"application/x-amz-json-{version}"}, answer.body)


_READERS = {Protocol.QUERY: query.read, Protocol.JSON: json_values.read, Protocol.CBOR: cbor.read}


def plain_body(request: AwsRequest) -> bytes:
    """The body, unpacked if it is packed: SDKs pack large calls such as ``PutMetricData`` with gzip.

    Raises:
        ValueError: it is not what its header says.
    """
    if request.headers.get("content-encoding", "") != "gzip":
        return request.body
    try:
        return gzip.decompress(request.body)
    except (OSError, EOFError, zlib.error) as error:
        raise ValueError(f"no gzip: {error}") from error


def _cbor(body: bytes, status: int) -> AwsResponse:
    headers = {
        "content-type": "application/cbor",
        "smithy-protocol": "rpc-v2-cbor",
        "x-amzn-requestid": request_id(),
    }
    return AwsResponse(status, headers, body)
