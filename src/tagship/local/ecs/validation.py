"""Requests and answers held against AWS's own model of ECS, as botocore carries it."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from botocore.model import ListShape, ServiceModel, Shape, StructureShape
from botocore.session import get_session
from botocore.validate import ParamValidator

from tagship.local.ecs.errors import invalid


@cache
def service_model() -> ServiceModel:
    """AWS's model of ECS."""
    return get_session().get_service_model("ecs")


@cache
def operations() -> frozenset[str]:
    """The names of ECS's operations."""
    return frozenset(service_model().operation_names)


def checked_input(operation: str, params: Mapping[str, Any]) -> dict[str, Any]:
    """A request without what AWS would ignore: unknown members and nulls.

    Raises:
        AwsCallError: ``InvalidParameterException`` where a member is missing, of another type, or not of the enum.
    """
    shape = service_model().operation_model(operation).input_shape
    if shape is None:
        return {}
    known: dict[str, Any] = _known(shape, dict(params), "")
    if problems := ParamValidator().validate(known, shape).generate_report():
        raise invalid(problems.replace("\n", " "))
    return known


def problems_in_output(operation: str, answer: Mapping[str, Any]) -> str:
    """What AWS's model does not allow in an answer; empty where all is well."""
    shape = service_model().operation_model(operation).output_shape
    if shape is None:
        return ""
    report: str = ParamValidator().validate(dict(answer), shape).generate_report()
    return report


def _known(shape: Shape, value: Any, path: str) -> Any:  # noqa: ANN401 - JSON
    if isinstance(shape, StructureShape) and isinstance(value, dict):
        return {
            name: _known(member, value[name], f"{path}.{name}")
            for name, member in shape.members.items()
            if value.get(name) is not None
        }
    if isinstance(shape, ListShape) and isinstance(value, list):
        return [_known(shape.member, item, f"{path}[{index}]") for index, item in enumerate(value)]
    if shape.type_name == "string":
        _check_enum(shape, value, path)
    return value


def _check_enum(shape: Shape, value: Any, path: str) -> None:  # noqa: ANN401 - JSON
    allowed = getattr(shape, "enum", None)
    if allowed and isinstance(value, str) and value not in allowed:
        raise invalid(f"{path.lstrip('.')}: {value} is not one of {', '.join(allowed)}.")
