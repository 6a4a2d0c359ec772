"""What Docker is asked for one container of a task. Pure.

Source: API reference, ``ContainerDefinition``; the Docker Engine API for the other side.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from seatrial.core.engine import INSTANCE_LABEL
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.containers.trust import Trust
from seatrial.services.ecs.definitions.rules import HEALTH_CHECK_DEFAULTS
from seatrial.services.ecs.records import Json, Task
from seatrial.services.ecs.zones import network_of

TASK_LABEL = "seatrial.task"
NAME_LABEL = "seatrial.container"
STOP_TIMEOUT = 30
"""Seconds from SIGTERM to SIGKILL (API reference, ``stopTimeout``)."""
CPU_UNITS = 1024
NANO = 1_000_000_000
MIB = 1024 * 1024
PROCESSES = 4096
"""Processes and threads of one container. AWS documents no number; without one, a container takes the machine along."""
KEPT_OUTPUT = {"max-size": "256m", "max-file": "2"}
"""What Docker keeps of a container's output on disk, beyond what was read of it: AWS's driver buffers 10 MB and then
drops (developer guide, "Send Amazon ECS logs to CloudWatch", ``max-buffer-size``)."""
HOST_NAME = "host.docker.internal"
METADATA_PATH = "/v4/"
AGENT_PATH = "/api/"
"""Where the agent's addresses begin, as on AWS."""
AGENT_ID = "[0-9a-f]{32}-[0-9a-f]{32}"
"""The form of the id that follows; see ``arns.new_agent_id``."""
_SMALLEST_MEMORY = 6
"""MiB: below this Docker refuses."""


@dataclass(frozen=True)
class Surroundings:
    """What all containers of an instance share.

    Args:
        instance: ``InstanceSettings.instance_id``.
        networks: the Docker networks of the instance, by zone as ``zones.network_of`` says.
        endpoint: the AWS API as containers reach it.
        host: what ``host.docker.internal`` resolves to: an address, or Docker's ``host-gateway``.
        cpus: how many the engine has; more cannot be asked for.
        publish: whether ports are published on 127.0.0.1, because containers have no address we can reach.
    """

    instance: str
    networks: tuple[str, ...]
    endpoint: str
    host: str
    cpus: int = 1
    publish: bool = False


@dataclass(frozen=True)
class Launch:
    """One container to be made.

    Args:
        task: the task whose container it is.
        definition: the container definition.
        image: the image as Docker must be asked for it.
        secrets: values by variable.
        credentials: the credentials of the task's role, as the variables that SDKs read.
        namespace: Docker's id of the container whose network it shares; None for the one that owns the network.
        ports: the ports that the namespace's owner publishes for all containers of the task.
    """

    task: Task
    definition: Mapping[str, Any]
    image: str
    secrets: Mapping[str, str] = field(default_factory=dict, repr=False)
    credentials: Mapping[str, str] = field(default_factory=dict, repr=False)
    namespace: str | None = None
    ports: tuple[int, ...] = ()


def create_arguments(launch: Launch, around: Surroundings, trust: Trust | None = None) -> dict[str, Any]:
    """Keyword arguments for Docker SDK's ``containers.create``; ``trust`` is whom its programs trust besides."""
    definition = overridden(launch.task, launch.definition)
    arguments: dict[str, Any] = {
        "image": launch.image,
        "command": definition.get("command"),
        "entrypoint": definition.get("entryPoint"),
        "environment": {**(trust.variables if trust else {}), **environment(launch, around)},
        "volumes": trust.mounted if trust else None,
        "working_dir": definition.get("workingDirectory"),
        "user": definition.get("user"),
        "read_only": definition.get("readonlyRootFilesystem", False),
        "tty": definition.get("pseudoTerminal", False),
        "stdin_open": definition.get("interactive", False),
        "labels": {
            **definition.get("dockerLabels", {}),
            INSTANCE_LABEL: around.instance,
            TASK_LABEL: launch.task.arn,
            NAME_LABEL: definition["name"],
        },
        "name": f"seatrial-{around.instance}-{launch.task.id[:12]}-{definition['name']}"[:128],
        "detach": True,
        "pids_limit": PROCESSES,
        "log_config": {"type": "json-file", "config": KEPT_OUTPUT},
    }
    arguments |= limits(launch.task, definition, around.cpus) | _network(launch, around)
    arguments |= _linux(definition) | _health_check(definition)
    return {name: value for name, value in arguments.items() if value is not None}


