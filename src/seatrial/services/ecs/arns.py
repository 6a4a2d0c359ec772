"""Amazon Resource Names of ECS, and the ids in them."""

import secrets
import string
from dataclasses import dataclass

_ID_LETTERS = string.ascii_letters + string.digits + "-_"


@dataclass(frozen=True)
class Scope:
    """The region and the account that a request speaks for."""

    region: str
    account_id: str

    def arn(self, resource: str, *path: str) -> str:
        """The name of a resource of ECS: ``arn:aws:ecs:REGION:ACCOUNT:RESOURCE/PATH``."""
        return f"arn:aws:ecs:{self.region}:{self.account_id}:{'/'.join((resource, *path))}"

    def named(self, resource: str, reference: str) -> str:
        """The ARN of what is given by its name or by its ARN."""
        return reference if reference.startswith("arn:") else self.arn(resource, reference)

    @classmethod
    def of(cls, arn: str) -> "Scope":
        """The region and the account of an ARN."""
        parts = arn.split(":")
        return cls(parts[3], parts[4])


def last(arn: str) -> str:
    """The name or the id at the end of an ARN."""
    return arn.rpartition("/")[2]


def kind(arn: str) -> str:
    """The kind of resource: ``service``, ``task``, ``cluster``, ``task-definition``."""
    return arn.split(":", 5)[5].partition("/")[0] if arn.count(":") >= 5 else ""  # noqa: PLR2004 - arn:aws:ecs:R:A:KIND


def new_task_id() -> str:
    """32 hexadecimal digits, as tasks have."""
    return secrets.token_hex(16)


def new_agent_id(task_id: str) -> str:
    """What a container names itself by when it asks the agent: its task, and 32 digits that are a secret."""
    return f"{task_id}-{secrets.token_hex(16)}"


def new_revision_id() -> str:
    """19 digits, as service revisions and ``ecs-svc/…`` deployments have."""
    return str(10**18 + secrets.randbelow(9 * 10**18))


def new_service_deployment_id() -> str:
    """21 letters, as service deployments have."""
    return "".join(secrets.choice(_ID_LETTERS) for _ in range(21))


def new_uuid() -> str:
    """The form of containers', attachments' and events' ids."""
    digits = secrets.token_hex(16)
    return "-".join((digits[:8], digits[8:12], digits[12:16], digits[16:20], digits[20:]))
