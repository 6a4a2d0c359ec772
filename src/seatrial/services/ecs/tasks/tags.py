"""The tags that tasks are born with. Pure.

Source: developer guide, "Tagging Amazon ECS resources"; API reference, ``propagateTags`` and ``enableECSManagedTags``.
"""

from collections.abc import Mapping

from seatrial.services.ecs.arns import last
from seatrial.services.ecs.records import Service

Tags = Mapping[str, str]


def service_task_tags(service: Service, own: Tags | None, definition: Tags | None) -> dict[str, str]:
    """The tags of a new task of a service.

    Args:
        service: says what is propagated.
        own: the service's tags.
        definition: the task definition's.
    """
    sources: dict[str, Tags | None] = {"SERVICE": own, "TASK_DEFINITION": definition}
    propagated = sources.get(service.configuration.get("propagateTags", "NONE")) or {}
    if not service.configuration.get("enableECSManagedTags"):
        return dict(propagated)
    return {**managed_tags(service.cluster_arn), "aws:ecs:serviceName": service.name, **propagated}


def managed_tags(cluster_arn: str) -> dict[str, str]:
    """What ``enableECSManagedTags`` adds to every task."""
    return {"aws:ecs:clusterName": last(cluster_arn)}
