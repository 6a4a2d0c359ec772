"""What every protocol shares: values by botocore's shapes. Pure."""

from base64 import b64decode, b64encode
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any

from botocore.model import Shape
from botocore.utils import parse_timestamp

Leaf = Callable[[Shape, Any], Any]


def walk(shape: Shape, value: Any, leaf: Leaf) -> Any:  # noqa: ANN401 - botocore's values
    """The same value with ``leaf`` applied to everything that is no structure, list or map; unknown members go."""
    if shape.type_name == "structure":
        return {
            name: walk(member, value[wire], leaf)
            for name, member in shape.members.items()  # type: ignore[attr-defined]
            if value.get(wire := member.serialization.get("name", name)) is not None
        }
    if shape.type_name == "list":
        return [walk(shape.member, item, leaf) for item in value]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {key: walk(shape.value, item, leaf) for key, item in value.items()}  # type: ignore[attr-defined]
    return leaf(shape, value)


def wired(shape: Shape, value: Any, leaf: Leaf) -> Any:  # noqa: ANN401 - botocore's values
    """A value of ours with the names that the wire uses; members that are None or unknown go."""
    if shape.type_name == "structure":
        return {
            member.serialization.get("name", name): wired(member, value[name], leaf)
            for name, member in shape.members.items()  # type: ignore[attr-defined]
            if value.get(name) is not None
        }
    if shape.type_name == "list":
        return [wired(shape.member, item, leaf) for item in value]  # type: ignore[attr-defined]
    if shape.type_name == "map":
        return {key: wired(shape.value, item, leaf) for key, item in value.items()}  # type: ignore[attr-defined]
    return leaf(shape, value)


def from_text(shape: Shape, text: str) -> Any:  # noqa: ANN401 - botocore's values
    """A leaf that arrived as text.

    Raises:
        ValueError: it is not of the shape's type.
    """
    kind = shape.type_name
    if kind in {"integer", "long"}:
        return int(text)
    if kind in {"float", "double"}:
        return float(text)
    if kind == "boolean":
        return _truth(text)
    if kind == "blob":
        return b64decode(text)
    return in_utc(parse_timestamp(text)) if kind == "timestamp" else text


def to_text(shape: Shape, value: Any) -> str:  # noqa: ANN401 - botocore's values
    """A leaf as text; times as ``2026-11-25T02:10:00.123Z``."""
    kind = shape.type_name
    if kind == "boolean":
        return "true" if value else "false"
    if kind == "blob":
        return b64encode(value).decode()
    if kind == "timestamp":
        return in_utc(value).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return repr(float(value)) if kind in {"float", "double"} else str(value)


def in_utc(moment: datetime) -> datetime:
    """The same moment in UTC; a moment without a zone is taken to be in UTC."""
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def misfit(shape: Shape, value: Any, path: str = "") -> str | None:  # noqa: ANN401 - botocore's values
    """AWS's sentence about the first required member that is missing, or None."""
    if shape.type_name == "structure" and isinstance(value, Mapping):
        members = shape.members  # type: ignore[attr-defined]
        for name in shape.required_members:
            if name not in value:
                return f"The parameter {path}{name} is required."
        found = (misfit(members[name], item, f"{path}{name}.") for name, item in value.items())
        return next((problem for problem in found if problem), None)
    if shape.type_name == "list":
        inner = shape.member  # type: ignore[attr-defined]
        found = (misfit(inner, item, f"{path}member.{place}.") for place, item in enumerate(value, 1))
        return next((problem for problem in found if problem), None)
    return None


def _truth(text: str) -> bool:
    if text.lower() not in {"true", "false"}:
        raise ValueError(f"{text} is no boolean")
    return text.lower() == "true"
