"""Services."""

from seatrial.services.ecs.deployments.rollouts import Rollouts
from seatrial.services.ecs.errors import invalid, service_not_active
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.operations import service_rules as rules
from seatrial.services.ecs.operations.call import Call, Handler, missing, page
from seatrial.services.ecs.operations.definitions import usable_definition
from seatrial.services.ecs.records import Json, Service
from seatrial.services.ecs.shapes import describe_service, tag_list
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.targets import TargetGroups

DESCRIBED_AT_ONCE = 10


class ServiceOperations:
    """What can be done with services.

    Args:
        state: the records.
        rollouts: opens deployments.
        targets: the load balancer's target groups.
        journal: tells time.
    """

    def __init__(self, state: EcsState, rollouts: Rollouts, targets: TargetGroups, journal: Journal) -> None:
        self._state = state
        self._rollouts = rollouts
        self._targets = targets
        self._journal = journal

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "CreateService": self.create,
            "UpdateService": self.update,
            "DescribeServices": self.describe,
            "ListServices": self.list,
            "ListServicesByNamespace": self.list_by_namespace,
            "DeleteService": self.delete,
        }

    async def create(self, call: Call) -> Json:
        """Make a service, and open its first deployment."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        arn = call.scope.arn("service", cluster.name, call["serviceName"])
        if existing := self._created_before(arn, call):
            return {"service": self._described(existing, with_tags=True)}
        if "taskDefinition" not in call.params:
            raise invalid("TaskDefinition cannot be null or blank.")
        definition = usable_definition(self._state, call.scope, call["taskDefinition"])
        workload = rules.first_workload(call, cluster)
        rules.check_workload(definition, workload)
        await self._targets.check_attached(workload)
        service = Service(
            arn=arn,
            name=call["serviceName"],
            cluster_arn=cluster.arn,
            created_at=self._journal.now(),
            desired_count=call.get("desiredCount", 0),
            configuration=rules.configuration(call),
            creation=_asked(call),
        )
        self._state.set_tags(arn, call.tags())
        self._rollouts.open(service, definition.arn, workload)
        return {"service": self._described(service, with_tags=True)}

    async def update(self, call: Call) -> Json:
        """Change a service; what is deployed differently opens a deployment, the rest does not."""
        service = self._state.service(call.scope, call.get("cluster"), call["service"])
        if service.status != "ACTIVE":
            raise service_not_active()
        wanted = call.get("taskDefinition", service.primary.definition_arn)
        changed = "taskDefinition" in call.params
        definition_arn = usable_definition(self._state, call.scope, wanted).arn if changed else wanted
        workload = rules.next_workload(service, call)
        definition = self._state.definitions.get(definition_arn)
        if definition:
            rules.check_workload(definition, workload)
        if "loadBalancers" in call.params:
            await self._targets.check_attached(workload)
        self._configure(service, call)
        differs = (definition_arn, workload) != (service.primary.definition_arn, service.primary.workload)
        if differs or call.get("forceNewDeployment"):
            self._rollouts.open(service, definition_arn, workload)
        self._state.save(service)
        return {"service": self._described(service)}

    def describe(self, call: Call) -> Json:
        """Describe up to ten services; those that are not there are failures."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        names = call["services"]
        if not names:
            raise invalid("Services cannot be empty.")
        if len(names) > DESCRIBED_AT_ONCE:
            raise invalid("Services cannot have more than 10 elements.")
        prefix = call.scope.arn("service", cluster.name, "")
        arns = [prefix + name.rpartition("/")[2] for name in names]
        found = [self._state.services[arn] for arn in arns if arn in self._state.services]
        return {
            "services": [self._described(service, with_tags=call.includes("TAGS")) for service in found],
            "failures": [missing(arn) for arn in arns if arn not in self._state.services],
        }

    def list(self, call: Call) -> Json:
        """The ARNs of a cluster's active services."""
        cluster = self._state.cluster(call.scope, call.get("cluster"))
        arns = [
            service.arn
            for service in self._state.active_services(cluster)
            if service.status == "ACTIVE" and _matches(service, call)
        ]
        return page(sorted(arns), call, default=10, name="serviceArns")

    def list_by_namespace(self, call: Call) -> Json:
        """The ARNs of the services of a Cloud Map namespace, whatever their cluster."""
        wanted = {call["namespace"], call["namespace"].rpartition("/")[2]}
        prefix = call.scope.arn("service", "")
        arns = [
            arn
            for arn, service in self._state.services.items()
            if arn.startswith(prefix) and service.status == "ACTIVE" and _namespace(service) in wanted
        ]
        return page(sorted(arns), call, default=10, name="serviceArns")

    def delete(self, call: Call) -> Json:
        """Drain a service: its tasks stop, then it is INACTIVE.

        One that is DRAINING or INACTIVE is answered as it is (https://github.com/aws/aws-cli/issues/1334,
        https://github.com/aws/aws-sdk-js/issues/4189): a call sent again because its answer was lost succeeds.
        """
        service = self._state.service(call.scope, call.get("cluster"), call["service"])
        if service.status != "ACTIVE":
            return {"service": self._described(service)}
        if service.desired_count > 0 and not call.get("force"):
            raise invalid("The service cannot be stopped while it is scaled above 0.")
        self._rollouts.close(service)
        service.status, service.desired_count = "DRAINING", 0
        self._state.save(service)
        return {"service": self._described(service)}

    def _created_before(self, arn: str, call: Call) -> Service | None:
        """The service, where the same call has made it already."""
        existing = self._state.services.get(arn)
        if existing is None or existing.status == "INACTIVE":
            return None
        if existing.status == "DRAINING":
            raise invalid("Unable to Start a service that is still Draining.")
        if existing.creation != _asked(call):
            raise invalid("Creation of service was not idempotent.")
        return existing

    def _configure(self, service: Service, call: Call) -> None:
        configuration = service.configuration | call.picked(rules.CONFIGURATION)
        before = service.configuration["deploymentConfiguration"]
        configuration["deploymentConfiguration"] = rules.deployment_configuration(before, call)
        service.configuration = configuration
        if call.get("desiredCount", service.desired_count) != service.desired_count:
            service.desired_count, service.steady = call["desiredCount"], False

    def _described(self, service: Service, *, with_tags: bool = False) -> Json:
        described = describe_service(service, self._state.tasks_of(service))
        return described | ({"tags": tag_list(self._state.tags.get(service.arn))} if with_tags else {})


def _asked(call: Call) -> Json:
    """What must be the same for a repeated call to be answered with what the first one made."""
    return {name: value for name, value in call.params.items() if name != "clientToken"}


def _namespace(service: Service) -> str | None:
    connect = service.primary.workload.get("serviceConnectConfiguration") or {}
    return connect.get("namespace") if connect.get("enabled") else None


def _matches(service: Service, call: Call) -> bool:
    workload = service.primary.workload
    launch = call.get("launchType")
    strategy = call.get("schedulingStrategy", "REPLICA")
    if call.get("resourceManagementType", "CUSTOMER") != "CUSTOMER":
        return False  # Express services are managed by ECS; there are none.
    return launch in {None, workload.get("launchType")} and strategy == service.configuration["schedulingStrategy"]
