"""AWS's query protocol: ``Actions.member.1.Type=forward`` is read as ``{"Actions": [{"Type": "forward"}]}``. Pure."""

from typing import Any
from urllib.parse import parse_qsl


def read_form(body: bytes) -> dict[str, Any]:
    """The parameters of a request, nested as AWS's reference shapes them; every leaf is a string."""
    tree: dict[str, Any] = {}
    for name, value in parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True):
        _put(tree, name.split("."), value)
    nested: dict[str, Any] = _nested(tree)
    return nested


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # A name that is a leaf elsewhere: not AWS's.
        tree = inner
    tree[path[-1]] = value


def _nested(node: Any) -> Any:  # noqa: ANN401 - strings, lists and dictionaries of them
    if not isinstance(node, dict):
        return node
    members = node.get("member")
    if isinstance(members, dict):
        numbered = sorted((int(number), member) for number, member in members.items() if number.isdigit())
        return [_nested(member) for _, member in numbered]
    return {name: _nested(inner) for name, inner in node.items()}
