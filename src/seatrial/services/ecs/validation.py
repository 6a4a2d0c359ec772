"""Requests and answers held against AWS's own model of ECS."""

from collections.abc import Mapping
from typing import Any

from seatrial.core.wire import modelled
from seatrial.services.ecs.errors import invalid

_SERVICE = "ecs"


def operations() -> frozenset[str]:
    """The names of ECS's operations."""
    return modelled.operations(_SERVICE)


def checked_input(operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A request without what AWS would ignore: unknown members and nulls.

    Raises:
        AwsCallError: ``InvalidParameterException`` where a member is missing, of another type, or not of the enum.
    """
    known = modelled.known_input(_SERVICE, operation, params)
    for path, shape, value in modelled.places(_SERVICE, operation, known):
        allowed = getattr(shape, "enum", None)
        if allowed and isinstance(value, str) and value not in allowed:
            raise invalid(f"{path.strip('/').replace('/', '.')}: {value} is not one of {', '.join(allowed)}.")
    if problems := modelled.problems_in_input(_SERVICE, operation, known):
        raise invalid(problems.replace("\n", " "))
    return known


def problems_in_output(operation: str, answer: Mapping[str, Any]) -> str:
    """What AWS's model does not allow in an answer; empty where all is well."""
    return modelled.problems_in_output(_SERVICE, operation, answer)
