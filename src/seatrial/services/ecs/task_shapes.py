"""Tasks as AWS describes them. Pure."""

from seatrial.services.ecs.records import Container, Json, Task
from seatrial.services.ecs.shapes import PLATFORM_VERSION, present

_ATTACHMENT = {
    "PROVISIONING": "PRECREATED",
    "PENDING": "ATTACHED",
    "ACTIVATING": "ATTACHED",
    "RUNNING": "ATTACHED",
    "DEACTIVATING": "ATTACHED",
    "STOPPING": "ATTACHED",
    "DEPROVISIONING": "DETACHING",
    "STOPPED": "DELETED",
}


def describe_task(task: Task) -> Json:
    """``Task``."""
    return {
        "taskArn": task.arn,
        "clusterArn": task.cluster_arn,
        "taskDefinitionArn": task.definition_arn,
        "group": task.group,
        "availabilityZone": task.availability_zone,
        "attachments": [_attachment(task)] if task.attachment else [],
        "attributes": [{"name": "ecs.cpu-architecture", "value": "x86_64"}],
        "connectivity": "CONNECTED",
        "containers": [_container(task, container) for container in task.containers],
        "cpu": task.cpu,
        "memory": task.memory,
        "createdAt": task.created_at,
        "desiredStatus": task.desired_status,
        "enableExecuteCommand": bool(task.options.get("enableExecuteCommand")),
        "healthStatus": health_status(task),
        "lastStatus": task.last_status,
        "launchType": task.launch_type,
        "overrides": _overrides(task),
        "platformVersion": PLATFORM_VERSION,
        "platformFamily": "Linux",
        "version": task.version,
        "ephemeralStorage": task.overrides.get("ephemeralStorage") or {"sizeInGiB": 20},
        **_optional(task),
    }


def health_status(task: Task) -> str:
    """The health of the essential containers that have a check: UNHEALTHY or UNKNOWN as soon as one is."""
    checked = [container.health for container in task.containers if container.essential and container.checked]
    if "UNHEALTHY" in checked:
        return "UNHEALTHY"
    return "HEALTHY" if checked and set(checked) == {"HEALTHY"} else "UNKNOWN"


def _optional(task: Task) -> Json:
    return present(
        startedBy=task.started_by,
        capacityProviderName=task.options.get("capacityProviderName"),
        connectivityAt=task.connected_at,
        pullStartedAt=task.pull_started_at,
        pullStoppedAt=task.pull_stopped_at,
        startedAt=task.started_at,
        stoppingAt=task.stopping_at,
        executionStoppedAt=task.execution_stopped_at,
        stoppedAt=task.stopped_at,
        stopCode=task.stop_code,
        stoppedReason=task.stopped_reason,
    )


def _overrides(task: Task) -> Json:
    given = task.overrides.get("containerOverrides")
    named = given if given is not None else [{"name": container.name} for container in task.containers]
    return {"inferenceAcceleratorOverrides": [], **task.overrides, "containerOverrides": named}


def _attachment(task: Task) -> Json:
    interface = task.attachment
    if interface is None:
        return {}
    details = {
        "subnetId": interface.subnet,
        "networkInterfaceId": interface.interface_id,
        "macAddress": interface.mac,
        "privateIPv4Address": task.address,
    }
    return {
        "id": interface.id,
        "type": "ElasticNetworkInterface",
        "status": _ATTACHMENT.get(task.last_status, "ATTACHED"),
        "details": [{"name": name, "value": value} for name, value in details.items() if value],
    }


def _exec_agent(task: Task, container: Container) -> Json:
    """``ManagedAgent``: what ECS Exec speaks to."""
    return {
        "name": "ExecuteCommandAgent",
        "lastStatus": container.last_status if container.last_status in {"RUNNING", "STOPPED"} else "PENDING",
        **present(lastStartedAt=task.started_at),
    }


def _container(task: Task, container: Container) -> Json:
    interface = (
        [{"attachmentId": task.attachment.id, **present(privateIpv4Address=task.address)}] if task.attachment else []
    )
    return {
        "containerArn": container.arn,
        "taskArn": task.arn,
        "name": container.name,
        "image": container.image,
        "lastStatus": container.last_status,
        "networkBindings": [],
        "networkInterfaces": interface,
        "healthStatus": container.health,
        "cpu": container.cpu,
        **({"managedAgents": [_exec_agent(task, container)]} if task.options.get("enableExecuteCommand") else {}),
        **present(
            imageDigest=container.digest,
            runtimeId=container.runtime_id,
            exitCode=container.exit_code,
            reason=container.reason,
            memory=container.memory,
            memoryReservation=container.memory_reservation,
        ),
    }
