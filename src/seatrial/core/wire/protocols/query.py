"""AWS's query protocol: parameters in a form, answers in XML. Pure."""

from collections.abc import Iterator, Mapping
from typing import Any
from urllib.parse import parse_qsl
from xml.sax.saxutils import escape

from botocore.model import Shape

from seatrial.core.service import request_id
from seatrial.core.wire.protocols.shapes import from_text, to_text

Tree = dict[str, Any]


def read(shape: Shape, body: bytes) -> dict[str, Any]:
    """The parameters in a request's body.

    Raises:
        ValueError: a value is not of its shape.
    """
    tree: Tree = {}
    for name, text in parse_qsl(body.decode(), keep_blank_values=True):
        _put(tree, name.split("."), text)
    params: dict[str, Any] = _read(shape, tree)
    return params


def write(operation: str, shape: Shape | None, result: Mapping[str, Any], namespace: str) -> str:
    """The document of an answer."""
    wrapper = shape.serialization.get("resultWrapper", f"{operation}Result") if shape else ""
    inner = f"<{wrapper}>{''.join(_members(shape, result))}</{wrapper}>" if shape else ""
    metadata = f"<ResponseMetadata><RequestId>{request_id()}</RequestId></ResponseMetadata>"
    return f'<{operation}Response xmlns="{namespace}">{inner}{metadata}</{operation}Response>'


def write_error(code: str, message: str, kind: str, metadata: Mapping[str, Any]) -> str:
    """The document of an error answer."""
    error = f"<Error><Type>{kind}</Type><Code>{escape(code)}</Code><Message>{_text(message)}</Message></Error>"
    namespace = metadata.get("xmlNamespace", "")
    return f'<ErrorResponse xmlns="{namespace}">{error}<RequestId>{request_id()}</RequestId></ErrorResponse>'


def _put(tree: Tree, path: list[str], text: str) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            raise ValueError(f"{'.'.join(path)} is given twice")  # noqa: TRY004 - a fault of the request
        tree = inner
    tree[path[-1]] = text


def _read(shape: Shape, node: Any) -> Any:  # noqa: ANN401 - botocore's values
    if shape.type_name == "structure":
        found: dict[str, Any] = {}
        for name, member in shape.members.items():  # type: ignore[attr-defined]
            wire = _wire(name, member)
            if wire in node:
                found[name] = _read(member, node[wire])
        return found
    if shape.type_name == "list":
        inner = shape.member  # type: ignore[attr-defined]
        items = node if _flat(shape) else _below(node, inner.serialization.get("name", "member"))
        return [_read(inner, item) for item in _numbered(items)]
    if shape.type_name == "map":
        entries = node if _flat(shape) else _below(node, "entry")
        return dict(_pairs(shape, entries))
    return from_text(shape, node)


def _below(node: Any, name: str) -> Tree:  # noqa: ANN401 - a tree, or "" where a list is empty
    inner = node.get(name, {}) if isinstance(node, dict) else {}
    return inner if isinstance(inner, dict) else {}


def _numbered(items: Any) -> list[Any]:  # noqa: ANN401 - as above
    if not isinstance(items, dict):
        return []
    return [items[number] for number in sorted((key for key in items if key.isdigit()), key=int)]


def _pairs(shape: Shape, entries: Any) -> Iterator[tuple[str, Any]]:  # noqa: ANN401 - as above
    key, value = shape.key, shape.value  # type: ignore[attr-defined]
    for entry in _numbered(entries):
        name = entry[key.serialization.get("name", "key")]
        yield _read(key, name), _read(value, entry[value.serialization.get("name", "value")])


def _wire(name: str, member: Shape) -> str:
    """What a member is called; a flattened list is called as its elements, where those have a name."""
    if member.type_name == "list" and _flat(member):
        inner: str | None = member.member.serialization.get("name")  # type: ignore[attr-defined]
        if inner:
            return inner
    named: str = member.serialization.get("name", name)
    return named


def _flat(shape: Shape) -> bool:
    return bool(shape.serialization.get("flattened"))


def _members(shape: Shape, value: Mapping[str, Any]) -> Iterator[str]:
    for name, member in shape.members.items():  # type: ignore[attr-defined]
        if value.get(name) is not None:
            yield from _element(_wire(name, member), member, value[name])


def _element(name: str, shape: Shape, value: Any) -> Iterator[str]:  # noqa: ANN401 - botocore's values
    if shape.type_name == "list" and _flat(shape):
        inner = shape.member  # type: ignore[attr-defined]
        for item in value:
            yield from _element(name, inner, item)
        return
    if shape.type_name == "map" and _flat(shape):
        for entry in _entries(shape, value):
            yield f"<{name}>{entry}</{name}>"
        return
    yield f"<{name}>{_content(shape, value)}</{name}>"


def _content(shape: Shape, value: Any) -> str:  # noqa: ANN401 - botocore's values
    if shape.type_name == "structure":
        return "".join(_members(shape, value))
    if shape.type_name == "list":
        inner = shape.member  # type: ignore[attr-defined]
        name = inner.serialization.get("name", "member")
        return "".join(part for item in value for part in _element(name, inner, item))
    if shape.type_name == "map":
        return "".join(f"<entry>{entry}</entry>" for entry in _entries(shape, value))
    return _text(to_text(shape, value))


def _entries(shape: Shape, value: Mapping[str, Any]) -> Iterator[str]:
    key, inner = shape.key, shape.value  # type: ignore[attr-defined]
    for name, item in value.items():
        parts = (
            *_element(key.serialization.get("name", "key"), key, name),
            *_element(inner.serialization.get("name", "value"), inner, item),
        )
        yield "".join(parts)


def _text(text: str) -> str:
    # A carriage return would come back as a line feed, for XML reads both as one.
    return escape(text, {"\r": "&#13;"})
