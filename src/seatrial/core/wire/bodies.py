"""How large a request may be: bodies of API calls are read within a bound, and unpacked within it.

Source of the answer: Amazon SQS, "HTTP content length exceeded 1662976 bytes." with status 413 (reported at
https://github.com/aws/aws-sdk-js/issues/479); of Lambda's: its developer guide, "Lambda quotas".
"""

import zlib
from dataclasses import replace

from seatrial.core.asgi import Disconnected, Message, Receive
from seatrial.core.service import AwsResponse, request_id

MIB = 1 << 20
LARGEST = 4 * MIB
"""Bytes of a call to a service that says nothing of it; SDKs split before."""

_OF_SERVICE = {
    "dynamodb": 17 * MIB,  # BatchWriteItem: 16 MB (API reference)
    "ecr": 28 * MIB,  # UploadLayerPart: 20 MiB, in base64 (ECR user guide, "Service quotas")
    "firehose": 6 * MIB,  # PutRecordBatch: 4 MiB, in base64
    "kinesis": 14 * MIB,  # PutRecords: 10 MiB, in base64
    "lambda": 70_167_211,  # "Request must be smaller than 70167211 bytes for the CreateFunction operation"
    "monitoring": MIB,  # PutMetricData: 1 MB, unpacked (API reference)
    "ses": 54 * MIB,  # a message of 40 MB, in base64 (SES developer guide, "Service quotas")
    "sqs": 1_662_976,
}
_GZIP = 31
"""The window bits that make zlib take the format of gzip only."""


# inside: the guard, which answers it with status 413
class TooLarge(Exception):
    """A body is larger than it may be.

    Args:
        limit: bytes.
    """

    def __init__(self, limit: int) -> None:
        super().__init__(f"more than {limit} bytes")
        self.limit = limit


def limit_of(service: str) -> int:
    """Bytes that a call may have, by its signing name."""
    return _OF_SERVICE.get(service, LARGEST)


async def read_within(receive: Receive, headers: dict[str, str], limit: int) -> bytes:
    """All of a body.

    Raises:
        TooLarge: what is announced, or comes, is more than the limit; the rest is not read.
        Disconnected: the client went away.
    """
    announced = headers.get("content-length", "")
    if announced.isascii() and announced.isdigit() and int(announced) > limit:
        raise TooLarge(limit)
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Disconnected
        body += message.get("body", b"")
        if len(body) > limit:
            raise TooLarge(limit)
        if not message.get("more_body"):
            return bytes(body)


def unpacked(body: bytes, limit: int) -> bytes:
    """What a gzip holds; what is none is left as it is, and named wrong by whoever reads it.

    Raises:
        TooLarge: it holds more than the limit.
    """
    unpacking = zlib.decompressobj(_GZIP)
    try:
        content = unpacking.decompress(body, limit + 1)
    except zlib.error:
        return body
    if len(content) > limit:
        raise TooLarge(limit)
    return content if unpacking.eof else body


def too_large(service: str, limit: int) -> AwsResponse:
    """AWS's answer."""
    answer = AwsResponse.of_json({"message": f"Request must be smaller than {limit} bytes"}, 413)
    if service == "lambda":
        return replace(answer, headers={**answer.headers, "x-amzn-errortype": "RequestEntityTooLargeException"})
    headers = {"content-type": "text/plain", "x-amzn-requestid": request_id(), "connection": "close"}
    return AwsResponse(413, headers, f"HTTP content length exceeded {limit} bytes.".encode())


def replayed(body: bytes) -> Receive:
    """A body that is in hand, to be received once more."""

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    return receive
