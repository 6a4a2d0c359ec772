"""Which IAM actions an operation needs, where that is not the one of its own name.

Sources: Service Authorization Reference; Amazon S3 user guide, "Required permissions for Amazon S3 API operations";
Lambda developer guide, "Identity-based policies"; DynamoDB developer guide, "IAM and transactions"; ECS developer
guide, "Grant permission to tag resources on creation".
"""

from collections.abc import Mapping
from typing import Any

from seatrial.access.rights.calls import Call

PREFIXES = {
    "elbv2": "elasticloadbalancing",
    "resourcegroupstaggingapi": "tag",
    "service-quotas": "servicequotas",
    "sesv2": "ses",
    "stepfunctions": "states",
}
"""What a service's actions begin with, where that is not botocore's name."""

FREE = frozenset({"sts:GetCallerIdentity", "sts:GetSessionToken"})
"""STS API reference: "No permissions are required"."""

OTHERWISE: Mapping[str, tuple[str, ...]] = {
    "cloudfront:CreateDistributionWithTags": ("cloudfront:CreateDistribution", "cloudfront:TagResource"),
    "lambda:Invoke": ("lambda:InvokeFunction",),
    "lambda:InvokeAsync": ("lambda:InvokeFunction",),
    "lambda:InvokeWithResponseStream": ("lambda:InvokeFunction",),
    "kms:ReEncrypt": ("kms:ReEncryptFrom", "kms:ReEncryptTo"),
    "sns:PublishBatch": ("sns:Publish",),
    "sqs:ChangeMessageVisibilityBatch": ("sqs:ChangeMessageVisibility",),
    "sqs:DeleteMessageBatch": ("sqs:DeleteMessage",),
    "sqs:SendMessageBatch": ("sqs:SendMessage",),
    "s3:AbortMultipartUpload": ("s3:AbortMultipartUpload",),
    "s3:CompleteMultipartUpload": ("s3:PutObject",),
    "s3:CopyObject": ("s3:PutObject",),
    "s3:CreateMultipartUpload": ("s3:PutObject",),
    "s3:DeleteBucketCors": ("s3:PutBucketCORS",),
    "s3:DeleteBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:DeleteBucketLifecycle": ("s3:PutLifecycleConfiguration",),
    "s3:DeleteBucketOwnershipControls": ("s3:PutBucketOwnershipControls",),
    "s3:DeleteBucketTagging": ("s3:PutBucketTagging",),
    "s3:DeleteObjects": ("s3:DeleteObject",),
    "s3:DeletePublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "s3:GetBucketAccelerateConfiguration": ("s3:GetAccelerateConfiguration",),
    "s3:GetBucketCors": ("s3:GetBucketCORS",),
    "s3:GetBucketEncryption": ("s3:GetEncryptionConfiguration",),
    "s3:GetBucketLifecycle": ("s3:GetLifecycleConfiguration",),
    "s3:GetBucketLifecycleConfiguration": ("s3:GetLifecycleConfiguration",),
    "s3:GetBucketNotificationConfiguration": ("s3:GetBucketNotification",),
    "s3:GetBucketReplication": ("s3:GetReplicationConfiguration",),
    "s3:GetObjectLockConfiguration": ("s3:GetBucketObjectLockConfiguration",),
    "s3:GetPublicAccessBlock": ("s3:GetBucketPublicAccessBlock",),
    "s3:HeadBucket": ("s3:ListBucket",),
    "s3:HeadObject": ("s3:GetObject",),
    "s3:ListBuckets": ("s3:ListAllMyBuckets",),
    "s3:ListMultipartUploads": ("s3:ListBucketMultipartUploads",),
    "s3:ListObjectVersions": ("s3:ListBucketVersions",),
    "s3:ListObjects": ("s3:ListBucket",),
    "s3:ListObjectsV2": ("s3:ListBucket",),
    "s3:ListParts": ("s3:ListMultipartUploadParts",),
    "s3:PutBucketCors": ("s3:PutBucketCORS",),
    "s3:PutBucketEncryption": ("s3:PutEncryptionConfiguration",),
    "s3:PutBucketLifecycleConfiguration": ("s3:PutLifecycleConfiguration",),
    "s3:PutBucketNotificationConfiguration": ("s3:PutBucketNotification",),
    "s3:PutBucketReplication": ("s3:PutReplicationConfiguration",),
    "s3:PutObjectLockConfiguration": ("s3:PutBucketObjectLockConfiguration",),
    "s3:PutPublicAccessBlock": ("s3:PutBucketPublicAccessBlock",),
    "s3:UploadPart": ("s3:PutObject",),
    "s3:UploadPartCopy": ("s3:PutObject",),
}
"""By the operation in the form of an action. An action that is not one of AWS's allows nobody anything."""

_OF_VERSIONS = frozenset(
    {"s3:DeleteObject", "s3:DeleteObjectTagging", "s3:GetObject", "s3:GetObjectAcl", "s3:GetObjectTagging"}
    | {"s3:PutObjectAcl", "s3:PutObjectTagging"}
)
_VERSIONED = ("Tagging", "Acl")

_TAGGED_ON_CREATION: Mapping[str, tuple[str, str]] = {
    "ec2": ("TagSpecifications", "ec2:CreateTags"),
    "ecs": ("tags", "ecs:TagResource"),
    "elbv2": ("Tags", "elasticloadbalancing:AddTags"),
    "iam": ("Tags", "iam:Tag"),
    "lambda": ("Tags", "lambda:TagResource"),
    "secretsmanager": ("Tags", "secretsmanager:TagResource"),
    "sns": ("Tags", "sns:TagResource"),
    "kms": ("Tags", "kms:TagResource"),
    "ecr": ("tags", "ecr:TagResource"),
    "events": ("Tags", "events:TagResource"),
    "application-autoscaling": ("Tags", "application-autoscaling:TagResource"),
}
"""Services that ask for a second action where something is made with tags: the member, and the action."""

_CREATES = ("Allocate", "Authorize", "Create", "Put", "Register", "Run", "StartTask")


def prefix_of(service: str) -> str:
    """What the actions of a service begin with."""
    return PREFIXES.get(service, service)


def actions(call: Call) -> tuple[str, ...]:
    """The actions that a call needs on the resources that it names."""
    own = f"{prefix_of(call.service)}:{call.operation}"
    named = OTHERWISE.get(own, (own,))
    if call.service == "s3" and call.params.get("VersionId"):
        named = tuple(_of_version(each) for each in named)
    return named


def tagging(call: Call) -> str:
    """The action by which a call tags what it makes; empty where it does not."""
    member, action = _TAGGED_ON_CREATION.get(call.service, ("", ""))
    if not member or not call.operation.startswith(_CREATES) or not call.params.get(member):
        return ""
    return f"iam:Tag{call.operation.removeprefix('Create')}" if call.service == "iam" else action


def transacted(call: Call) -> list[tuple[str, Any]]:
    """Of a transaction of DynamoDB: each action on each table."""
    return [
        (f"dynamodb:{'ConditionCheckItem' if kind == 'ConditionCheck' else f'{kind}Item'}", inner.get("TableName", "*"))
        for item in call.params.get("TransactItems") or ()
        for kind, inner in item.items()
    ]


def _of_version(action: str) -> str:
    """The action on one version of an object: ``s3:GetObjectVersion``, ``s3:GetObjectVersionTagging``."""
    if action not in _OF_VERSIONS:
        return action
    end = next((end for end in _VERSIONED if action.endswith(end)), "")
    return f"{action.removesuffix(end)}Version{end}"
