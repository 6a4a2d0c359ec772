"""What a call names by a name that is not its ARN's, looked up: secrets, keys, roles, revisions, queries."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from seatrial.access.rights.calls import Call
from seatrial.core.internal import Aws, AwsCallError

Params = Mapping[str, Any]
Find = Callable[[Aws, str, Params], Awaitable[dict[str, Any]]]
"""From the embedded AWS, a region and a call's parameters: those that are known better now."""


@dataclass(frozen=True)
class Found:
    """A call whose resources are known by their ARNs, as far as they exist.

    Args:
        call: the call with ARNs in place of names.
        roles: the roles of a task definition that is run, which the call hands to ECS.
    """

    call: Call
    roles: tuple[str, ...] = ()


async def look_up(aws: Aws, call: Call, region: str) -> Found:
    """Find what a call names; what is not there stays as it was named."""
    find = _FINDERS.get(call.service)
    if find is None:
        return Found(call)
    try:
        known = await find(aws, region, call.params)
    except AwsCallError:
        return Found(call)
    roles = tuple(known.pop("_roles", ()))
    return Found(replace(call, params={**call.params, **known}), roles)


async def _secret(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    if "SecretId" not in params:
        return {}
    told = await aws.call("secretsmanager", "DescribeSecret", region=region, SecretId=params["SecretId"])
    return {"SecretId": told["ARN"]}


async def _key(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    """A key by its id or one of its aliases."""
    found = {}
    for member in ("KeyId", "SourceKeyId", "DestinationKeyId"):
        if member in params:
            told = await aws.call("kms", "DescribeKey", region=region, KeyId=params[member])
            found[member] = told["KeyMetadata"]["Arn"]
    return found


async def _task_definition(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    """A revision by its family, and its roles: where it is run they are handed on."""
    if "taskDefinition" not in params:
        return {}
    asked = str(params["taskDefinition"])
    told = (await aws.call("ecs", "DescribeTaskDefinition", region=region, taskDefinition=asked))["taskDefinition"]
    roles = [told[member] for member in ("taskRoleArn", "executionRoleArn") if member in told]
    return {"taskDefinition": told["taskDefinitionArn"], "_roles": roles}


async def _identity(aws: Aws, _region: str, params: Params) -> dict[str, Any]:
    """Users and roles by their ARNs, which hold their paths."""
    found = {}
    if "RoleName" in params:
        found["RoleName"] = (await aws.call("iam", "GetRole", RoleName=params["RoleName"]))["Role"]["Arn"]
    if "UserName" in params:
        found["UserName"] = (await aws.call("iam", "GetUser", UserName=params["UserName"]))["User"]["Arn"]
    return found


async def _query(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    """The work group of a query of Athena."""
    if "QueryExecutionId" not in params:
        return {} if "WorkGroup" in params else {"WorkGroup": "primary"}
    asked = params["QueryExecutionId"]
    told = await aws.call("athena", "GetQueryExecution", region=region, QueryExecutionId=asked)
    return {"WorkGroup": told["QueryExecution"].get("WorkGroup", "primary")}


async def _profile(aws: Aws, _region: str, params: Params) -> dict[str, Any]:
    """The role of an instance profile with which an instance is launched."""
    profile = params.get("IamInstanceProfile") or {}
    name = profile.get("Name") or str(profile.get("Arn", "")).rpartition("/")[2]
    if not name:
        return {}
    told = await aws.call("iam", "GetInstanceProfile", InstanceProfileName=name)
    return {"_roles": [role["Arn"] for role in told["InstanceProfile"]["Roles"]]}


async def _scalable_target(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    """The ARN of what is registered already, which holds an id."""
    if "ResourceId" not in params:
        return {}
    told = await aws.call(
        "application-autoscaling",
        "DescribeScalableTargets",
        region=region,
        ServiceNamespace=params["ServiceNamespace"],
        ResourceIds=[params["ResourceId"]],
    )
    found = [each for each in told["ScalableTargets"] if each["ScalableDimension"] == params.get("ScalableDimension")]
    return {"ScalableTargetARN": found[0]["ScalableTargetARN"]} if found else {}


_FINDERS: Mapping[str, Find] = {
    "application-autoscaling": _scalable_target,
    "athena": _query,
    "ec2": _profile,
    "ecs": _task_definition,
    "iam": _identity,
    "kms": _key,
    "secretsmanager": _secret,
}


async def tags(aws: Aws, arn: str) -> dict[str, str] | None:
    """The tags of a resource; None where they cannot be told."""
    parts = arn.split(":")
    service, region = (parts[2], parts[3]) if len(parts) > 3 else ("", "")  # noqa: PLR2004 - an ARN
    asked = _TAGS.get(service)
    if asked is None:
        return None
    botocores, operation, member, answered = asked
    named = arn.rpartition("/")[2] if service == "iam" else arn
    value = [named] if member == "ResourceArns" else named
    try:
        told: Any = await aws.call(botocores, operation, region=region or None, **{member: value})
    except AwsCallError:
        return {}
    for step in answered:
        told = told[step] if isinstance(step, int) else told.get(step) or []
    if isinstance(told, dict):
        return told
    return {tag.get("Key", tag.get("key", tag.get("TagKey"))): _value(tag) for tag in told}


def _value(tag: Mapping[str, str]) -> str:
    return tag.get("Value", tag.get("value", tag.get("TagValue", "")))


_TAGS: Mapping[str, tuple[str, str, str, tuple[str | int, ...]]] = {
    "cloudwatch": ("cloudwatch", "ListTagsForResource", "ResourceARN", ("Tags",)),
    "dynamodb": ("dynamodb", "ListTagsOfResource", "ResourceArn", ("Tags",)),
    "ecr": ("ecr", "ListTagsForResource", "resourceArn", ("tags",)),
    "ecs": ("ecs", "ListTagsForResource", "resourceArn", ("tags",)),
    "elasticloadbalancing": ("elbv2", "DescribeTags", "ResourceArns", ("TagDescriptions", 0, "Tags")),
    "events": ("events", "ListTagsForResource", "ResourceARN", ("Tags",)),
    "iam": ("iam", "ListRoleTags", "RoleName", ("Tags",)),
    "kms": ("kms", "ListResourceTags", "KeyId", ("Tags",)),
    "lambda": ("lambda", "ListTags", "Resource", ("Tags",)),
    "rds": ("rds", "ListTagsForResource", "ResourceName", ("TagList",)),
    "secretsmanager": ("secretsmanager", "DescribeSecret", "SecretId", ("Tags",)),
    "sns": ("sns", "ListTagsForResource", "ResourceArn", ("Tags",)),
}
"""By an ARN's service: botocore's name, the operation, the member that takes the ARN, where the answer has the tags."""
