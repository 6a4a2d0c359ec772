"""Task protection as a container asks for it: the agent calls ECS with the credentials of the task's role.

Source: ECS developer guide, "Amazon ECS task scale-in protection endpoint".
"""

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from seatrial.core.context import RoleTaker, TakenRole
from seatrial.core.internal import Aws, AwsCallError
from seatrial.core.service import request_id
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.records import Json, Task
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.tasks.roles import role_of

_FIELDS = {"ProtectionEnabled": bool, "ExpiresInMinutes": int}


# inside: what answers, which tells the container
class _Refused(Exception):
    """The agent refuses a request itself."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status, self.code = status, code


@dataclass(frozen=True)
class Protecting:
    """Sets and reads the protection of tasks.

    Args:
        state: the records.
        aws: the embedded AWS, all services.
        roles: takes the roles of tasks.
    """

    state: EcsState
    aws: Aws
    roles: RoleTaker

    async def answer(self, method: str, body: bytes, task: Task) -> tuple[int, Json]:
        """The status and the answer to GET, which reads a task's protection, or PUT, which sets it."""
        try:
            return 200, _told(await self._asked(method, body, task))
        except _Refused as refused:
            return refused.status, {"error": {"Arn": task.arn, "Code": refused.code, "Message": str(refused)}}
        except AwsCallError as error:
            told = {"Arn": task.arn, "Code": error.code, "Message": error.message}
            return error.status, {"requestID": request_id(), "error": told}

    async def _asked(self, method: str, body: bytes, task: Task) -> Json:
        asked = {"cluster": task.cluster_arn, "tasks": [task.arn]}
        if method == "GET":
            return await self._call(task, "GetTaskProtection", asked)
        if method != "PUT":
            raise _Refused(405, "InvalidParameterException", "Only GET and PUT are answered.")
        return await self._call(task, "UpdateTaskProtection", asked | _wanted(body))

    async def _call(self, task: Task, operation: str, params: dict[str, Any]) -> Json:
        arn = role_of(task, self.state.definitions.get(task.definition_arn), "taskRoleArn")
        if not arn:
            words = "Invalid Request: no task IAM role credentials available for task"
            raise _Refused(403, "AccessDeniedException", words)
        role = TakenRole(arn, task.id, "ecs-tasks.amazonaws.com", task.arn)
        taken = self.roles.take(self.aws, role)
        return await taken.call("ecs", operation, region=Scope.of(task.arn).region, **params)


def _wanted(body: bytes) -> Json:
    """The parameters of ``UpdateTaskProtection``."""
    try:
        asked = json.loads(body)
        known = all(isinstance(value, _FIELDS[name]) for name, value in asked.items())
    except (ValueError, KeyError, AttributeError):
        known = False
    if not known:
        raise _Refused(400, "InvalidParameterException", "UpdateTaskProtection: failed to decode request")
    if "ProtectionEnabled" not in asked:
        words = "Invalid request: does not contain 'ProtectionEnabled' field"
        raise _Refused(400, "InvalidParameterException", words)
    return {f"{name[0].lower()}{name[1:]}": value for name, value in asked.items()}


def _told(answer: Json) -> Json:
    """ECS's answer about one task, in the agent's words."""
    if answer["failures"]:
        failure = answer["failures"][0]
        named = {"Arn": failure.get("arn"), "Detail": failure.get("detail"), "Reason": failure.get("reason")}
        return {"failure": named}
    found = answer["protectedTasks"][0]
    until: datetime | None = found.get("expirationDate")
    shown = until.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z") if until else None
    return {
        "protection": {
            "ExpirationDate": shown,
            "ProtectionEnabled": found["protectionEnabled"],
            "TaskArn": found["taskArn"],
        }
    }
