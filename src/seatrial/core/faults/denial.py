"""What an execution role without permissions is answered.

The words are those of AWS's own answers, as public reports of ``ResourceInitializationError`` quote them.
"""

from dataclasses import dataclass
from typing import Any

from seatrial.core.internal import AwsCallError
from seatrial.core.service import request_id

_ACTIONS = {"secretsmanager": "secretsmanager:GetSecretValue", "ssm": "ssm:GetParameters"}


@dataclass(frozen=True)
class Denied:
    """An AWS in which nobody may read a secret.

    Args:
        account_id: the account id of the task.
        role: the name of the task's execution role.
        task: the task's id, which names the role's session.
    """

    account_id: str
    role: str
    task: str

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's
    ) -> dict[str, Any]:
        """Refuse.

        Raises:
            AwsCallError: ``AccessDeniedException``, always.
        """
        resource = str(params.get("SecretId") or self._parameter(str(params.get("Name", "")), region or ""))
        raise self.error(_ACTIONS.get(service, f"{service}:{operation}"), resource)

    def error(self, action: str, resource: str) -> AwsCallError:
        """What a call of this action on this resource is answered."""
        user = f"arn:aws:sts::{self.account_id}:assumed-role/{self.role}/{self.task}"
        return AwsCallError(
            "AccessDeniedException",
            f"User: {user} is not authorized to perform: {action} on resource: {resource} because no identity-based "
            f"policy allows the {action} action status code: 400, request id: {request_id()}",
        )

    def _parameter(self, name: str, region: str) -> str:
        return f"arn:aws:ssm:{region}:{self.account_id}:parameter/{name.lstrip('/')}"
