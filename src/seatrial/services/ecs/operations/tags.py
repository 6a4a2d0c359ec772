"""Tags of clusters, task definitions, services and tasks."""

from seatrial.services.ecs.errors import cluster_not_found, invalid, service_not_found
from seatrial.services.ecs.operations.call import Call, Handler
from seatrial.services.ecs.records import Json
from seatrial.services.ecs.shapes import tag_list
from seatrial.services.ecs.state import EcsState


class TagOperations:
    """What can be done with tags."""

    def __init__(self, state: EcsState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {"TagResource": self.tag, "UntagResource": self.untag, "ListTagsForResource": self.list}

    def tag(self, call: Call) -> Json:
        """Add or replace tags."""
        arn = self._known(call["resourceArn"])
        self._state.set_tags(arn, self._state.tags.get(arn, {}) | call.tags())
        return {}

    def untag(self, call: Call) -> Json:
        """Take tags away."""
        arn = self._known(call["resourceArn"])
        kept = {key: value for key, value in self._state.tags.get(arn, {}).items() if key not in call["tagKeys"]}
        self._state.set_tags(arn, kept)
        return {}

    def list(self, call: Call) -> Json:
        """The tags of a resource."""
        return {"tags": tag_list(self._state.tags.get(self._known(call["resourceArn"])))}

    def _known(self, arn: str) -> str:
        tables = (self._state.clusters, self._state.services, self._state.definitions, self._state.tasks)
        if any(arn in table for table in tables):
            return arn
        if ":service/" in arn:
            raise service_not_found()
        if ":cluster/" in arn:
            raise cluster_not_found()
        raise invalid("The specified resource was not found.")
