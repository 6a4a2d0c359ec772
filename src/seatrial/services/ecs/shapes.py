"""Records as AWS describes them: what Describe… answers. Pure."""

from collections.abc import Iterable, Mapping
from typing import Any

from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.definitions.rules import compatibilities
from seatrial.services.ecs.records import (
    Cluster,
    Json,
    Revision,
    Rollout,
    Service,
    ServiceDeployment,
    Task,
    TaskDefinition,
)

PENDING = {"PROVISIONING", "PENDING", "ACTIVATING"}
PLATFORM_VERSION = "1.4.0"


def present(**values: Any) -> Json:  # noqa: ANN401 - JSON
    """The members that have a value."""
    return {name: value for name, value in values.items() if value is not None}


def tag_list(tags: Mapping[str, str] | None) -> list[Json]:
    """Tags as ECS spells them."""
    return [{"key": key, "value": value} for key, value in (tags or {}).items()]


def counts(tasks: Iterable[Task]) -> tuple[int, int]:
    """How many tasks run, and how many are about to."""
    live = list(tasks)
    running = sum(task.last_status == "RUNNING" and task.live for task in live)
    return running, sum(task.last_status in PENDING and task.live for task in live)


def describe_cluster(cluster: Cluster, tasks: Iterable[Task], services: int) -> Json:
    """``Cluster``, without what must be asked for by ``include``."""
    running, pending = counts(tasks)
    return {
        "clusterArn": cluster.arn,
        "clusterName": cluster.name,
        "status": cluster.status,
        "registeredContainerInstancesCount": 0,
        "runningTasksCount": running,
        "pendingTasksCount": pending,
        "activeServicesCount": services,
        "statistics": [],
        "settings": cluster.settings,
        "capacityProviders": cluster.capacity_providers,
        "defaultCapacityProviderStrategy": cluster.default_strategy,
        **present(configuration=cluster.configuration, serviceConnectDefaults=cluster.service_connect_defaults),
    }


def describe_definition(definition: TaskDefinition) -> Json:
    """``TaskDefinition``."""
    return {
        **definition.spec,
        "taskDefinitionArn": definition.arn,
        "revision": definition.revision,
        "status": definition.status,
        "compatibilities": compatibilities(definition.spec),
        "requiresAttributes": [],
        "registeredAt": definition.registered_at,
        "registeredBy": f"arn:aws:iam::{Scope.of(definition.arn).account_id}:root",
        **present(deregisteredAt=definition.deregistered_at),
    }


def describe_rollout(service: Service, rollout: Rollout, tasks: Iterable[Task]) -> Json:
    """``Deployment``: an entry of ``deployments[]``."""
    own = [task for task in tasks if task.started_by == rollout.id]
    running, pending = counts(own)
    workload = {name: rollout.workload[name] for name in _ROLLED_OUT if name in rollout.workload}
    return {
        "id": rollout.id,
        "status": rollout.status,
        "taskDefinition": rollout.definition_arn,
        "desiredCount": _desired(service, rollout, own),
        "pendingCount": pending,
        "runningCount": running,
        "failedTasks": rollout.failed_tasks,
        "createdAt": rollout.created_at,
        "updatedAt": rollout.updated_at,
        "rolloutState": rollout.state,
        "rolloutStateReason": rollout.reason,
        **workload,
        **_fargate(rollout.workload),
    }


_ROLLED_OUT = (
    "launchType",
    "capacityProviderStrategy",
    "networkConfiguration",
    "volumeConfigurations",
    "serviceConnectConfiguration",
    "vpcLatticeConfigurations",
)
_ONLY_IN_DEPLOYMENTS = {"volumeConfigurations", "serviceConnectConfiguration", "vpcLatticeConfigurations", "monitoring"}
"""What the API reference has in ``Deployment`` and ``ServiceRevision``, but not in ``Service``."""


