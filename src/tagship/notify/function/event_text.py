"""Events of ECS and of Application Auto Scaling in a sentence. Pure.

Source: ECS developer guide, "Amazon ECS service deployment state change events" and "Amazon ECS service action events";
Application Auto Scaling user guide, "Monitor Application Auto Scaling events using Amazon EventBridge".
"""

from collections.abc import Callable, Mapping
from typing import Any, Final

from tagship.notify.function.message import Message, Tone
from tagship.notify.function.words import in_words, moment, number

Json = Mapping[str, Any]

_DEPLOYMENTS: Final[Mapping[str, tuple[Tone, str]]] = {
    "SERVICE_DEPLOYMENT_FAILED": (Tone.ALARM, "A deployment of {} failed"),
    "SERVICE_DEPLOYMENT_COMPLETED": (Tone.NOTE, "A deployment of {} is complete"),
    "SERVICE_DEPLOYMENT_IN_PROGRESS": (Tone.NOTE, "A deployment of {} started"),
}

_ACTIONS: Final[Mapping[str, str]] = {
    "SERVICE_TASK_START_IMPAIRED": "Tasks of {} repeatedly fail to start",
    "SERVICE_TASK_PLACEMENT_FAILURE": "ECS cannot place a task of {}",
    "SERVICE_TASK_CONFIGURATION_FAILURE": "A task of {} cannot start because of its configuration",
    "SERVICE_HEALTH_UNKNOWN": "ECS cannot determine the health of the tasks of {}",
    "SERVICE_DISCOVERY_INSTANCE_UNHEALTHY": "Service discovery reports an unhealthy task of {}",
    "SERVICE_DISCOVERY_OPERATION_THROTTLED": "AWS throttles the service discovery of {}",
    "VPC_LATTICE_TARGET_UNHEALTHY": "VPC Lattice reports an unhealthy task of {}",
    "ECS_OPERATION_THROTTLED": "AWS throttles the ECS operations of {}",
}

_REASONS: Final[Mapping[str, str]] = {
    "RESOURCE:FARGATE": "Fargate has no capacity in these zones at the moment; ECS keeps trying.",
    "RESOURCE:CPU": "No host has the CPU that the task requires.",
    "RESOURCE:MEMORY": "No host has the memory that the task requires.",
}


def deployment(event: Json) -> Message:
    """``ECS Deployment State Change``."""
    detail = event["detail"]
    name = str(detail.get("eventName", ""))
    tone, words = _DEPLOYMENTS.get(name, (Tone.NOTE, f"{{}}: {in_words(name)}"))
    text = str(detail.get("reason", ""))
    if tone is Tone.ALARM:
        text += "\n`tagship status` shows which version is live, `tagship history` how the release ended."
    return Message(tone, words.format(_service(event)), text, (_at(event), str(detail.get("deploymentId", ""))))


def action(event: Json) -> Message:
    """``ECS Service Action``."""
    detail = event["detail"]
    name, reason = str(detail.get("eventName", "")), str(detail.get("reason", ""))
    words = _ACTIONS.get(name, f"{{}}: {in_words(name)}")
    tone = Tone.NOTE if detail.get("eventType") == "INFO" else Tone.WARNING
    return Message(tone, words.format(_service(event)), _REASONS.get(reason, reason), (_at(event), name))


def scaled_to_most(event: Json) -> Message:
    """``Application Auto Scaling Scaling Activity State Change``, which AWS sends for the maximum only."""
    detail = event["detail"]
    resource = str(detail.get("resourceId", ""))
    kind, _, rest = resource.partition("/")
    who, parts = (f"`{rest.rpartition('/')[2]}`", "tasks") if kind == "service" else _other(resource)
    most, before = detail.get("maxCapacity"), detail.get("oldDesiredCapacity")
    if most is None:
        return Message(Tone.WARNING, f"{who} was scaled to its maximum", "", (_at(event), resource))
    text = f"A higher load will not add {parts}."
    came = f"; before: {number(before)}" if before is not None else ""
    headline = f"{who} is at its maximum number of {parts}: {number(most)}{came}"
    return Message(Tone.WARNING, headline, text, (_at(event), resource))


def _other(resource: str) -> tuple[str, str]:
    kind, _, name = resource.partition(":")
    return (f"Database `{name}`", "readers") if kind == "cluster" else (f"`{resource}`", "capacity")


def _service(event: Json) -> str:
    """The service's name of ``arn:aws:ecs:region:account:service/cluster/name``."""
    arns = event.get("resources") or ()
    return f"`{str(arns[0]).rpartition('/')[2]}`" if arns else "a service"


def _at(event: Json) -> str:
    return moment(str(event.get("time", "")))


SAID: Final[Mapping[tuple[str, str], Callable[[Json], Message]]] = {
    ("aws.ecs", "ECS Deployment State Change"): deployment,
    ("aws.ecs", "ECS Service Action"): action,
    ("aws.application-autoscaling", "Application Auto Scaling Scaling Activity State Change"): scaled_to_most,
}
