"""Lengths, characters and choices that AWS's own models demand of a request, checked. Pure.

Each operation's shapes are made into a tree of what there is to check once; a call then visits only what it sends.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Final

from botocore.model import Shape

from seatrial.core.wire.modelled import service_model
from seatrial.core.wire.patterns import understood

Path = tuple[str | int, ...]
"""Members' names, and positions in lists from 0."""

_Broken = Callable[[Any], str | None]
"""Takes a value; returns what it must do instead, or None where it does."""

_NUMBERS: Final = dict.fromkeys(("integer", "long", "float", "double"), (int, float))
_KINDS: Final[Mapping[str, tuple[type, ...]]] = {"string": (str,), "list": (list,), "map": (dict,), **_NUMBERS}
"""What values of a type of AWS's are in Python; of others, such as times and bytes, the models demand nothing here."""

OPEN_ENUMS: Final = frozenset({"BucketLocationConstraint", "InstanceType", "Runtime"})
"""Choices to which AWS adds every few weeks: a model that lacks the newest says nothing about them."""


@dataclass(frozen=True)
class Violation:
    """One value that AWS's model does not allow.

    Args:
        path: where in the request.
        value: what is there; None where something required is missing.
        constraint: what it must do: ``have length less than or equal to 64``.
    """

    path: Path
    value: Any
    constraint: str

    def sentence(self) -> str:
        """What services say that answer ``N validation errors detected``."""
        shown = "null" if self.value is None else f"'{self.value}'"
        return f"Value {shown} at '{spelt(self.path)}' failed to satisfy constraint: Member must {self.constraint}"


@dataclass
class _Node:
    """What there is to check of a shape, and below it."""

    kind: tuple[type, ...] = ()
    own: tuple[_Broken, ...] = ()
    required: tuple[str, ...] = ()
    members: dict[str, "_Node"] = field(default_factory=dict)
    item: "_Node | None" = None
    checks: bool = True

    def violations(self, value: Any, path: Path) -> Iterator[Violation]:  # noqa: ANN401 - JSON
        """What is wrong with a value, and below it; the value itself first."""
        for broken in self.own if isinstance(value, self.kind) else ():
            if constraint := broken(value):
                yield Violation(path, value, constraint)
                break
        if isinstance(value, dict):
            for name in self.required:
                if value.get(name) is None:
                    yield Violation((*path, name), None, "not be null")
            for name, inner in value.items():
                if inner is not None and (node := self.members.get(name) or self.item):
                    yield from node.violations(inner, (*path, name))
        elif self.item and isinstance(value, list):
            for position, inner in enumerate(value):
                yield from self.item.violations(inner, (*path, position))


def violations(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Violation]:
    """Every value of a request that AWS's model does not allow.

    Args:
        service: botocore's name.
        operation: ``PutRule``.
        params: the parameters by the model's names.
    """
    if tree := _tree(service, operation):
        yield from tree.violations(params, ())


def has_any(service: str, operation: str) -> bool:
    """Whether AWS's model demands anything of an operation's parameters."""
    return _tree(service, operation) is not None


def spelt(path: Path) -> str:
    """A path as AWS spells it: ``stepAdjustments.1.member.scalingAdjustment``."""
    return ".".join(f"{part + 1}.member" if isinstance(part, int) else part[:1].lower() + part[1:] for part in path)


@cache
def _tree(service: str, operation: str) -> _Node | None:
    shape = service_model(service).operation_model(operation).input_shape
    node = _node(shape, _known(service)) if shape is not None else None
    return node if node and node.checks else None


@cache
def _known(service: str) -> dict[str, _Node]:  # noqa: ARG001 - one for each service
    return {}


def _node(shape: Shape, known: dict[str, _Node]) -> _Node:
    if shape.name in known:  # of a shape that contains itself, as WAF's statements do, the node that is being made
        return known[shape.name]
    node = known[shape.name] = _Node(_KINDS.get(shape.type_name, ()), tuple(_own(shape)))
    if shape.type_name == "structure":
        node.required = tuple(shape.required_members)
        made = {name: _node(member, known) for name, member in shape.members.items()}  # type: ignore[attr-defined]
        node.members = {name: child for name, child in made.items() if child.checks}
    elif shape.type_name in {"list", "map"}:
        inner = shape.member if shape.type_name == "list" else shape.value  # type: ignore[attr-defined]
        child = _node(inner, known)
        node.item = child if child.checks else None
    if shape.type_name == "map":
        node.own = (*node.own, *_of_keys(shape.key))  # type: ignore[attr-defined]
    node.checks = bool(node.own or node.required or node.members or node.item)
    return node


def _own(shape: Shape) -> Iterator[_Broken]:
    """The checks of a shape, in the order in which AWS tells of them."""
    least, most = shape.metadata.get("min"), shape.metadata.get("max")
    if shape.type_name in _NUMBERS:
        yield from _of_numbers(least, most)
    elif shape.type_name in {"string", "list", "map"}:
        yield from _of_lengths(least, most)
    if shape.type_name == "string":
        if (allowed := shape.metadata.get("enum")) and shape.name not in OPEN_ENUMS:
            yield _one_of(tuple(allowed))
        if pattern := shape.metadata.get("pattern"):
            yield _like(pattern)


def _of_numbers(least: float | None, most: float | None) -> Iterator[_Broken]:
    if least is not None:
        yield lambda value: f"have value greater than or equal to {least}" if value < least else None
    if most is not None:
        yield lambda value: f"have value less than or equal to {most}" if value > most else None


def _of_lengths(least: int | None, most: int | None) -> Iterator[_Broken]:
    if least:
        yield lambda value: f"have length greater than or equal to {least}" if len(value) < least else None
    if most is not None:
        yield lambda value: f"have length less than or equal to {most}" if len(value) > most else None


def _one_of(allowed: tuple[str, ...]) -> _Broken:
    return lambda value: None if value in allowed else f"satisfy enum value set: [{', '.join(allowed)}]"


def _like(pattern: str) -> _Broken:
    def broken(value: str) -> str | None:
        compiled = understood(pattern)
        fits = compiled is None or compiled.fullmatch(value)
        return None if fits else f"satisfy regular expression pattern: {pattern}"

    return broken


def _of_keys(shape: Shape) -> Iterator[_Broken]:
    checks = tuple(_own(shape))

    def broken(value: Mapping[str, Any]) -> str | None:
        for key in value:
            if problem := next((found for check in checks if (found := check(key))), None):
                return f"satisfy constraint: [Member must {problem}]"
        return None

    if checks:
        yield broken
