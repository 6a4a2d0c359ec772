"""Smithy's RPC v2 CBOR protocol (RFC 8949): what newer SDKs speak to CloudWatch. Pure."""

import struct
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from botocore.model import Shape
from botocore.parsers import ResponseParserError, RpcV2CBORParser

from seatrial.core.wire.protocols.shapes import in_utc, walk, wired

_UNSIGNED, _NEGATIVE, _BYTES, _TEXT, _LIST, _MAP, _TAG, _SIMPLE = (kind << 5 for kind in range(8))
_FALSE, _TRUE, _NULL, _DOUBLE = _SIMPLE | 20, _SIMPLE | 21, _SIMPLE | 22, _SIMPLE | 27
_EPOCH = 1
_IN_FIRST_BYTE = 24
_LENGTHS = ((2**8, ">B", 24), (2**16, ">H", 25), (2**32, ">I", 26), (2**64, ">Q", 27))


def read(shape: Shape, body: bytes) -> dict[str, Any]:
    """The parameters in a request's body.

    Raises:
        ValueError: the body is not CBOR, or a value is not of its shape.
    """
    document = decode(body) if body else {}
    params: dict[str, Any] = walk(shape, document, _leaf)
    return params


def write(shape: Shape | None, result: Mapping[str, Any]) -> bytes:
    """The body of an answer."""
    return encode(wired(shape, result, _typed) if shape else {})


def decode(body: bytes) -> Any:  # noqa: ANN401 - any value
    """The value in a body.

    Raises:
        ValueError: it is not CBOR.
    """
    parser = RpcV2CBORParser()
    try:
        return parser.parse_data_item(parser.get_peekable_stream_from_bytes(body))
    except (ResponseParserError, struct.error, RecursionError) as error:
        raise ValueError(f"no CBOR: {error}") from error


def encode(value: Any) -> bytes:  # noqa: ANN401, PLR0911 - any value; one line for each kind
    """A value as CBOR; times under tag 1, in seconds since 1970."""
    if value is None:
        return bytes((_NULL,))
    if isinstance(value, bool):
        return bytes((_TRUE if value else _FALSE,))
    if isinstance(value, int):
        return _head(_UNSIGNED, value) if value >= 0 else _head(_NEGATIVE, -1 - value)
    if isinstance(value, float):
        return bytes((_DOUBLE,)) + struct.pack(">d", value)
    if isinstance(value, datetime):
        return _head(_TAG, _EPOCH) + encode(in_utc(value).timestamp())
    if isinstance(value, bytes):
        return _head(_BYTES, len(value)) + value
    if isinstance(value, str):
        text = value.encode()
        return _head(_TEXT, len(text)) + text
    if isinstance(value, Mapping):
        pairs = (encode(str(key)) + encode(item) for key, item in value.items())
        return _head(_MAP, len(value)) + b"".join(pairs)
    if isinstance(value, Sequence):
        return _head(_LIST, len(value)) + b"".join(encode(item) for item in value)
    raise TypeError(f"{type(value).__name__} has no CBOR")


def _head(kind: int, number: int) -> bytes:
    if number < _IN_FIRST_BYTE:
        return bytes((kind | number,))
    pattern, more = next((pattern, more) for limit, pattern, more in _LENGTHS if number < limit)
    return bytes((kind | more,)) + struct.pack(pattern, number)


def _leaf(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - botocore's values
    if isinstance(value, datetime):
        return in_utc(value)
    return float(value) if shape.type_name in {"float", "double"} else value


def _typed(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - botocore's values
    return float(value) if shape.type_name in {"float", "double"} else value
