"""Task metadata, version 4, as Fargate answers it. Pure.

Source: ECS developer guide, "Task metadata v4 JSON response for tasks on Fargate" and the examples beside it.
"""

from collections.abc import Mapping
from datetime import UTC, datetime
from ipaddress import ip_interface
from typing import Any, Final

from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.containers.spec import CPU_UNITS, MIB
from seatrial.services.ecs.logs.driver import stream_of
from seatrial.services.ecs.records import Container, Json, Task, TaskDefinition
from seatrial.services.ecs.shapes import present

_RESOLVER: Final = "127.0.0.11"
"""Docker's own, which containers ask for names."""

_EPHEMERAL_GIB: Final = 20
"""What a Fargate task has, where it asks for no other size."""


def task_metadata(task: Task, definition: TaskDefinition | None, *, service: str, written: int, now: float) -> Json:
    """What ``${ECS_CONTAINER_METADATA_URI_V4}/task`` answers.

    Args:
        task: the task.
        definition: its task definition; None where that was deleted.
        service: the name of its service; empty where it has none.
        written: bytes that its containers have written to their own layers.
        now: seconds since 1970.
    """
    storage = task.overrides.get("ephemeralStorage") or (definition.spec if definition else {}).get("ephemeralStorage")
    return {
        "Cluster": task.cluster_arn,
        **({"ServiceName": service} if service else {}),
        "TaskARN": task.arn,
        **_revision(task),
        "DesiredStatus": task.desired_status,
        "KnownStatus": task.last_status,
        "Limits": {"CPU": int(task.cpu) / CPU_UNITS, "Memory": int(task.memory)},
        **present(PullStartedAt=_time(task.pull_started_at), PullStoppedAt=_time(task.pull_stopped_at)),
        **present(ExecutionStoppedAt=_time(task.execution_stopped_at)),
        "AvailabilityZone": task.availability_zone,
        "LaunchType": task.launch_type,
        "Containers": [container_metadata(task, container, definition) for container in task.containers],
        "ClockDrift": {
            # This AWS goes by the very clock that its containers read.
            "ClockErrorBound": 0.0,
            "ReferenceTimestamp": _time(now),
            "ClockSynchronizationStatus": "SYNCHRONIZED",
        },
        "EphemeralStorageMetrics": {
            "Utilized": written // MIB,
            "Reserved": (storage or {}).get("sizeInGiB", _EPHEMERAL_GIB) * 1024,
        },
        "FaultInjectionEnabled": False,
    }


def container_metadata(task: Task, container: Container, definition: TaskDefinition | None) -> Json:
    """What ``${ECS_CONTAINER_METADATA_URI_V4}`` answers."""
    definitions = definition.containers if definition else []
    described = next((item for item in definitions if item["name"] == container.name), {"name": container.name})
    return {
        **present(DockerId=container.runtime_id),
        "Name": container.name,
        "DockerName": container.name,
        "Image": container.image,
        **present(ImageID=container.digest),
        "Labels": _labels(task, container, described),
        "DesiredStatus": task.desired_status,
        "KnownStatus": container.last_status,
        **present(ExitCode=container.exit_code),
        "Limits": _limits(container),
        **present(CreatedAt=_time(container.created_at), StartedAt=_time(container.started_at)),
        "Type": "NORMAL",
        **({"Health": {"status": container.health}} if container.checked else {}),
        **_log(task, described),
        "ContainerARN": container.arn,
        "Networks": [_network(task)] if task.address else [],
        "Snapshotter": "overlayfs",
    }


def _labels(task: Task, container: Container, described: Mapping[str, Any]) -> Json:
    revision = _revision(task)
    return {
        **described.get("dockerLabels", {}),
        "com.amazonaws.ecs.cluster": task.cluster_arn,
        "com.amazonaws.ecs.container-name": container.name,
        "com.amazonaws.ecs.task-arn": task.arn,
        "com.amazonaws.ecs.task-definition-family": revision["Family"],
        "com.amazonaws.ecs.task-definition-version": revision["Revision"],
    }


def _limits(container: Container) -> Json:
    memory = container.memory or container.memory_reservation
    return {"CPU": int(container.cpu), **({"Memory": int(memory)} if memory else {})}


def _log(task: Task, described: Mapping[str, Any]) -> Json:
    """The driver, and its options with the stream that was made of them."""
    driver = described.get("logConfiguration")
    if not driver:
        return {}
    stream = stream_of(described, task.id, Scope.of(task.arn).region)
    made = {"awslogs-region": stream.region, "awslogs-stream": stream.stream} if stream else {}
    asked = {name: value for name, value in driver.get("options", {}).items() if name != "awslogs-stream-prefix"}
    return {
        "LogDriver": driver["logDriver"],
        "LogOptions": {**(asked if stream else driver.get("options", {})), **made},
    }


def _network(task: Task) -> Json:
    """The task's interface. Its address is the one at which it is reached, so it is of Docker's network."""
    region, address = Scope.of(task.arn).region, task.address or ""
    domain = "ec2.internal" if region == "us-east-1" else f"{region}.compute.internal"
    found: Json = {
        "NetworkMode": "awsvpc",
        "IPv4Addresses": [address],
        "DomainNameServers": [_RESOLVER],
        "DomainNameSearchList": [domain],
        "PrivateDNSName": f"ip-{address.replace('.', '-')}.{domain}",
    }
    interface = task.attachment
    if interface:
        found |= {"AttachmentIndex": 0, "MACAddress": interface.mac}
    if interface and interface.prefix:
        block = ip_interface(f"{address}/{interface.prefix}").network
        found |= {"IPv4SubnetCIDRBlock": str(block)}
        found |= {"SubnetGatewayIpv4Address": f"{interface.gateway}/{interface.prefix}"} if interface.gateway else {}
    return found


def _revision(task: Task) -> dict[str, str]:
    family, _, revision = task.definition_arn.rpartition("/")[2].partition(":")
    return {"Family": family, "Revision": revision}


def _time(moment: float | None) -> str | None:
    """RFC 3339, in UTC."""
    return None if moment is None else datetime.fromtimestamp(moment, UTC).isoformat().replace("+00:00", "Z")
