"""The names of Application Auto Scaling: ARNs, ids, alarms, roles."""

import secrets
import string
import uuid

from seatrial.services.autoscaling.records import Key

_LETTERS = string.ascii_lowercase + string.digits

# The names behind AWSServiceRoleForApplicationAutoScaling_ (user guide, "Service-linked roles").
_ROLES = {
    "appstream": "AppStreamFleet",
    "cassandra": "CassandraTable",
    "comprehend": "ComprehendEndpoint",
    "custom-resource": "CustomResource",
    "dynamodb": "DynamoDBTable",
    "ec2": "EC2SpotFleetRequest",
    "ecs": "ECSService",
    "elasticache": "ElastiCacheRG",
    "kafka": "KafkaCluster",
    "lambda": "LambdaConcurrency",
    "neptune": "NeptuneCluster",
    "rds": "RDSCluster",
    "sagemaker": "SageMakerEndpoint",
    "workspaces": "WorkSpacesPool",
}


def new_id() -> str:
    """The form of the ids in policies' ARNs, of alarms and of activities."""
    return str(uuid.uuid4())


def target_arn(key: Key) -> str:
    """A new ARN for a scalable target."""
    identity = "".join(secrets.choice(_LETTERS) for _ in range(36))
    return f"arn:aws:application-autoscaling:{key.region}:{key.account}:scalable-target/{identity}"


def policy_arn(key: Key, name: str) -> str:
    """A new ARN for a scaling policy."""
    return _named(key, "scalingPolicy", f"policyName/{name}")


def scheduled_action_arn(key: Key, name: str) -> str:
    """A new ARN for a scheduled action."""
    return _named(key, "scheduledAction", f"scheduledActionName/{name}")


def alarm_name(key: Key, side: str) -> str:
    """A new name for an alarm of a target-tracking policy; ``side`` is ``High`` or ``Low``."""
    return f"TargetTracking-{key.resource}-Alarm{side}-{new_id()}"


def alarm_arn(key: Key, name: str) -> str:
    """The ARN of an alarm."""
    return f"arn:aws:cloudwatch:{key.region}:{key.account}:alarm:{name}"


def service_linked_role(key: Key) -> str | None:
    """The role that AWS takes whatever is asked for; None where there is none (Amazon EMR)."""
    if key.namespace not in _ROLES:
        return None
    service = f"{key.namespace}.application-autoscaling.amazonaws.com"
    name = f"AWSServiceRoleForApplicationAutoScaling_{_ROLES[key.namespace]}"
    return f"arn:aws:iam::{key.account}:role/aws-service-role/{service}/{name}"


def _named(key: Key, kind: str, name: str) -> str:
    resource = f"resource/{key.namespace}/{key.resource}"
    return f"arn:aws:autoscaling:{key.region}:{key.account}:{kind}:{new_id()}:{resource}:{name}"
