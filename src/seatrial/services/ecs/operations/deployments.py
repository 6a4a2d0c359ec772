"""Service deployments and service revisions."""

from seatrial.services.ecs.arns import kind
from seatrial.services.ecs.deployments.rollouts import TERMINAL, Rollouts
from seatrial.services.ecs.errors import conflict, invalid, service_deployment_not_found
from seatrial.services.ecs.operations.call import Call, Handler, missing, page
from seatrial.services.ecs.records import Json, ServiceDeployment
from seatrial.services.ecs.shapes import brief_service_deployment, describe_revision, describe_service_deployment
from seatrial.services.ecs.state import EcsState

DESCRIBED_AT_ONCE = 20


class DeploymentOperations:
    """What can be done with service deployments."""

    def __init__(self, state: EcsState, rollouts: Rollouts) -> None:
        self._state = state
        self._rollouts = rollouts

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "ListServiceDeployments": self.list,
            "DescribeServiceDeployments": self.describe,
            "DescribeServiceRevisions": self.revisions,
            "StopServiceDeployment": self.stop,
        }

    def list(self, call: Call) -> Json:
        """The deployments of a service, the newest first."""
        service = self._state.service(call.scope, call.get("cluster"), call["service"])
        window = call.get("createdAt", {})
        found = [
            item
            for item in self._state.deployments.values()
            if item.service_arn == service.arn
            and (not call.get("status") or item.status in call["status"])
            and window.get("after", 0) <= item.created_at <= window.get("before", item.created_at)
        ]
        newest = sorted(found, key=lambda item: item.created_at, reverse=True)
        return page([brief_service_deployment(item) for item in newest], call, default=20, name="serviceDeployments")

    def describe(self, call: Call) -> Json:
        """Describe up to twenty service deployments."""
        arns = _at_most(call["serviceDeploymentArns"], "service-deployment")
        found = [self._state.deployments[arn] for arn in arns if arn in self._state.deployments]
        return {
            "serviceDeployments": [self._described(item) for item in found],
            "failures": [missing(arn) for arn in arns if arn not in self._state.deployments],
        }

    def revisions(self, call: Call) -> Json:
        """Describe up to twenty service revisions."""
        arns = _at_most(call["serviceRevisionArns"], "service-revision")
        found = [self._state.revisions[arn] for arn in arns if arn in self._state.revisions]
        described = [describe_revision(item, self._state.definitions.get(item.definition_arn)) for item in found]
        return {
            "serviceRevisions": described,
            "failures": [missing(arn) for arn in arns if arn not in self._state.revisions],
        }

    def stop(self, call: Call) -> Json:
        """Stop a deployment that is under way, by default with a rollback."""
        deployment = self._state.deployments.get(call["serviceDeploymentArn"])
        if deployment is None:
            raise service_deployment_not_found()
        if deployment.status in TERMINAL:
            raise conflict(f"The service deployment cannot be stopped because its status is {deployment.status}.")
        if deployment.status in {"PENDING", "IN_PROGRESS"}:
            rolls_back = call.get("stopType", "ROLLBACK") == "ROLLBACK"
            deployment.status = "ROLLBACK_REQUESTED" if rolls_back else "STOP_REQUESTED"
            self._state.save(deployment)
        return {"serviceDeploymentArn": deployment.arn}

    def _described(self, deployment: ServiceDeployment) -> Json:
        service = self._state.services.get(deployment.service_arn)
        tasks = self._state.tasks_of(service) if service else []
        leads = bool(service and service.rollouts and service.primary.id == deployment.rollout_id)
        requested = service.desired_count if service and leads else 0
        return describe_service_deployment(deployment, tasks, requested)


def _at_most(arns: list[str], resource: str) -> list[str]:
    if not arns or len(arns) > DESCRIBED_AT_ONCE:
        raise invalid(f"Between 1 and {DESCRIBED_AT_ONCE} ARNs can be described at once.")
    for arn in arns:
        if kind(arn) != resource:
            raise invalid(f"Invalid ARN: {arn}.")
    return arns
