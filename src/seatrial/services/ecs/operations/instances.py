"""What belongs to container instances, task sets and paused deployments: there are none, and AWS's answers say so."""

from seatrial.services.ecs.errors import invalid, service_deployment_not_found, service_not_active
from seatrial.services.ecs.operations.call import Call, Handler, missing
from seatrial.services.ecs.records import Json
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.texts import NO_INSTANCES

TASK_SETS = ("CreateTaskSet", "DeleteTaskSet", "DescribeTaskSets", "UpdateTaskSet", "UpdateServicePrimaryTaskSet")


class InstanceOperations:
    """What can be asked of a cluster without container instances, whose services all roll."""

    def __init__(self, state: EcsState) -> None:
        self._state = state

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "ListContainerInstances": self.list,
            "DescribeContainerInstances": self.describe,
            "ListAttributes": self.attributes,
            "StartTask": self.start,
            "ContinueServiceDeployment": self.go_on,
            **dict.fromkeys(TASK_SETS, self.task_set),
        }

    def list(self, call: Call) -> Json:
        """None."""
        self._state.cluster(call.scope, call.get("cluster"))
        return {"containerInstanceArns": []}

    def describe(self, call: Call) -> Json:
        """Each is missing."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        prefix = cluster.arn.replace(":cluster/", ":container-instance/")
        arns = [f"{prefix}/{name.rpartition('/')[2]}" for name in call["containerInstances"]]
        return {"containerInstances": [], "failures": [missing(arn) for arn in arns]}

    def attributes(self, call: Call) -> Json:
        """None."""
        self._state.cluster(call.scope, call.get("cluster"))
        return {"attributes": []}

    def start(self, call: Call) -> Json:
        """Nowhere to start."""
        self._state.cluster(call.scope, call.get("cluster"))
        raise invalid(NO_INSTANCES)

    def go_on(self, call: Call) -> Json:
        """Rolling deployments never pause for a hook."""
        if call["serviceDeploymentArn"] not in self._state.deployments:
            raise service_deployment_not_found()
        raise invalid("The service deployment is not paused.")

    def task_set(self, call: Call) -> Json:
        """Task sets are for services with the EXTERNAL deployment controller (API reference)."""
        if self._state.service(call.scope, call["cluster"], call["service"]).status != "ACTIVE":
            raise service_not_active()
        raise invalid("Task sets need a service with the EXTERNAL deployment controller; this one has ECS.")
