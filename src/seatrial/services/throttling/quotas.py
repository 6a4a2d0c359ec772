"""AWS's quotas of API requests, for each account and region, by the group of operations that shares a bucket.

Sources: "Request throttling for the Amazon ECS API" (all of its table), and "Request throttling for the Elastic Load
Balancing API": there, the two groups that a deployment calls again and again. The load balancer's quotas of creating
and modifying, which one environment never comes near, are left out; its quota of all calls together equals that of
reading. Services that call each other on a person's behalf have buckets of their own (same page).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from seatrial.services.throttling.buckets import Rate


@dataclass(frozen=True)
class Quota:
    """A group of operations that share one bucket.

    Args:
        service: the signing name.
        name: the name of the group, as AWS's page has it.
        rate: the rate of the bucket, in calls a second.
        operations: the operations that take from it.
    """

    service: str
    name: str
    rate: Rate
    operations: tuple[str, ...]


def _ecs(name: str, burst: float, refill: float, operations: str) -> Quota:
    return Quota("ecs", name, Rate(burst, refill), tuple(operations.split()))


def _elb(name: str, burst: float, refill: float, operations: str) -> Quota:
    return Quota("elasticloadbalancing", name, Rate(burst, refill), tuple(operations.split()))


QUOTAS = (
    _ecs(
        "Cluster modify actions",
        20,
        1,
        "CreateCluster DeleteCluster PutClusterCapacityProviders UpdateCluster UpdateClusterSettings",
    ),
    _ecs("Cluster read actions", 50, 20, "DescribeClusters ListClusters"),
    _ecs("Task definition modify actions", 20, 1, "DeregisterTaskDefinition RegisterTaskDefinition"),
    _ecs(
        "Task definition read actions",
        50,
        20,
        "DescribeTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies",
    ),
    _ecs("Task definition deletion actions", 5, 1, "DeleteTaskDefinitions"),
    _ecs(
        "Capacity provider modify actions",
        10,
        1,
        "CreateCapacityProvider DeleteCapacityProvider UpdateCapacityProvider",
    ),
    _ecs("Capacity provider read actions", 50, 20, "DescribeCapacityProviders"),
    _ecs("Tag modify actions", 20, 10, "TagResource UntagResource"),
    _ecs("Tag read actions", 50, 20, "ListTagsForResource"),
    _ecs("Setting modify actions", 10, 1, "DeleteAccountSetting PutAccountSetting PutAccountSettingDefault"),
    _ecs("Setting read actions", 50, 20, "ListAccountSettings"),
    _ecs(
        "Cluster resource modify actions",
        100,
        40,
        "DeleteAttributes DeregisterContainerInstance ExecuteCommand PutAttributes RunTask StartTask StopTask"
        " UpdateContainerAgent UpdateContainerInstancesState",
    ),
    _ecs(
        "Cluster resource read actions",
        100,
        20,
        "DescribeContainerInstances DescribeTasks ListAttributes ListContainerInstances ListTasks",
    ),
    _ecs(
        "Agent modify actions",
        200,
        120,
        "RegisterContainerInstance SubmitAttachmentStateChanges SubmitContainerStateChange SubmitTaskStateChange",
    ),
    _ecs("Service modify actions", 50, 5, "CreateService DeleteService UpdateService"),
    _ecs("Service read actions", 100, 20, "DescribeServices ListServices"),
    _ecs("Service deployment actions", 50, 20, "DescribeServiceDeployments ListServiceDeployments"),
    _ecs("Service revision actions", 50, 20, "DescribeServiceRevisions"),
    _ecs("Task protection actions", 200, 80, "UpdateTaskProtection GetTaskProtection"),
    _ecs("Cluster service resource read actions", 10, 1, "ListServicesByNamespace"),
    _elb(
        "Non-mutating",
        40,
        10,
        "DescribeAccountLimits DescribeCapacityReservation DescribeListenerAttributes DescribeListenerCertificates"
        " DescribeListeners DescribeLoadBalancerAttributes DescribeLoadBalancers DescribeRules DescribeSSLPolicies"
        " DescribeTags DescribeTargetGroupAttributes DescribeTargetGroups DescribeTargetHealth",
    ),
    _elb("Registration", 20, 4, "RegisterTargets DeregisterTargets"),
)


def _by_operation() -> Iterator[tuple[tuple[str, str], Quota]]:
    for quota in QUOTAS:
        for operation in quota.operations:
            yield (quota.service, operation), quota


BY_OPERATION: Mapping[tuple[str, str], Quota] = dict(_by_operation())
"""The quota of an operation, by signing name and operation."""
