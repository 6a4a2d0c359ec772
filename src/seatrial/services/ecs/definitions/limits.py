"""What ECS refuses of a task definition, rule by rule, each beside AWS's page that says so. Pure.

A message is AWS's own where it is known from public reports; else it names the parameter in the same manner. The
code is ``ClientException`` for all of them (API reference, ``RegisterTaskDefinition``, section "Errors").
"""

import json
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import Any

from seatrial.services.ecs.errors import client_error
from seatrial.services.ecs.startup import start_order

Json = Mapping[str, Any]
Refused = Callable[[Json], str | None]
"""Takes a definition, or a container of one; returns what AWS says, or None where it takes it."""

MAX_CONTAINERS = 10
MAX_BYTES = 64 * 1024
_GUIDE = "https://docs.aws.amazon.com/AmazonECS/latest/developerguide/"
_API = "https://docs.aws.amazon.com/AmazonECS/latest/APIReference/"
_FARGATE = _GUIDE + "fargate-tasks-services.html"
_PARAMETERS = _GUIDE + "task_definition_parameters.html"
_QUOTAS = "https://docs.aws.amazon.com/general/latest/gr/ecs-service.html"
_CONTAINER = _API + "API_ContainerDefinition.html"

_NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
_SYSCTL = re.compile(r"kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|(fs\.mqueue|net)\..+")
_FARGATE_DRIVERS = {"awslogs", "splunk", "awsfirelens"}
_FARGATE_CAPABILITIES = {"SYS_PTRACE"}


@dataclass(frozen=True)
class Rule:
    """One refusal.

    Args:
        refused: see ``Refused``.
        page: AWS's, which says so.
        fargate: whether it holds only where FARGATE is among ``requiresCompatibilities``.
        awsvpc: whether it holds only with that network mode.
    """

    refused: Refused
    page: str
    fargate: bool = False
    awsvpc: bool = False

    def holds(self, spec: Json) -> bool:
        """Whether a definition is under this rule."""
        on_fargate = "FARGATE" in (spec.get("requiresCompatibilities") or ())
        return (on_fargate or not self.fargate) and (spec.get("networkMode") == "awsvpc" or not self.awsvpc)


def check_limits(spec: Json) -> None:
    """Hold a task definition, with AWS's defaults filled in, against every rule.

    Raises:
        AwsCallError: ``ClientException`` with what the first broken rule says.
    """
    of_task = ((rule, spec) for rule in TASK_RULES)
    of_containers = ((rule, container) for container in spec["containerDefinitions"] for rule in CONTAINER_RULES)
    for rule, subject in chain(of_task, of_containers):
        if rule.holds(spec) and (message := rule.refused(subject)):
            raise client_error(message)
    start_order(spec["containerDefinitions"])


def _has(*path: str, words: str = "Fargate compatible task definitions do not support {name}.") -> Refused:
    """Refuses what sets a parameter; an empty list, ``false`` or ``0`` sets nothing."""

    def refused(subject: Json) -> str | None:
        value: Any = subject
        for part in path:
            value = (value or {}).get(part)
        return words.format(name=path[-1]) if value else None

    return refused


def _within(low: int, high: int, *path: str) -> Refused:
    """Refuses a number outside of these bounds, where there is one."""

    def refused(subject: Json) -> str | None:
        value: Any = subject
        for part in path:
            value = (value or {}).get(part)
        if value is None or low <= value <= high:
            return None
        return f"Invalid '{'.'.join(path)}' setting: {value}. It must be between {low} and {high}."

    return refused


def _not_in_awsvpc(name: str, title: str) -> Refused:
    return _has(name, words=f"{title} not supported on container when networkMode=awsvpc.")


def _too_many(spec: Json) -> str | None:
    return "Too many containers." if len(spec["containerDefinitions"]) > MAX_CONTAINERS else None


def _too_large(spec: Json) -> str | None:
    size = len(json.dumps(spec, separators=(",", ":"), ensure_ascii=False).encode())
    return f"Actual length: '{size}'. Max allowed length is '{MAX_BYTES}' bytes." if size > MAX_BYTES else None


def _pid_mode(spec: Json) -> str | None:
    fits = spec.get("pidMode") in {None, "task"}
    return None if fits else "Fargate compatible task definitions only support the 'task' pidMode."


def _volume_of(*path: str) -> Refused:
    refused = _has(*path)
    return lambda spec: next((words for item in spec.get("volumes", ()) if (words := refused(item))), None)


