"""Task scale-in protection.

Source: API reference, ``UpdateTaskProtection`` and ``GetTaskProtection``; developer guide, "API failure reasons".
"""

from collections.abc import Iterable

from seatrial.services.ecs.errors import invalid
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.operations.call import Call, Handler, missing
from seatrial.services.ecs.records import Cluster, Json, Task
from seatrial.services.ecs.state import EcsState

DEFAULT_MINUTES = 120
LONGEST_MINUTES = 2880
UPDATED_AT_ONCE = 10
ASKED_AT_ONCE = 100


class ProtectionOperations:
    """What keeps tasks from being stopped by scale-in and by deployments."""

    def __init__(self, state: EcsState, journal: Journal) -> None:
        self._state = state
        self._journal = journal

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {"UpdateTaskProtection": self.update, "GetTaskProtection": self.get}

    def update(self, call: Call) -> Json:
        """Protect tasks for a while, or no more."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        minutes = call.get("expiresInMinutes", DEFAULT_MINUTES)
        if not 1 <= minutes <= LONGEST_MINUTES:
            raise invalid("expiresInMinutes must be between 1 and 2880.")
        references = call["tasks"]
        if not 1 <= len(references) <= UPDATED_AT_ONCE:
            raise invalid("Between 1 and 10 tasks can be specified.")
        until = self._journal.now() + 60 * minutes if call["protectionEnabled"] else None
        tasks, failures = self._found(cluster, references)
        for task in tasks:
            task.protected_until = until
        self._state.save(*tasks)
        return {"protectedTasks": [self._described(task) for task in tasks], "failures": failures}

    def get(self, call: Call) -> Json:
        """How tasks are protected; without a list, all tasks of services in the cluster."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        references = call.get("tasks")
        if references and len(references) > ASKED_AT_ONCE:
            raise invalid("Up to 100 tasks can be specified.")
        everything = [task.arn for task in self._state.cluster_tasks(cluster) if task.service_arn and not task.gone]
        tasks, failures = self._found(cluster, references or everything)
        return {"protectedTasks": [self._described(task) for task in tasks], "failures": failures}

    def _found(self, cluster: Cluster, references: Iterable[str]) -> tuple[list[Task], list[Json]]:
        prefix = cluster.arn.replace(":cluster/", ":task/")
        tasks, failures = [], []
        for reference in references:
            arn = f"{prefix}/{reference.rpartition('/')[2]}"
            task = self._state.tasks.get(arn)
            if task is None or task.gone:
                failures.append(missing(arn))
            elif task.service_arn is None:
                failures.append(
                    {"arn": arn, "reason": "TASK_NOT_VALID", "detail": "The task is not part of a service."}
                )
            else:
                tasks.append(task)
        return tasks, failures

    def _described(self, task: Task) -> Json:
        until = task.protected_until
        if until is None or until <= self._journal.now():
            return {"taskArn": task.arn, "protectionEnabled": False}
        return {"taskArn": task.arn, "protectionEnabled": True, "expirationDate": until}
