"""Property selectors of JSON patterns: ``$.users[0].id``, ``$.items[*].flag``, ``$.['cluster.name']``. Pure.

Source: CloudWatch Logs user guide, "Filter pattern syntax", "Matching terms in JSON log events".
"""

import re
from typing import Any

from seatrial.services.logs.values import InvalidPattern

_PART = re.compile(
    r"""\.?\[(?P<index>\d+)\]|\.?\[(?P<every>\*)\]|\.?\['(?P<single>[^']*)'\]|\.?\["(?P<double>[^"]*)"\]"""
    r"""|\.(?P<name>[\w-]+)|\.(?P<any>\*)"""
)
SELECTOR = re.compile(rf"\$(?:{re.sub(r'[?]P<[a-z]+>', '?:', _PART.pattern)})+")

Part = str | int | None
"""A property, an index, or None for the wildcard."""

Selector = tuple[Part, ...]


def parse(text: str) -> Selector:
    """The parts of a selector.

    Raises:
        InvalidPattern: it is none, or has more than one wildcard.
    """
    if not SELECTOR.fullmatch(text):
        raise InvalidPattern(f"Invalid property selector {text}")
    parts = tuple(_part(found) for found in _PART.finditer(text, 1))
    if parts.count(None) > 1:
        raise InvalidPattern(f"More than one wildcard in the property selector {text}")
    return parts


def select(document: Any, selector: Selector) -> list[Any]:  # noqa: ANN401 - JSON
    """Every node that it points to; several only with a wildcard."""
    nodes = [document]
    for part in selector:
        nodes = [child for node in nodes for child in _children(node, part)]
    return nodes


def _part(found: re.Match[str]) -> Part:
    if found["index"] is not None:
        return int(found["index"])
    if found["every"] or found["any"]:
        return None
    return next(found[name] for name in ("single", "double", "name") if found[name] is not None)


def _children(node: Any, part: Part) -> list[Any]:  # noqa: ANN401 - JSON
    if part is None:
        return list(node) if isinstance(node, list) else list(node.values()) if isinstance(node, dict) else []
    if isinstance(part, int):
        return [node[part]] if isinstance(node, list) and part < len(node) else []
    return [node[part]] if isinstance(node, dict) and part in node else []