def describe_service(service: Service, tasks: list[Task]) -> Json:
    """``Service``."""
    running, pending = counts(tasks)
    workload = service.primary.workload if service.rollouts else {}
    members = {**service.configuration, **workload}
    described = {
        "serviceArn": service.arn,
        "serviceName": service.name,
        "clusterArn": service.cluster_arn,
        "status": service.status,
        "desiredCount": service.desired_count,
        "runningCount": running,
        "pendingCount": pending,
        "loadBalancers": [],
        "serviceRegistries": [],
        "placementConstraints": [],
        "placementStrategy": [],
        **{name: value for name, value in members.items() if name not in _ONLY_IN_DEPLOYMENTS},
        **_fargate(workload),
        "deployments": [describe_rollout(service, rollout, tasks) for rollout in service.rollouts],
        "events": [
            {"id": event.id, "createdAt": event.created_at, "message": event.message} for event in service.events
        ],
        "createdAt": service.created_at,
        "createdBy": f"arn:aws:iam::{Scope.of(service.arn).account_id}:root",
        "resourceManagementType": "CUSTOMER",
        **present(currentServiceDeployment=service.current_service_deployment),
        "currentServiceRevisions": [_current(service, rollout, tasks) for rollout in service.rollouts],
    }
    if service.rollouts:
        described["taskDefinition"] = service.primary.definition_arn
    return described


def describe_revision(revision: Revision, definition: TaskDefinition | None) -> Json:
    """``ServiceRevision``."""
    containers = definition.containers if definition else []
    images = [
        present(containerName=item["name"], image=item["image"], imageDigest=revision.digests.get(item["name"]))
        for item in containers
    ]
    return {
        "serviceRevisionArn": revision.arn,
        "serviceArn": revision.service_arn,
        "clusterArn": revision.cluster_arn,
        "taskDefinition": revision.definition_arn,
        **{name: value for name, value in revision.workload.items() if name in _IN_REVISION},
        **_fargate(revision.workload),
        "containerImages": images,
        "guardDutyEnabled": False,
        "createdAt": revision.created_at,
    }


_IN_REVISION = (*_ROLLED_OUT, "loadBalancers", "serviceRegistries")


def describe_service_deployment(deployment: ServiceDeployment, tasks: Iterable[Task], requested: int) -> Json:
    """``ServiceDeployment``; of a finished one, the counts are those at its end."""
    running, pending = counts(task for task in tasks if task.started_by == deployment.rollout_id)
    target = {"requestedTaskCount": requested, "runningTaskCount": running, "pendingTaskCount": pending}
    alarms = deployment.configuration.get("alarms") or {}
    return {
        **brief_service_deployment(deployment, with_target=False),
        "updatedAt": deployment.updated_at,
        "sourceServiceRevisions": deployment.sources,
        "targetServiceRevision": {"arn": deployment.target_arn, **(deployment.target_counts or target)},
        "deploymentConfiguration": deployment.configuration,
        "deploymentCircuitBreaker": {
            "status": deployment.breaker_status,
            "failureCount": deployment.failures,
            "threshold": deployment.threshold,
        },
        "alarms": present(
            status=deployment.alarms_status,
            alarmNames=alarms.get("alarmNames"),
            triggeredAlarmNames=deployment.triggered_alarms or None,
        ),
        **present(stoppedAt=deployment.stopped_at, rollback=deployment.rollback),
    }


def brief_service_deployment(deployment: ServiceDeployment, *, with_target: bool = True) -> Json:
    """``ServiceDeploymentBrief``."""
    return present(
        serviceDeploymentArn=deployment.arn,
        serviceArn=deployment.service_arn,
        clusterArn=deployment.cluster_arn,
        createdAt=deployment.created_at,
        startedAt=deployment.started_at,
        finishedAt=deployment.finished_at,
        targetServiceRevisionArn=deployment.target_arn if with_target else None,
        status=deployment.status,
        statusReason=deployment.status_reason,
    )


def _current(service: Service, rollout: Rollout, tasks: list[Task]) -> Json:
    own = [task for task in tasks if task.started_by == rollout.id]
    running, pending = counts(own)
    return {
        "arn": rollout.revision_arn,
        "requestedTaskCount": _desired(service, rollout, own),
        "runningTaskCount": running,
        "pendingTaskCount": pending,
    }


def _desired(service: Service, rollout: Rollout, own: list[Task]) -> int:
    """How many tasks a rollout should have: an old one those that it was not told to stop yet.

    AWS documents "the most recent desired count" of a deployment, and not when that of an old one falls.
    """
    if rollout.status == "PRIMARY":
        return service.desired_count
    return sum(task.desired_status == "RUNNING" for task in own)


def _fargate(workload: Mapping[str, Any]) -> Json:
    on_fargate = workload.get("launchType") == "FARGATE" or workload.get("capacityProviderStrategy")
    if not on_fargate:
        return {}
    return {"platformVersion": workload.get("platformVersion", "LATEST"), "platformFamily": "Linux"}