def _volume_names(spec: Json) -> str | None:
    names = [str(item.get("name") or "") for item in spec.get("volumes", ())]
    wrong = next((name for name in names if not _NAME.fullmatch(name)), None)
    if wrong is not None:
        return f"Volume name '{wrong}' contains invalid characters."
    twice = next((name for name in names if names.count(name) > 1), None)
    return f"Volume names must be unique: '{twice}'." if twice else None


def _unknown_volume(spec: Json) -> str | None:
    known = {item.get("name") for item in spec.get("volumes", ())}
    used = (mount.get("sourceVolume") for item in spec["containerDefinitions"] for mount in item.get("mountPoints", ()))
    return next((f"Unknown volume '{name}'." for name in used if name not in known), None)


def _memory(spec: Json) -> str | None:
    if "memory" not in spec:
        return _memory_unsaid(spec)
    task, containers = int(spec["memory"]), spec["containerDefinitions"]
    for item in containers:
        if max(item.get("memory") or 0, item.get("memoryReservation") or 0) > task:
            return f"The 'memory' setting for container '{item['name']}' is greater than for the task."
    if sum(item.get("memoryReservation") or item.get("memory") or 0 for item in containers) > task:
        return "The sum of all container 'memory' values cannot be greater than the value of the task 'memory'."
    return None


def _memory_unsaid(spec: Json) -> str | None:
    without = (item for item in spec["containerDefinitions"] if not item.get("memory"))
    name = next((item["name"] for item in without if not item.get("memoryReservation")), None)
    if name is None:
        return None
    words = "At least one of 'memory' or 'memoryReservation' must be specified."
    return f"Invalid setting for container '{name}'. {words}"


def _cpu(spec: Json) -> str | None:
    used = sum(item.get("cpu") or 0 for item in spec["containerDefinitions"])
    if "cpu" not in spec or used <= int(spec["cpu"]):
        return None
    return "The sum of all container 'cpu' values cannot be greater than the value of the task 'cpu'."


def _dependencies(spec: Json) -> str | None:
    by_name = {item["name"]: item for item in spec["containerDefinitions"]}
    for each in (each for item in by_name.values() for each in item.get("dependsOn", ())):
        name, condition = each["containerName"], each["condition"]
        if condition in {"COMPLETE", "SUCCESS"} and by_name[name].get("essential", True):
            return "A dependency container with SUCCESS or COMPLETE condition cannot be an essential container."
        if condition == "HEALTHY" and not by_name[name].get("healthCheck"):
            return f"A dependency container with HEALTHY condition must have a health check: '{name}'."
    return None


def _container_name(container: Json) -> str | None:
    return None if _NAME.fullmatch(container["name"]) else "Container.name contains invalid characters."


def _own_memory(container: Json) -> str | None:
    hard, soft = container.get("memory"), container.get("memoryReservation")
    if not hard or not soft or soft <= hard:
        return None
    return f"Invalid setting for container '{container['name']}'. 'memory' must be greater than 'memoryReservation'."


def _secret_names(container: Json) -> str | None:
    names = [item["name"] for item in container.get("secrets", ())]
    taken = {item.get("name") for item in container.get("environment", ())}
    shared = next((name for name in names if name in taken or names.count(name) > 1), None)
    if shared is None:
        return None
    unique = "The secret name must be unique and not shared with any new or existing environment variables"
    return f"{unique} set on the container, such as '{shared}'."


def _capabilities(container: Json) -> str | None:
    added = ((container.get("linuxParameters") or {}).get("capabilities") or {}).get("add") or ()
    refused = sorted(set(added) - _FARGATE_CAPABILITIES)
    return f"Fargate only supports adding the SYS_PTRACE capability, not {', '.join(refused)}." if refused else None


def _system_controls(container: Json) -> str | None:
    names = [str(item.get("namespace") or "") for item in container.get("systemControls", ())]
    wrong = next((name for name in names if not _SYSCTL.fullmatch(name)), None)
    if wrong is not None:
        return f"Invalid systemControls namespace '{wrong}'."
    twice = next((name for name in names if names.count(name) > 1), None)
    return f"The systemControls namespace '{twice}' is set more than once." if twice else None


def _gpu(container: Json) -> str | None:
    wanted: Iterable[Json] = container.get("resourceRequirements") or ()
    return (
        "Fargate compatible task definitions do not support gpu." if any(x["type"] == "GPU" for x in wanted) else None
    )


def _log_driver(container: Json) -> str | None:
    driver = (container.get("logConfiguration") or {}).get("logDriver")
    fits = driver is None or driver in _FARGATE_DRIVERS
    return None if fits else f"Fargate compatible task definitions do not support log driver {driver}."


