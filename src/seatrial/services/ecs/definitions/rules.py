"""What AWS accepts as a task definition for Fargate, and the defaults it fills in. Pure.

Source: API reference, ``RegisterTaskDefinition``; developer guide, "Task definition differences for Fargate".
"""

import re
from collections.abc import Mapping
from typing import Any

from seatrial.services.ecs.definitions.limits import check_limits
from seatrial.services.ecs.errors import client_error

Json = dict[str, Any]

_FAMILY = re.compile(r"[A-Za-z0-9_-]{1,255}")
_GIB = 1024
_MEMORY: dict[int, tuple[int, ...]] = {
    256: (512, 1024, 2048),
    512: tuple(range(1 * _GIB, 4 * _GIB + 1, _GIB)),
    1024: tuple(range(2 * _GIB, 8 * _GIB + 1, _GIB)),
    2048: tuple(range(4 * _GIB, 16 * _GIB + 1, _GIB)),
    4096: tuple(range(8 * _GIB, 30 * _GIB + 1, _GIB)),
    8192: tuple(range(16 * _GIB, 60 * _GIB + 1, 4 * _GIB)),
    16384: tuple(range(32 * _GIB, 120 * _GIB + 1, 8 * _GIB)),
}
HEALTH_CHECK_DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}


def normalised(request: Mapping[str, Any]) -> Json:
    """A registered task definition as AWS describes it.

    Raises:
        AwsCallError: ``ClientException`` with AWS's words.
    """
    if not _FAMILY.fullmatch(request["family"]):
        raise client_error("Invalid family name. Use up to 255 letters, numbers, hyphens, and underscores.")
    if not request["containerDefinitions"]:
        raise client_error("Container list cannot be empty.")
    spec: Json = {name: value for name, value in request.items() if name != "tags"}
    spec["containerDefinitions"] = [_container(container, spec) for container in request["containerDefinitions"]]
    _check_names(spec)
    for field in ("volumes", "placementConstraints"):
        spec.setdefault(field, [])
    for field in ("cpu", "memory"):
        if field in spec:
            spec[field] = str(_number(spec[field], field))
    if "FARGATE" in spec.get("requiresCompatibilities", ()):
        _check_fargate(spec)
    check_limits(spec)
    return spec


def compatibilities(spec: Mapping[str, Any]) -> list[str]:
    """Where such a task definition can run."""
    fits = spec.get("networkMode") == "awsvpc" and "cpu" in spec and "memory" in spec
    return ["EC2", "FARGATE"] if fits else ["EC2"]


def _container(container: Mapping[str, Any], spec: Mapping[str, Any]) -> Json:
    described: Json = {"cpu": 0, "portMappings": [], "essential": True, "environment": [], "mountPoints": []}
    described |= {"volumesFrom": [], "systemControls": []} | dict(container)
    described["portMappings"] = [_port(mapping, spec) for mapping in described["portMappings"]]
    if check := described.get("healthCheck"):
        described["healthCheck"] = HEALTH_CHECK_DEFAULTS | check
    if not described.get("image"):
        raise client_error("Container.image should not be null or empty.")
    if not described.get("name"):
        raise client_error("Container.name should not be null or empty.")
    return described


def _port(mapping: Mapping[str, Any], spec: Mapping[str, Any]) -> Json:
    described = {"protocol": "tcp", **mapping}
    if spec.get("networkMode") in {"awsvpc", "host"}:
        described.setdefault("hostPort", described.get("containerPort"))
        if described["hostPort"] != described.get("containerPort"):
            mode = f"When networkMode={spec['networkMode']}"
            raise client_error(f"{mode}, the host ports and container ports in port mappings must match.")
    return described


def _check_names(spec: Json) -> None:
    names = [container["name"] for container in spec["containerDefinitions"]]
    if len(set(names)) < len(names):
        raise client_error("Container names must be unique within a task definition.")
    if not any(container["essential"] for container in spec["containerDefinitions"]):
        raise client_error("At least one container must be essential.")
    for container in spec["containerDefinitions"]:
        for dependency in container.get("dependsOn", ()):
            if dependency["containerName"] not in names:
                raise client_error(f"Dependency container {dependency['containerName']} does not exist.")


def _check_fargate(spec: Json) -> None:
    if spec.get("networkMode") != "awsvpc":
        raise client_error("Fargate only supports network mode ‘awsvpc’.")  # noqa: RUF001 - AWS's own quotation marks
    for field in ("cpu", "memory"):
        if field not in spec:
            raise client_error(f"Fargate requires that '{field}' be defined at the task level.")
    cpu, memory = int(spec["cpu"]), int(spec["memory"])
    if memory not in _MEMORY.get(cpu, ()):
        raise client_error(
            f"No Fargate configuration exists for given values: {cpu} CPU, {memory} memory. "
            "See the Amazon ECS documentation for the valid values."
        )
    uses_secrets = any(container.get("secrets") for container in spec["containerDefinitions"])
    drivers = {container.get("logConfiguration", {}).get("logDriver") for container in spec["containerDefinitions"]}
    if "executionRoleArn" not in spec and (uses_secrets or "awslogs" in drivers):
        what = "log driver awslogs" if "awslogs" in drivers else "container secrets"
        raise client_error(f"Fargate requires task definition to have execution role ARN to support {what}.")


def _number(value: str, field: str) -> int:
    found = re.fullmatch(r"\s*([0-9]*\.?[0-9]+)\s*(vcpu|gb)?\s*", str(value), re.IGNORECASE)
    if not found:
        raise client_error(f"Invalid '{field}' setting for task.")
    return int(float(found[1]) * 1024) if found[2] else int(float(found[1]))
