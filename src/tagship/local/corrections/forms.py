"""AWS's query protocol as EC2, RDS, IAM and Elastic Load Balancing speak it. Pure.

``Filter.1.Name=a&Filter.1.Value.1=b`` is read as ``{"Filter": [{"Name": "a", "Value": ["b"]}]}``.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import parse_qsl, urlencode

from tagship.local.service import AwsRequest


def flat(request: AwsRequest) -> dict[str, str]:
    """The parameters as they were sent."""
    return dict(parse_qsl(request.body.decode("utf-8", "replace"), keep_blank_values=True))


def read(request: AwsRequest) -> dict[str, Any]:
    """The parameters, nested; every leaf is a string. What is numbered, with or without ``member``, is a list."""
    tree: dict[str, Any] = {}
    for name, value in flat(request).items():
        _put(tree, name.split("."), value)
    nested = _nested(tree)
    return nested if isinstance(nested, dict) else {}


def with_form(request: AwsRequest, form: Mapping[str, str]) -> AwsRequest:
    """The same request with other parameters."""
    return replace(request, body=urlencode(form).encode())


def changed(request: AwsRequest, change: Callable[[str, str], str]) -> AwsRequest:
    """The same request with each value as ``change(name, value)`` gives it."""
    return with_form(request, {name: change(name, value) for name, value in flat(request).items()})


def strings(value: Any) -> list[str]:  # noqa: ANN401 - a part of a form
    """A list of strings, where the form has one; else an empty list."""
    return [entry for entry in value if isinstance(entry, str)] if isinstance(value, list) else []


def part(value: Any, *path: str) -> Any:  # noqa: ANN401 - a part of a form
    """What is found along a path, or None."""
    for step in path:
        value = value.get(step) if isinstance(value, dict) else None
    return value


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
    if list(node) == ["member"]:
        return _nested(node["member"])
    if node and all(name.isdigit() for name in node):
        return [_nested(node[name]) for name in sorted(node, key=int)]
    return {name: _nested(inner) for name, inner in node.items()}
