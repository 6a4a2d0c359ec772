"""EC2's own query protocol: as the others', but every list is flattened, and members have names of their own. Pure."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.model import Shape

from seatrial.core.wire.protocols import forms
from seatrial.core.wire.protocols.shapes import from_text


def read(shape: Shape, body: bytes) -> dict[str, Any]:
    """The parameters in a request's body.

    Raises:
        ValueError: a value is not of its shape.
    """
    params: dict[str, Any] = _read(shape, forms.nested(body))
    return params


def _read(shape: Shape, node: Any) -> Any:  # noqa: ANN401 - botocore's values
    if shape.type_name == "structure":
        members, sent = _members(shape), node.items() if isinstance(node, dict) else ()
        return {members[wire][0]: _read(members[wire][1], inner) for wire, inner in sent if wire in members}
    if shape.type_name == "list":
        inner = shape.member  # type: ignore[attr-defined]
        return [_read(inner, item) for item in node] if isinstance(node, list) else []
    if not isinstance(node, str):
        raise ValueError(f"{shape.name} is no {shape.type_name}")  # noqa: TRY004 - a fault of the request
    return from_text(shape, node)


@cache
def _members(shape: Shape) -> Mapping[str, tuple[str, Shape]]:
    """Name and shape of each member of a structure, by what it is called in a request."""
    return {_wire(name, member): (name, member) for name, member in shape.members.items()}  # type: ignore[attr-defined]


def _wire(name: str, member: Shape) -> str:
    """What a member is called: its ``queryName``, else its XML name with a capital (botocore, ``EC2Serializer``)."""
    written: dict[str, str] = member.serialization
    if "queryName" in written:
        return written["queryName"]
    xml = written.get("name")
    return f"{xml[:1].upper()}{xml[1:]}" if xml else name
