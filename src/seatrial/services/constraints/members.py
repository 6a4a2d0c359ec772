"""Which values of a request a row speaks of. Pure.

A path names members from the request down: ``IpPermissions[].IpRanges[].Description``. ``[]`` is each of a list,
``[Key=idle_timeout.timeout_seconds]`` each whose member is that; ``{}`` is each value of a map, ``{=Policy}`` that of
one key, ``{key}`` each of its keys.
"""

import re
from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any, Final

from botocore.model import Shape

from seatrial.core.wire.traits import Path

Found = tuple[Path, Any]
"""Where a value is, and the value."""

_STEP: Final = re.compile(r"([^.\[{]+)(\[[^\]]*\]|\{[^}]*\})?(?:\.|$)")


@cache
def steps(path: str) -> tuple[tuple[str, str], ...]:
    """Each member on the way, and what is taken of it: ``""``, ``[]``, ``[Key=x]``, ``{}``, ``{=x}`` or ``{key}``."""
    return tuple((match[1], match[2] or "") for match in _STEP.finditer(path))


def values(path: str, params: Mapping[str, Any]) -> Iterator[Found]:
    """Every value that is there under a path."""
    yield from _values(steps(path), params, ())


def shape_at(path: str, shape: Shape) -> Shape | None:
    """What AWS's model has under a path; None where it has no such member."""
    here: Shape | None = shape
    for name, part in steps(path):
        here = getattr(here, "members", {}).get(name)
        if part:
            here = getattr(here, "member" if part.startswith("[") else "key" if part == "{key}" else "value", None)
    return here


def _values(way: tuple[tuple[str, str], ...], value: Any, path: Path) -> Iterator[Found]:  # noqa: ANN401 - JSON
    if not way:
        yield path, value
        return
    (name, part), rest = way[0], way[1:]
    inner = value.get(name) if isinstance(value, dict) else None
    if inner is None:
        return
    for more, each in _parts(part, inner):
        yield from _values(rest, each, (*path, name, *more))


def _parts(part: str, value: Any) -> Iterator[Found]:  # noqa: ANN401 - JSON
    if not part:
        yield (), value
    elif part.startswith("[") and isinstance(value, list):
        yield from (((position,), each) for position, each in enumerate(value) if _is_meant(part[1:-1], each))
    elif part == "{key}" and isinstance(value, dict):
        yield from (((name,), name) for name in value)
    elif part.startswith("{") and isinstance(value, dict):
        yield from (((name,), each) for name, each in value.items() if part[2:-1] in {"", name})


def _is_meant(which: str, entry: Any) -> bool:  # noqa: ANN401 - JSON
    """Whether an entry of a list is one that ``Key=value`` names; all are where nothing is said."""
    name, _, value = which.partition("=")
    return not name or (isinstance(entry, dict) and entry.get(name) == value)
