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
        is_gone: whether an association is not there that alone would tell the resource; the service itself says so.
    """

    call: Call
    roles: tuple[str, ...] = ()
    is_gone: bool = False


async def look_up(aws: Aws, call: Call, region: str) -> Found:
    """Find what a call names; what is not there stays as it was named."""
    find = _FINDERS.get(call.service)
    if find is None:
        return Found(call)
    try:
        known = await find(aws, region, call.params)
    except AwsCallError:
        return Found(call)
    roles, is_gone = tuple(known.pop("_roles", ())), bool(known.pop("_gone", False))
    return Found(replace(call, params={**call.params, **known}), roles, is_gone)


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


async def _network(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    """What an association joins, and the role of an instance's profile."""
    named = str(params.get("AssociationId") or "")
    if named.startswith("rtbassoc-"):
        of = ("RouteTables", "association.route-table-association-id")
        found = await _described(aws, region, of, named)
        joined = [each for each in found[0]["Associations"] if each["RouteTableAssociationId"] == named]
        return {"RouteTableId": found[0]["RouteTableId"], "SubnetId": joined[0].get("SubnetId", "")}
    if named.startswith("eipassoc-"):
        told = await aws.call("ec2", "DescribeAddresses", region=region)
        found = [each for each in told.get("Addresses") or () if each.get("AssociationId") == named]
        return {"AllocationId": found[0]["AllocationId"]} if found else {"_gone": True}
    return await _profile(aws, region, params)


async def _described(aws: Aws, region: str, of: tuple[str, str], value: str) -> list[dict[str, Any]]:
    """What EC2 has of a kind, by the name of a filter; raises ``AwsCallError`` where it has none."""
    what, name = of
    told = await aws.call("ec2", f"Describe{what}", region=region, Filters=[{"Name": name, "Values": [value]}])
    if not told.get(what):
        raise AwsCallError("InvalidAssociationID.NotFound", value)
    return list(told[what])


async def _query(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    """The work group of a query of Athena."""
    if "QueryExecutionId" not in params:
        named = params.get("NamedQueryId")
        if named:
            told = await aws.call("athena", "GetNamedQuery", region=region, NamedQueryId=named)
            return {"WorkGroup": told["NamedQuery"].get("WorkGroup", "primary")}
        return {} if {"WorkGroup", "Name"} & params.keys() else {"WorkGroup": "primary"}
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


async def _firewall(aws: Aws, region: str, params: Params) -> dict[str, Any]:
    """The web ACL of what a call names without it."""
    if "ResourceArn" not in params or "WebACLArn" in params or ":webacl/" in str(params["ResourceArn"]):
        return {}
    told = await aws.call("wafv2", "GetWebACLForResource", region=region, ResourceArn=params["ResourceArn"])
    return {"WebACLArn": told["WebACL"]["ARN"]} if told.get("WebACL") else {}


_FINDERS: Mapping[str, Find] = {
    "application-autoscaling": _scalable_target,
    "athena": _query,
    "ec2": _network,
    "ecs": _task_definition,
    "iam": _identity,
    "kms": _key,
    "secretsmanager": _secret,
    "wafv2": _firewall,
}


async def tags(aws: Aws, arn: str) -> dict[str, str] | None:
    """The tags of a resource; None where they cannot be told."""
    parts = arn.split(":")
    service, region = (parts[2], parts[3]) if len(parts) > 3 else ("", "")  # noqa: PLR2004 - an ARN
    asked = _TAGS.get(service)
    if asked is None:
        return None
    botocores, operation, member, answered = asked
    named = arn.rpartition("/")[2] if service in {"ec2", "iam"} else arn
    value: Any = [named] if member == "ResourceArns" else named
    if member == "Filters":
        value = [{"Name": "resource-id", "Values": [named]}]
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
    "application-autoscaling": ("application-autoscaling", "ListTagsForResource", "ResourceARN", ("Tags",)),
    "cloudfront": ("cloudfront", "ListTagsForResource", "Resource", ("Tags", "Items")),
    "cognito-idp": ("cognito-idp", "ListTagsForResource", "ResourceArn", ("Tags",)),
    "cloudwatch": ("cloudwatch", "ListTagsForResource", "ResourceARN", ("Tags",)),
    "dynamodb": ("dynamodb", "ListTagsOfResource", "ResourceArn", ("Tags",)),
    "ec2": ("ec2", "DescribeTags", "Filters", ("Tags",)),
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
