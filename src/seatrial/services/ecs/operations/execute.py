"""ECS Exec."""

import shlex

from seatrial.core.internal import AwsCallError
from seatrial.services.ecs.errors import client_error, invalid
from seatrial.services.ecs.exec import Sessions
from seatrial.services.ecs.operations.call import Call, Handler
from seatrial.services.ecs.records import Container, Json, Task
from seatrial.services.ecs.state import EcsState

_NOT_ENABLED = (
    "The execute command failed because execute command was not enabled when the task was run or the execute command"
    " agent isn't running. Wait and try again or run a new task with execute command enabled and try again."
)


class ExecuteOperations:
    """A command in a container that runs."""

    def __init__(self, state: EcsState, sessions: Sessions) -> None:
        self._state = state
        self._sessions = sessions

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {"ExecuteCommand": self.execute}

    def execute(self, call: Call) -> Json:
        """Open a session. As AWS's agent in containers does it, the command is split into words; no shell is between.

        Raises:
            AwsCallError: it can't be, in AWS's words (developer guide, "ECS Exec": considerations).
        """
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        reference = call["task"].rpartition("/")[2]
        task = self._state.tasks.get(f"{cluster.arn.replace(':cluster/', ':task/')}/{reference}")
        if task is None:
            raise invalid("The referenced task was not found.")
        if not call["interactive"]:
            raise invalid("Interactive is the only mode supported currently.")
        container = _container(task, call.get("container"))
        _check(task, container)
        session = self._sessions.open(container.runtime_id or "", _words(call["command"]))
        return {
            "clusterArn": cluster.arn,
            "containerArn": container.arn,
            "containerName": container.name,
            "interactive": True,
            "session": {"sessionId": session.id, "streamUrl": session.url, "tokenValue": session.token},
            "taskArn": task.arn,
        }


def _container(task: Task, name: str | None) -> Container:
    if name is None and len(task.containers) > 1:
        raise invalid("A container name must be specified when a task has more than one container.")
    found = next((item for item in task.containers if name in {None, item.name}), None)
    if found is None:
        raise invalid("The container name was not found in the task.")
    return found


def _check(task: Task, container: Container) -> None:
    if not task.options.get("enableExecuteCommand"):
        raise invalid(_NOT_ENABLED)
    if container.last_status != "RUNNING" or not container.runtime_id:
        raise AwsCallError(
            "TargetNotConnectedException",
            "The execute command failed due to an internal error. The container is not running.",
        )


def _words(command: str) -> list[str]:
    try:
        words = shlex.split(command)
    except ValueError as error:
        raise client_error(f"The command cannot be split into words: {error}.") from error
    if not words:
        raise invalid("Command cannot be empty.")
    return words
