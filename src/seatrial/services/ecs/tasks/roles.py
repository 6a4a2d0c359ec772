"""What ECS says where a task's roles do not let it do what it must before the containers run.

Sources: ECS developer guide, "Amazon ECS stopped tasks error messages" and "CannotPullContainer task errors"; "IAM
permissions for pulling an image" (ECR user guide).
"""

from seatrial.core.context import RoleAws
from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.containers.docker import EngineRefused, cannot_pull
from seatrial.services.ecs.records import Task, TaskDefinition

_REGISTRY_AUTH = (
    "ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: unable "
    "to retrieve ecr registry auth: service call has been retried 1 time(s): "
)
_LAYERS = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")


def role_of(task: Task, definition: TaskDefinition | None, kind: str) -> str:
    """The ARN of a task's ``taskRoleArn`` or ``executionRoleArn``; empty where it has none."""
    spec = definition.spec if definition else {}
    return str(task.overrides.get(kind) or spec.get(kind, ""))


def cannot_assume(role: str) -> EngineRefused:
    """A role that is not there, or does not trust ECS."""
    return EngineRefused(
        f"ECS was unable to assume the role '{role}' that was provided for this task. Please verify that the role "
        "being passed has the proper trust relationship and permissions and that your IAM user has permissions to "
        "pass this role."
    )


async def require_pull(role: RoleAws, image: str, repository: str, region: str) -> None:
    """That the execution role may pull an image from ECR.

    Args:
        role: AWS as the execution role calls it.
        image: the image as the container definition names it.
        repository: its repository's name.
        region: the region of the repository.

    Raises:
        EngineRefused: ``ResourceInitializationError: …`` without a login, ``CannotPullContainerError: …`` after it.
    """
    try:
        await role.require("ecr", "GetAuthorizationToken", region=region)
    except AwsCallError as error:
        raise EngineRefused(f"{_REGISTRY_AUTH}{error.code}: {error.message}") from error
    for operation in _LAYERS:
        try:
            await role.require("ecr", operation, region=region, repositoryName=repository)
        except AwsCallError as error:
            raise cannot_pull(image, "unexpected status from HEAD request: 403 Forbidden") from error
