"""Parameters of AWS's query protocol where no model is at hand. Pure.

``Filter.1.Name=a&Filter.1.Value.1=b`` is read as ``{"Filter": [{"Name": "a", "Value": ["b"]}]}``.
"""

from typing import Any
from urllib.parse import parse_qsl


def flat(body: bytes) -> dict[str, str]:
    """The parameters as they were sent."""
    return dict(parse_qsl(body.decode("utf-8", "replace"), keep_blank_values=True))


def nested(body: bytes) -> dict[str, Any]:
    """The parameters, nested; every leaf is a string. What is numbered, with or without ``member``, is a list."""
    tree: dict[str, Any] = {}
    for name, value in flat(body).items():
        _put(tree, name.split("."), value)
    found = _listed(tree)
    return found if isinstance(found, dict) else {}


def _put(tree: dict[str, Any], path: list[str], value: str) -> None:
    for step in path[:-1]:
        inner = tree.setdefault(step, {})
        if not isinstance(inner, dict):
            return  # A name that is a leaf elsewhere: not AWS's.
        tree = inner
    tree[path[-1]] = value


def _listed(node: Any) -> Any:  # noqa: ANN401 - strings, lists and dictionaries of them
    if not isinstance(node, dict):
        return node
    if list(node) == ["member"]:
        return _listed(node["member"])
    if node and all(name.isdigit() for name in node):
        return [_listed(node[name]) for name in sorted(node, key=int)]
    return {name: _listed(inner) for name, inner in node.items()}
