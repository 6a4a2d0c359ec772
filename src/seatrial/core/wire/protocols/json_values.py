"""AWS's JSON protocol: times are seconds since 1970 as numbers, blobs are base64. Pure."""

import json
from base64 import b64decode, b64encode
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_timestamp

from seatrial.core.wire.protocols.shapes import in_utc, walk, wired


def read(shape: Shape, body: bytes) -> dict[str, Any]:
    """The parameters in a request's body.

    Raises:
        ValueError: the body is not JSON, or a value is not of its shape.
    """
    document = json.loads(body or b"{}")
    params: dict[str, Any] = walk(shape, document, _read)
    return params


def write(shape: Shape | None, result: Mapping[str, Any]) -> dict[str, Any]:
    """The document of an answer."""
    document: dict[str, Any] = wired(shape, result, _write) if shape else {}
    return document


def _read(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - botocore's values
    if shape.type_name == "timestamp":
        return datetime.fromtimestamp(value, UTC) if isinstance(value, int | float) else in_utc(parse_timestamp(value))
    if shape.type_name == "blob":
        return b64decode(value)
    # Numbers that JSON cannot say are spelled: "NaN", "Infinity".
    return float(value) if shape.type_name in {"float", "double"} else value


def _write(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - botocore's values
    if shape.type_name == "timestamp":
        return in_utc(value).timestamp()
    return b64encode(value).decode() if shape.type_name == "blob" else value
