"""A new task from its definition. Pure but for the ids."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seatrial.services.ecs.arns import Scope, last, new_agent_id, new_task_id, new_uuid
from seatrial.services.ecs.records import Attachment, Container, Json, Task, TaskDefinition
from seatrial.services.ecs.zones import Place


@dataclass(frozen=True)
class Order:
    """What to run.

    Args:
        cluster_arn: the ARN of the cluster in which it runs.
        definition: the task definition that it runs.
        group: ``family:NAME`` or ``service:NAME``.
        workload: launch type or capacity provider strategy, and network configuration.
        overrides: AWS's ``overrides``.
        options: ``enableExecuteCommand`` and the like.
        extra: further fields of the record: ``service_arn``, ``started_by``.
    """

    cluster_arn: str
    definition: TaskDefinition
    group: str
    workload: Mapping[str, Any]
    overrides: Json = field(default_factory=dict)
    options: Json = field(default_factory=dict)
    extra: Mapping[str, Any] = field(default_factory=dict)


def new_task(order: Order, now: float, place: Place, provider: str | None = None) -> Task:
    """A task that is about to be provisioned at this place, on this capacity provider where there is one."""
    scope, identity = Scope.of(order.cluster_arn), new_task_id()
    spec = order.definition.spec
    return Task(
        arn=scope.arn("task", last(order.cluster_arn), identity),
        cluster_arn=order.cluster_arn,
        definition_arn=order.definition.arn,
        group=order.group,
        launch_type=order.workload.get("launchType") or "FARGATE",
        cpu=str(order.overrides.get("cpu") or spec.get("cpu", "256")),
        memory=str(order.overrides.get("memory") or spec.get("memory", "512")),
        containers=[_container(item, scope, order.cluster_arn, identity) for item in order.definition.containers],
        created_at=now,
        availability_zone=place.zone,
        options={**order.options, **({"capacityProviderName": provider} if provider else {})},
        overrides=order.overrides,
        attachment=_attachment(place.subnet) if spec.get("networkMode") == "awsvpc" else None,
        **order.extra,
    )


def _container(definition: Json, scope: Scope, cluster_arn: str, task_id: str) -> Container:
    return Container(
        arn=scope.arn("container", last(cluster_arn), task_id, new_uuid()),
        name=definition["name"],
        image=definition["image"],
        essential=definition["essential"],
        cpu=str(definition.get("cpu", 0)),
        memory=_text(definition.get("memory")),
        memory_reservation=_text(definition.get("memoryReservation")),
        checked="healthCheck" in definition,
        agent_id=new_agent_id(task_id),
    )


def _attachment(subnet: str) -> Attachment:
    mac = ":".join(f"{byte:02x}" for byte in (0x0E, *secrets.token_bytes(5)))
    return Attachment(
        id=new_uuid(),
        interface_id=f"eni-{secrets.token_hex(9)[:17]}",
        mac=mac,
        subnet=subnet,
    )


def _text(value: int | None) -> str | None:
    return None if value is None else str(value)
