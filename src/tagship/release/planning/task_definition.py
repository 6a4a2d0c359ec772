"""A service's task definition, rendered from the manifest, and the hash that tells whether it is new."""

import hashlib
import json
from dataclasses import dataclass
from typing import Any

from tagship.aws.ecs_shapes import Definition
from tagship.infra.outputs import ServiceInfrastructure
from tagship.manifest.service import Service

CONTENT_TAG = "tagship:content"
"""The tag of a revision that carries its content's hash."""

VERSION_TAG = "tagship:version"
"""The tag of a revision that names the first release to use it."""


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


def render(service: Service, place: ServiceInfrastructure, image: Image, stamp: Stamp) -> Definition:
    """The task definition as ``RegisterTaskDefinition`` takes it."""
    return {
        "family": place.task_family,
        "networkMode": "awsvpc",
        "requiresCompatibilities": ["FARGATE"],
        "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"},
        "cpu": str(service.cpu),
        "memory": str(service.memory),
        "executionRoleArn": place.execution_role_arn,
        "taskRoleArn": place.task_role_arn,
        "containerDefinitions": [_container(service, place, image, stamp)],
    }


def content_hash(definition: Definition) -> str:
    """Twelve characters that are the same for the same content, whatever its order of keys."""
    canonical = json.dumps(definition, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()[:12]


def port_of(definition: Definition) -> int:
    """The first port of its first container; 0 where that has none."""
    containers = definition.get("containerDefinitions") or [{}]
    ports = containers[0].get("portMappings") or [{}]
    return int(ports[0].get("containerPort", 0))


def _container(service: Service, place: ServiceInfrastructure, image: Image, stamp: Stamp) -> dict[str, Any]:
    variables = {**stamp.variables(), **place.variables, **service.environment}
    secrets = [
        {"name": name, "valueFrom": place.secrets[name]}
        for name in sorted(place.secrets)
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


def log_stream(container: str, task_id: str) -> str:
    """The stream that a container's lines go to: prefix/container/task (ECS developer guide, awslogs)."""
    return f"{container}/{container}/{task_id}"


def repository_name(repository_url: str) -> str:
    """``notes-prod/api`` of ``111122223333.dkr.ecr.eu-central-1.amazonaws.com/notes-prod/api``."""
    return repository_url.partition("/")[2]
