"""Requests and answers held against AWS's own models, as botocore carries them."""

from collections.abc import Iterator, Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, OperationModel, ServiceModel, Shape, StructureShape
from botocore.session import get_session
from botocore.validate import ParamValidator

Place = tuple[str, Shape, Any]
"""Where in a request (``/stepScalingPolicyConfiguration/cooldown``), the shape that it must have, what is there."""


@cache
def service_model(service: str) -> ServiceModel:
    """AWS's model of a service, by botocore's name for it."""
    return get_session().get_service_model(service)


@cache
def operations(service: str) -> frozenset[str]:
    """The names of a service's operations."""
    return frozenset(service_model(service).operation_names)


def known_input(service: str, operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A request without what AWS would ignore: unknown members and nulls."""
    shape = _operation(service, operation).input_shape
    known: dict[str, Any] = _known(shape, dict(params)) if shape else {}
    return known


def problems_in_input(service: str, operation: str, params: Mapping[str, Any]) -> str:
    """What botocore's own check says against a request; empty where all is well."""
    return _report(_operation(service, operation).input_shape, params)


def problems_in_output(service: str, operation: str, answer: Mapping[str, Any]) -> str:
    """What AWS's model does not allow in an answer; empty where all is well."""
    return _report(_operation(service, operation).output_shape, answer)


def places(service: str, operation: str, params: Mapping[str, Any]) -> Iterator[Place]:
    """Every value of a request with its shape, the request itself first."""
    shape = _operation(service, operation).input_shape
    if shape is not None:
        yield from _places(shape, dict(params), "")


@cache
def _operation(service: str, operation: str) -> OperationModel:
    return service_model(service).operation_model(operation)


def _report(shape: Shape | None, value: Mapping[str, Any]) -> str:
    if shape is None:
        return ""
    report: str = ParamValidator().validate(dict(value), shape).generate_report()
    return report


def _known(shape: Shape, value: Any) -> Any:  # noqa: ANN401 - JSON
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: _known(member, value[name]) for name, member in shape.members.items() if value.get(name) is not None
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_known(shape.member, item) for item in value]
    return value


def _places(shape: Shape, value: Any, path: str) -> Iterator[Place]:  # noqa: ANN401 - JSON
    yield path, shape, value
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        for name, member in shape.members.items():
            if name in value:
                yield from _places(member, value[name], f"{path}/{name}")
    elif isinstance(shape, ListShape) and isinstance(value, list):
        for index, item in enumerate(value):
            yield from _places(shape.member, item, f"{path}/{index}")
