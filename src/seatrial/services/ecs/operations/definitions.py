"""Task definitions."""

from collections.abc import Iterable

from seatrial.ground.clock import Clock
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.definitions.rules import normalised
from seatrial.services.ecs.errors import client_error, invalid
from seatrial.services.ecs.operations.call import Call, Handler, page
from seatrial.services.ecs.records import Json, TaskDefinition
from seatrial.services.ecs.shapes import describe_definition, tag_list
from seatrial.services.ecs.state import EcsState

DELETED_AT_ONCE = 10


class DefinitionOperations:
    """What can be done with task definitions."""

    def __init__(self, state: EcsState, clock: Clock) -> None:
        self._state = state
        self._clock = clock

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "RegisterTaskDefinition": self.register,
            "DescribeTaskDefinition": self.describe,
            "DeregisterTaskDefinition": self.deregister,
            "DeleteTaskDefinitions": self.delete,
            "ListTaskDefinitions": self.list,
            "ListTaskDefinitionFamilies": self.families,
        }

    def register(self, call: Call) -> Json:
        """Make the next revision of a family."""
        spec = normalised(call.params)
        revision = self._state.next_revision(call.scope, spec["family"])
        definition = TaskDefinition(
            arn=call.scope.arn("task-definition", f"{spec['family']}:{revision}"),
            family=spec["family"],
            revision=revision,
            spec=spec,
            registered_at=self._clock.now().timestamp(),
        )
        self._state.save(definition)
        self._state.set_tags(definition.arn, call.tags())
        tags = {"tags": tag_list(call.tags())} if call.tags() else {}
        return {"taskDefinition": describe_definition(definition), **tags}

    def describe(self, call: Call) -> Json:
        """Describe a revision; of a family, the latest active one."""
        definition = find_definition(self._state, call.scope, call["taskDefinition"])
        if definition is None:
            raise client_error("Unable to describe task definition.")
        tags = {"tags": tag_list(self._state.tags.get(definition.arn))} if call.includes("TAGS") else {}
        return {"taskDefinition": describe_definition(definition), **tags}

    def deregister(self, call: Call) -> Json:
        """Make a revision INACTIVE: what runs goes on, nothing new can be deployed from it."""
        definition = find_definition(self._state, call.scope, call["taskDefinition"])
        if ":" not in call["taskDefinition"].rpartition("/")[2]:
            raise client_error("Revision is missing.")
        if definition is None:
            raise client_error("The specified task definition does not exist.")
        if definition.status == "ACTIVE":
            definition.status, definition.deregistered_at = "INACTIVE", self._clock.now().timestamp()
            self._state.save(definition)
        return {"taskDefinition": describe_definition(definition)}

    def delete(self, call: Call) -> Json:
        """Forget revisions that were deregistered before."""
        wanted = call["taskDefinitions"]
        if len(wanted) > DELETED_AT_ONCE:
            raise invalid("Maximum number of task definitions that can be deleted at once is 10.")
        found = {item: find_definition(self._state, call.scope, item) for item in wanted}
        deleted = [item for item in found.values() if item and item.status != "ACTIVE"]
        for item in deleted:
            item.status = "DELETE_IN_PROGRESS"
        answer = [describe_definition(item) for item in deleted]
        failures = [_not_deleted(name, item) for name, item in found.items() if item is None or item.status == "ACTIVE"]
        # Services and tasks that use them go on (API reference), so they are never forgotten.
        self._state.save(*deleted)
        return {"taskDefinitions": answer, "failures": failures}

    def list(self, call: Call) -> Json:
        """The ARNs of revisions, oldest first unless ``sort`` says otherwise."""
        status = call.get("status", "ACTIVE")
        found = [item for item in self._in(call.scope) if item.status == status]
        if family := call.get("familyPrefix"):
            found = [item for item in found if item.family == family]
        ordered = sorted(found, key=lambda item: (item.family, item.revision), reverse=call.get("sort") == "DESC")
        return page([item.arn for item in ordered], call, default=100, name="taskDefinitionArns")

    def families(self, call: Call) -> Json:
        """The names of families that have a revision of the asked status."""
        status, prefix = call.get("status", "ACTIVE"), call.get("familyPrefix", "")
        having: dict[str, bool] = {}
        for item in self._in(call.scope):
            having[item.family] = having.get(item.family, False) or item.status == "ACTIVE"
        wanted = [
            family
            for family, active in having.items()
            if family.startswith(prefix) and (status == "ALL" or active == (status == "ACTIVE"))
        ]
        return page(sorted(wanted), call, default=100, name="families")

    def _in(self, scope: Scope) -> Iterable[TaskDefinition]:
        prefix = scope.arn("task-definition", "")
        return (item for item in self._state.definitions.values() if item.arn.startswith(prefix))


def find_definition(state: EcsState, scope: Scope, reference: str) -> TaskDefinition | None:
    """The revision of this ARN or ``family:revision``; for a bare family, the latest active one."""
    arn = scope.named("task-definition", reference)
    if ":" in arn.rpartition("/")[2]:
        return state.definitions.get(arn)
    revisions = (item for item in state.definitions.values() if item.arn.rpartition(":")[0] == arn)
    return max((item for item in revisions if item.status == "ACTIVE"), key=lambda item: item.revision, default=None)


def usable_definition(state: EcsState, scope: Scope, reference: str) -> TaskDefinition:
    """The revision to run.

    Raises:
        AwsCallError: ``ClientException`` where there is none, or it is inactive.
    """
    definition = find_definition(state, scope, reference)
    if definition is None:
        raise client_error("TaskDefinition not found.")
    if definition.status != "ACTIVE":
        raise client_error("TaskDefinition is inactive")
    return definition


def _not_deleted(name: str, definition: TaskDefinition | None) -> Json:
    if definition is None:
        return {"arn": name, "reason": "The specified task definition does not exist."}
    reason = "The specified task definition is still in ACTIVE status. Please deregister the target and try again."
    return {"arn": definition.arn, "reason": reason}