def overridden(task: Task, definition: Mapping[str, Any]) -> Json:
    """A container definition with the task's overrides applied."""
    given: list[Json] = task.overrides.get("containerOverrides") or []
    mine = next((item for item in given if item.get("name") == definition["name"]), {})
    merged = {**definition, **{name: value for name, value in mine.items() if name != "environment"}}
    variables = {item["name"]: item for item in (*definition.get("environment", ()), *mine.get("environment", ()))}
    return {**merged, "environment": list(variables.values())}


def environment(launch: Launch, around: Surroundings) -> dict[str, str]:
    """What the container finds in its environment: how AWS is reached, then the definition's own, then secrets."""
    given = {item["name"]: item.get("value", "") for item in overridden(launch.task, launch.definition)["environment"]}
    region = Scope.of(launch.task.arn).region
    return {
        "AWS_REGION": region,
        "AWS_DEFAULT_REGION": region,
        "AWS_ENDPOINT_URL": around.endpoint,
        **launch.credentials,
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        **_agent(launch, around),
        **given,
        **launch.secrets,
    }


def _agent(launch: Launch, around: Surroundings) -> dict[str, str]:
    """Where the container asks about its own task."""
    mine = next((item for item in launch.task.containers if item.name == launch.definition["name"]), None)
    if mine is None or not mine.agent_id:
        return {}
    return {
        "ECS_CONTAINER_METADATA_URI_V4": f"{around.endpoint}{METADATA_PATH}{mine.agent_id}",
        "ECS_AGENT_URI": f"{around.endpoint}{AGENT_PATH}{mine.agent_id}",
    }


def limits(task: Task, definition: Mapping[str, Any], cpus: int) -> dict[str, Any]:
    """Limits of CPU and memory: the container's own, within the task's; without swap, so that too much ends it."""
    memory = int(definition.get("memory") or task.memory)
    reserved = definition.get("memoryReservation")
    share = int(definition.get("cpu") or 0)
    allowed = max(_SMALLEST_MEMORY, min(memory, int(task.memory)))
    return {
        "nano_cpus": min(int(task.cpu) * NANO // CPU_UNITS, cpus * NANO),
        "cpu_shares": max(2, share) if share else None,
        "mem_limit": allowed * MIB,
        "memswap_limit": allowed * MIB,
        "mem_reservation": min(reserved, allowed) * MIB if reserved else None,
    }


def stop_timeout(definition: Mapping[str, Any]) -> int:
    """Seconds from SIGTERM to SIGKILL."""
    return int(definition.get("stopTimeout", STOP_TIMEOUT))


def container_ports(definitions: list[Json]) -> tuple[int, ...]:
    """The TCP ports of all containers of a task."""
    mappings = (mapping for definition in definitions for mapping in definition.get("portMappings", ()))
    return tuple(sorted({item["containerPort"] for item in mappings if item.get("protocol", "tcp") == "tcp"}))


def _network(launch: Launch, around: Surroundings) -> dict[str, Any]:
    if launch.namespace:
        return {"network_mode": f"container:{launch.namespace}"}
    published = {f"{port}/tcp": ("127.0.0.1", None) for port in launch.ports} if around.publish else None
    return {
        "network": network_of(launch.task.availability_zone, around.networks),
        "extra_hosts": {HOST_NAME: around.host},
        "hostname": launch.definition.get("hostname"),
        "ports": published or None,
    }


def _linux(definition: Mapping[str, Any]) -> dict[str, Any]:
    parameters = definition.get("linuxParameters") or {}
    mounts = {item["containerPath"]: f"size={item['size']}m" for item in parameters.get("tmpfs", ())}
    ulimits = [
        {"Name": item["name"], "Soft": item["softLimit"], "Hard": item["hardLimit"]}
        for item in definition.get("ulimits", ())
    ]
    capabilities = parameters.get("capabilities") or {}
    return {
        "init": parameters.get("initProcessEnabled"),
        "tmpfs": mounts or None,
        "ulimits": ulimits or None,
        "cap_add": capabilities.get("add") or None,
        "cap_drop": capabilities.get("drop") or None,
        "privileged": definition.get("privileged"),
        "sysctls": {item["namespace"]: item["value"] for item in definition.get("systemControls", ())} or None,
    }


def _health_check(definition: Mapping[str, Any]) -> dict[str, Any]:
    check = definition.get("healthCheck")
    if not check:
        return {}
    check = HEALTH_CHECK_DEFAULTS | check
    return {
        "healthcheck": {
            "test": check["command"],
            "interval": check["interval"] * NANO,
            "timeout": check["timeout"] * NANO,
            "retries": check["retries"],
            "start_period": check.get("startPeriod", 0) * NANO,
        }
    }
