"""A service's task definition, rendered from the manifest, and the hash that tells whether it is new."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from tagship.aws.ecs_shapes import Definition
from tagship.infra.outputs import ServiceInfrastructure
from tagship.manifest.service import ContainerCheck, Service
from tagship.secret.resolve import Resolved

CONTENT_TAG = "tagship:content"
"""The tag of a revision that carries its content's hash."""

VERSION_TAG = "tagship:version"
"""The tag of a revision that names the first release to use it."""

Secrets = Mapping[str, Resolved]
"""A service's own secrets, by the environment variable."""

_MARKS: Final = 27
"""Secrets whose versions are told apart in a tag: its value has 256 characters (ECS API, ``Tag``)."""


@dataclass(frozen=True)
class Stamp:
    """What every container is told of its own release."""

    app: str
    environment: str
    version: str
    commit: str
    region: str

    def variables(self) -> dict[str, str]:
        """The environment variables; a service's own setting of the same name wins."""
        return {
            "AWS_REGION": self.region,
            "TAGSHIP_APP": self.app,
            "TAGSHIP_COMMIT": self.commit,
            "TAGSHIP_ENVIRONMENT": self.environment,
            "TAGSHIP_VERSION": self.version,
        }


@dataclass(frozen=True)
class Image:
    """An image by its digest; ``digest`` is None until it is built."""

    repository_url: str
    digest: str | None

    @property
    def reference(self) -> str:
        """``repository@sha256:…``; a digest that is not known yet reads ``(to be built)``."""
        return f"{self.repository_url}@{self.digest or '(to be built)'}"


def render(
    service: Service, place: ServiceInfrastructure, image: Image, stamp: Stamp, *, own: Secrets | None = None
) -> Definition:
    """The task definition as ``RegisterTaskDefinition`` takes it; ``own`` are the service's own secrets."""
    return {
        "family": place.task_family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "cpu": str(service.cpu),
        "memory": str(service.memory),
        "executionRoleArn": place.execution_role_arn,
        "taskRoleArn": place.task_role_arn,
        "containerDefinitions": [_container(service, place, image, stamp, own=own or {})],
    }


def content_hash(definition: Definition, own: Secrets | None = None) -> str:
    """Twelve characters that are the same for the same content, whatever its order of keys.

    Tasks read a secret at their start, so a new value is new content, although the definition names no version: behind
    the twelve come eight of each secret's current version, in the order of the variables.
    """
    canonical = json.dumps(definition, sort_keys=True, separators=(",", ":"))
    return ":".join((hashlib.sha256(canonical.encode()).hexdigest()[:12], *_marks(own or {})))


def _marks(own: Secrets) -> tuple[str, ...]:
    marks = tuple(hashlib.sha256(own[name].version.encode()).hexdigest()[:8] for name in sorted(own))
    return marks if len(marks) <= _MARKS else (hashlib.sha256(":".join(marks).encode()).hexdigest()[:12],)


def changed_secrets(before: str, now: str, own: Secrets) -> tuple[str, ...]:
    """The variables whose secret has another value, where nothing else of the content is another; else none.

    Args:
        before: the hash of the content that a service has.
        now: that of the content that it is to get.
        own: the secrets of the latter.
    """
    (content, *old), (wanted, *new) = before.split(":"), now.split(":")
    if content != wanted or len(old) != len(new):
        return ()
    if len(new) != len(own):
        return tuple(sorted(own)) if old != new else ()
    return tuple(name for name, was, is_ in zip(sorted(own), old, new, strict=True) if was != is_)


def port_of(definition: Definition) -> int:
    """The first port of its first container; 0 where that has none."""
    containers = definition.get("containerDefinitions") or [{}]
    ports = containers[0].get("portMappings") or [{}]
    return int(ports[0].get("containerPort", 0))


def _container(
    service: Service, place: ServiceInfrastructure, image: Image, stamp: Stamp, *, own: Secrets
) -> dict[str, Any]:
    variables = {**stamp.variables(), **place.variables, **service.environment}
    references = {**place.secrets, **{name: found.value_from for name, found in own.items()}}
    secrets = [
        {"name": name, "valueFrom": references[name]}
        for name in sorted(references)
        if name not in variables  # ECS wants each name once, and what the manifest says itself wins
    ]
    return {
        "name": place.container,
        "image": image.reference,
        "essential": True,
        # An init process reaps zombies and passes SIGTERM on to applications that do not run as process 1 well.
        "linuxParameters": {"initProcessEnabled": True},
        "portMappings": [{"containerPort": service.port, "protocol": "tcp"}],
        "environment": [{"name": name, "value": variables[name]} for name in sorted(variables)],
        **({"secrets": secrets} if secrets else {}),
        **_instead_of_the_images(service),
        "stopTimeout": service.stop_timeout,
        "logConfiguration": {
            "logDriver": "awslogs",
            "options": {
                "awslogs-group": place.log_group,
                "awslogs-region": stamp.region,
                "awslogs-stream-prefix": place.container,
            },
        },
    }


def _instead_of_the_images(service: Service) -> dict[str, Any]:
    """What the manifest has instead of the image's own, and only that: what it leaves out stays out of the content."""
    files, check = service.open_files, service.container_check
    limits = [{"name": "nofile", "softLimit": files, "hardLimit": files}] if files else None
    found = {
        "entryPoint": service.entrypoint and list(service.entrypoint),
        "command": service.command and list(service.command),
        "user": service.user,
        "ulimits": limits,
        "healthCheck": check and _health_check(check),
    }
    return {name: value for name, value in found.items() if value is not None}


def _health_check(check: ContainerCheck) -> dict[str, Any]:
    """``HealthCheck``, as the API reference has it; the times in seconds."""
    return {
        "command": ["CMD-SHELL", check.shell] if check.shell else ["CMD", *(check.command or ())],
        "interval": check.interval,
        "timeout": check.timeout,
        "retries": check.retries,
        "startPeriod": check.start_period,
    }


def log_stream(container: str, task_id: str) -> str:
    """The stream that a container's lines go to: prefix/container/task (ECS developer guide, awslogs)."""
    return f"{container}/{container}/{task_id}"


def repository_name(repository_url: str) -> str:
    """``notes-prod/api`` of ``111122223333.dkr.ecr.eu-central-1.amazonaws.com/notes-prod/api``."""
    return repository_url.partition("/")[2]
