"""What of a service belongs to the service, what to each revision of it, and AWS's defaults. Pure.

Source: API reference, ``CreateService`` and ``UpdateService``.
"""

from collections.abc import Mapping
from typing import Any

from seatrial.services.ecs import capacity
from seatrial.services.ecs.errors import invalid
from seatrial.services.ecs.operations.call import Call
from seatrial.services.ecs.records import Cluster, Json, Service, TaskDefinition

WHOLE = 100
WORKLOAD = (
    "networkConfiguration",
    "platformVersion",
    "loadBalancers",
    "serviceRegistries",
    "serviceConnectConfiguration",
    "vpcLatticeConfigurations",
    "volumeConfigurations",
    "capacityProviderStrategy",
)
"""A change of one of these starts a deployment."""

CONFIGURATION = (
    "healthCheckGracePeriodSeconds",
    "enableExecuteCommand",
    "enableECSManagedTags",
    "propagateTags",
    "availabilityZoneRebalancing",
    "placementConstraints",
    "placementStrategy",
    "monitoring",
)
"""A change of one of these does not."""

DEPLOYMENT_DEFAULTS: Json = {
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
    "bakeTimeInMinutes": 0,
}


def configuration(call: Call) -> Json:
    """What a new service keeps beside its revisions."""
    given = call.picked((*CONFIGURATION, "schedulingStrategy"))
    controller = call.get("deploymentController", {"type": "ECS"})
    if controller["type"] != "ECS":
        raise invalid("The deployment controller of this endpoint is ECS.")
    described = {
        "schedulingStrategy": "REPLICA",
        "deploymentController": controller,
        "enableECSManagedTags": False,
        "enableExecuteCommand": False,
        "propagateTags": "NONE",
        # Since September 2025 ENABLED where CreateService does not say (API reference).
        "availabilityZoneRebalancing": "ENABLED",
        **given,
        "deploymentConfiguration": deployment_configuration(DEPLOYMENT_DEFAULTS, call),
    }
    if call.get("loadBalancers"):
        described.setdefault("healthCheckGracePeriodSeconds", 0)
        role = "aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
        described["roleArn"] = f"arn:aws:iam::{call.scope.account_id}:role/{role}"
    return described


def deployment_configuration(before: Mapping[str, Any], call: Call) -> Json:
    """The deployment configuration after a call."""
    after = {**before, **call.get("deploymentConfiguration", {})}
    strategy = after.get("strategy", "ROLLING")
    if strategy != "ROLLING":
        raise invalid(f"The deployment strategy {strategy} is not supported by this endpoint; use ROLLING.")
    _check_breaker(after.get("deploymentCircuitBreaker") or {})
    _check_early_success(after)
    if after["maximumPercent"] < after["minimumHealthyPercent"]:
        raise invalid("maximumPercent must be greater than or equal to minimumHealthyPercent.")
    return after


def _check_breaker(rule: Mapping[str, Any]) -> None:
    limit = rule.get("thresholdConfiguration")
    if not limit:
        return
    percent = limit["type"] != "COUNT"
    if limit["value"] < 1 or (percent and limit["value"] > WHOLE):
        raise invalid("The value of thresholdConfiguration must be at least 1, and at most 100 for a percentage.")


def _check_early_success(configuration: Mapping[str, Any]) -> None:
    early = configuration.get("earlySuccessCriteria") or {}
    if not early.get("enable"):
        return
    if "healthyPercent" not in early or "sourceServiceRevisionCleanup" not in early:
        raise invalid("earlySuccessCriteria needs healthyPercent and sourceServiceRevisionCleanup.")
    if not configuration["minimumHealthyPercent"] <= early["healthyPercent"] <= WHOLE:
        raise invalid("healthyPercent must be greater than or equal to minimumHealthyPercent, and at most 100.")


def first_workload(call: Call, cluster: Cluster) -> Json:
    """What the first revision of a service says beside its task definition."""
    workload = call.picked((*WORKLOAD, "launchType"))
    strategy = call.get("capacityProviderStrategy")
    if strategy and "launchType" in workload:
        raise invalid("Specifying both a launch type and capacity provider strategy is not supported.")
    capacity.check(strategy or (), cluster.capacity_providers)
    if "launchType" not in workload and not strategy:
        workload |= {"capacityProviderStrategy": cluster.default_strategy} if cluster.default_strategy else {}
    if "launchType" not in workload and not workload.get("capacityProviderStrategy"):
        workload["launchType"] = "EC2"
    return with_network_defaults(workload)


def next_workload(service: Service, call: Call) -> Json:
    """What the next revision says; equal to the present one where the call starts no deployment."""
    workload = {**service.primary.workload, **call.picked(WORKLOAD)}
    if call.get("capacityProviderStrategy"):
        workload.pop("launchType", None)
    return with_network_defaults(workload)


def with_network_defaults(workload: Json) -> Json:
    """AWS describes ``assignPublicIp`` even where nobody gave it."""
    network = workload.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if not network:
        return workload
    filled = {"securityGroups": [], "assignPublicIp": "DISABLED", **network}
    return {**workload, "networkConfiguration": {"awsvpcConfiguration": filled}}


def check_workload(definition: TaskDefinition, workload: Json) -> None:
    """Whether this task definition fits.

    Raises:
        AwsCallError: ``InvalidParameterException`` with AWS's words.
    """
    network = workload.get("networkConfiguration", {}).get("awsvpcConfiguration")
    if definition.spec.get("networkMode") == "awsvpc" and not network:
        raise invalid("Network Configuration must be provided when networkMode 'awsvpc' is specified.")
    containers = {container["name"]: container for container in definition.containers}
    for balancer in workload.get("loadBalancers", ()):
        name, port = balancer.get("containerName"), balancer.get("containerPort")
        if name not in containers:
            raise invalid(f"The container {name} does not exist in the task definition.")
        if port not in {mapping.get("containerPort") for mapping in containers[name]["portMappings"]}:
            raise invalid(f"The container {name} did not have a container port {port} defined.")