def _log_options(*wanted: str) -> Refused:
    def refused(container: Json) -> str | None:
        logging = container.get("logConfiguration") or {}
        missing = [name for name in wanted if not (logging.get("options") or {}).get(name)]
        absent = logging.get("logDriver") == "awslogs" and missing
        return f"Log driver awslogs requires options: {', '.join(missing)}" if absent else None

    return refused


TASK_RULES = (
    Rule(_too_large, _QUOTAS),
    Rule(_too_many, _QUOTAS),
    Rule(_volume_names, _API + "API_Volume.html"),
    Rule(_unknown_volume, _API + "API_MountPoint.html"),
    Rule(_dependencies, _API + "API_ContainerDependency.html"),
    Rule(_cpu, _CONTAINER),
    Rule(_memory, _CONTAINER),
    Rule(_pid_mode, _FARGATE, fargate=True),
    Rule(_has("ipcMode", words="Tasks using the Fargate launch type do not support ipcMode."), _FARGATE, fargate=True),
    Rule(
        _has("placementConstraints", words="Fargate compatible task definitions do not support constraints."),
        _FARGATE,
        fargate=True,
    ),
    Rule(_volume_of("host", "sourcePath"), _FARGATE, fargate=True),
    Rule(_volume_of("dockerVolumeConfiguration"), _API + "API_Volume.html", fargate=True),
    Rule(_volume_of("fsxWindowsFileServerVolumeConfiguration"), _GUIDE + "wfsx-volumes.html", fargate=True),
    Rule(_within(21, 200, "ephemeralStorage", "sizeInGiB"), _API + "API_EphemeralStorage.html", fargate=True),
)
CONTAINER_RULES = (
    Rule(_container_name, _CONTAINER),
    Rule(_own_memory, _CONTAINER),
    Rule(_secret_names, _GUIDE + "specifying-sensitive-data.html"),
    Rule(_system_controls, _API + "API_SystemControl.html"),
    Rule(_log_options("awslogs-group", "awslogs-region"), _GUIDE + "using_awslogs.html"),
    Rule(_log_options("awslogs-stream-prefix"), _GUIDE + "using_awslogs.html", fargate=True),
    Rule(_within(5, 300, "healthCheck", "interval"), _API + "API_HealthCheck.html"),
    Rule(_within(2, 60, "healthCheck", "timeout"), _API + "API_HealthCheck.html"),
    Rule(_within(1, 10, "healthCheck", "retries"), _API + "API_HealthCheck.html"),
    Rule(_within(0, 300, "healthCheck", "startPeriod"), _API + "API_HealthCheck.html"),
    Rule(_within(60, 1800, "restartPolicy", "restartAttemptPeriod"), _API + "API_ContainerRestartPolicy.html"),
    Rule(_not_in_awsvpc("links", "Links are"), _CONTAINER, awsvpc=True),
    Rule(_not_in_awsvpc("hostname", "Hostname is"), _CONTAINER, awsvpc=True),
    Rule(_not_in_awsvpc("extraHosts", "Extra hosts are"), _CONTAINER, awsvpc=True),
    Rule(_not_in_awsvpc("dnsServers", "DNS servers are"), _PARAMETERS, awsvpc=True),
    Rule(_not_in_awsvpc("dnsSearchDomains", "DNS search domains are"), _PARAMETERS, awsvpc=True),
    Rule(_not_in_awsvpc("disableNetworking", "Disable Networking is"), _PARAMETERS, awsvpc=True),
    Rule(_has("privileged"), _CONTAINER, fargate=True),
    Rule(_has("dockerSecurityOptions"), _CONTAINER, fargate=True),
    Rule(_capabilities, _API + "API_KernelCapabilities.html", fargate=True),
    Rule(_has("linuxParameters", "devices"), _API + "API_LinuxParameters.html", fargate=True),
    Rule(_has("linuxParameters", "sharedMemorySize"), _API + "API_LinuxParameters.html", fargate=True),
    Rule(_has("linuxParameters", "maxSwap"), _API + "API_LinuxParameters.html", fargate=True),
    Rule(_has("linuxParameters", "swappiness"), _API + "API_LinuxParameters.html", fargate=True),
    Rule(_within(0, 120, "stopTimeout"), _CONTAINER, fargate=True),
    Rule(_within(2, 120, "startTimeout"), _CONTAINER, fargate=True),
    Rule(_gpu, _FARGATE, fargate=True),
    Rule(_log_driver, _API + "API_LogConfiguration.html", fargate=True),
)
