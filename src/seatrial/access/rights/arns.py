"""The ARNs of the resources that a call names, by the types of its action. Pure.

A type is found in the parameters in one of three ways: by a function here, by a member that is listed here, or by one
that is called as the variable at the end of the type's ARN. An ARN in a parameter is taken as it is.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from seatrial.access.rights import catalogue, making, naming
from seatrial.access.rights.calls import Call

Params = Mapping[str, Any]
_VARIABLES = re.compile(r"\$\{(\w+)\}")
_HEAD = 5
"""Colons before the part of an ARN that names the resource."""


@dataclass(frozen=True)
class Place:
    """Where a call is made."""

    region: str
    account: str

    def arn(self, template: str, names: Mapping[str, str]) -> str:
        """A template of the catalogue, filled."""
        values = {"Partition": "aws", "Region": self.region, "Account": self.account, **names}
        return _VARIABLES.sub(lambda found: values.get(found[1], found[0]), template)


def of_action(action: str, call: Call, place: Place) -> list[str] | None:
    """The resources on which a call needs an action.

    Returns:
        ARNs; ``["*"]`` where the action knows no resource; None where one is missing that the action always has.
    """
    known = catalogue.action(action)
    if known is None:
        return None
    if not known.types:
        return ["*"]
    prefix = action.partition(":")[0]
    if tagged := _tagged(call):
        return [tagged]
    found = {kind: _of_type(prefix, kind, call, place) or _made(prefix, kind, call, place) for kind in known.types}
    missing = [kind for kind, needed in known.types.items() if needed and not found[kind]]
    if missing and not _alternatives(action, found):
        return None
    # The same resource may be of several types to AWS: a function, and one of its versions.
    return list(dict.fromkeys(arn for arns in found.values() for arn in arns)) or ["*"]


def made_by(call: Call, place: Place) -> list[str]:
    """What a call makes, as far as it is known before: with tags from its beginning, that is a second action."""
    if call.operation in {"RunTask", "StartTask"}:
        return [f"arn:aws:ecs:{place.region}:{place.account}:task/{_cluster(call.params)}/*"]
    own = f"arn:aws:{naming.prefix_of(call.service)}:{place.region}:{place.account}:"
    return [own + rest for rest in making.made(call)] or of_action(naming.actions(call)[0], call, place) or []


def _alternatives(action: str, found: Mapping[str, list[str]]) -> bool:
    """Whether the types of an action are such as of which a call names one: the reference marks all as required."""
    return action.startswith(_ONE_OF) and any(found.values())


_ONE_OF = (
    "athena:GetSession",
    "elasticloadbalancing:",
    "events:DeleteRule",
    "events:DescribeRule",
    "events:DisableRule",
    "events:EnableRule",
    "events:ListTargetsByRule",
    "events:PutRule",
    "events:PutTargets",
    "events:RemoveTargets",
    "rds:DeleteDBCluster",
    "sts:AssumeRole",
)
"""What the names of such actions begin with."""


def _tagged(call: Call) -> str:
    """The resource of a call that is told one ARN of whatever type, such as ``TagResource``."""
    if "Tag" not in call.operation:
        return ""
    names = ("resourceArn", "ResourceArn", "ResourceARN", "ResourceName", "Resource", "resource")
    found = (str(call.params[name]) for name in names if name in call.params)
    return next((arn for arn in found if arn.startswith("arn:")), "")


def _of_type(prefix: str, kind: str, call: Call, place: Place) -> list[str]:
    template = catalogue.resource_type(prefix, kind).arn
    if special := SPECIAL.get(f"{prefix}/{kind}"):
        return list(special(call, place))
    variables = [name for name in _VARIABLES.findall(template) if name not in {"Partition", "Region", "Account"}]
    members = MEMBERS.get(f"{prefix}/{kind}") or _called_as(variables[-1] if variables else "")
    values = [value for member in members for value in _values(call.params, member)]
    given = [value for value in _every_arn(call.params) if _is_of(template, value)]
    named = [place.arn(template, {variables[-1]: value}) for value in values if not value.startswith("arn:")]
    if prefix == "ec2":
        named += [place.arn(template, {variables[-1]: each}) for each in making.of_ec2(kind, call)]
    return [arn for arn in dict.fromkeys([*given, *named]) if "${" not in arn]


def _made(prefix: str, kind: str, call: Call, place: Place) -> list[str]:
    """What a call is about to make of a type."""
    head = place.arn(catalogue.resource_type(prefix, kind).arn, {}).split(":", _HEAD)[:_HEAD]
    return [":".join([*head, rest]) for rest in making.named(prefix, kind, call)]


def _called_as(variable: str) -> tuple[str, ...]:
    """Members that may hold the value of a variable: ``WorkGroupName``, ``WorkGroup``."""
    return (variable, variable.removesuffix("Name"), f"{variable}s")


def _values(params: Params, member: str) -> list[str]:
    for name, value in params.items():
        if name.lower() == member.lower():
            return [str(each) for each in (value if isinstance(value, list) else [value]) if isinstance(each, str)]
    return []


def _every_arn(params: Params) -> Iterator[str]:
    for value in params.values():
        for each in value if isinstance(value, list) else [value]:
            if isinstance(each, str) and each.startswith("arn:"):
                yield each


def _is_of(template: str, arn: str) -> bool:
    """Whether an ARN has a type's service, and what its resource begins with."""
    wanted, given = template.split(":", _HEAD), arn.split(":", _HEAD)
    begins = wanted[_HEAD].partition("${")[0]
    return len(given) > _HEAD and given[2] == wanted[2] and given[_HEAD].startswith(begins)


def _last(arn: str) -> str:
    """What an ARN's resource is called: after the last slash."""
    return arn.rpartition("/")[2]


# --- ECS


def _cluster(params: Params) -> str:
    return _last(str(params.get("cluster") or "default"))


def _ecs(kind: str, *members: str) -> Callable[[Call, Place], Iterator[str]]:
    """Resources below a cluster, by names or ARNs."""

    def found(call: Call, place: Place) -> Iterator[str]:
        for value in (value for member in members for value in _values(call.params, member)):
            own = f"arn:aws:ecs:{place.region}:{place.account}:{kind}/{_cluster(call.params)}/{value}"
            yield value if value.startswith("arn:") else own

    return found


def _service(call: Call, place: Place) -> Iterator[str]:
    yield from _ecs("service", "service", "services", "serviceName")(call, place)
    for member in ("serviceDeploymentArn", "serviceDeploymentArns", "serviceRevisionArns"):
        for arn in _values(call.params, member):
            head, _, rest = arn.partition(":service-")
            yield f"{head}:service/{'/'.join(rest.split('/')[1:3])}"


def _task_definition(call: Call, place: Place) -> Iterator[str]:
    families = f"arn:aws:ecs:{place.region}:{place.account}:task-definition/"
    for family in _values(call.params, "family"):
        yield f"{families}{family}:*"
    for member in ("taskDefinition", "taskDefinitions"):
        for value in _values(call.params, member):
            yield value if value.startswith("arn:") else f"{families}{value}"


def _container_instance(call: Call, place: Place) -> Iterator[str]:
    named = list(_ecs("container-instance", "containerInstance", "containerInstances")(call, place))
    yield from named or [f"arn:aws:ecs:{place.region}:{place.account}:container-instance/{_cluster(call.params)}/*"]


def _clusters(call: Call, place: Place) -> Iterator[str]:
    named = [value for member in ("clusters", "clusterName") for value in _values(call.params, member)]
    for value in named or [_cluster(call.params)]:
        yield f"arn:aws:ecs:{place.region}:{place.account}:cluster/{_last(value)}"


# --- others


def _log_group(call: Call, place: Place) -> Iterator[str]:
    """With what follows a name: only tagging takes a group without (CloudWatch Logs user guide, "Resources")."""
    members = ("logGroupName", "logGroupIdentifier", "logGroupNames", "logGroupIdentifiers")
    named = [value for member in members for value in _values(call.params, member)]
    for value in named or ([""] if call.operation == "DescribeLogGroups" else []):
        name = value.partition(":log-group:")[2].removesuffix(":*") if value.startswith("arn:") else value
        yield f"arn:aws:logs:{place.region}:{place.account}:log-group:{name}:log-stream:"


def _log_stream(call: Call, place: Place) -> Iterator[str]:
    for group in _log_group(call, place):
        yield f"{group}{call.params.get('logStreamName', '')}"


def _bucket(call: Call, _place: Place) -> Iterator[str]:
    if name := call.params.get("Bucket"):
        yield f"arn:aws:s3:::{name}"


def _object(call: Call, _place: Place) -> Iterator[str]:
    keys = [call.params["Key"]] if "Key" in call.params else call.params.get("Keys", ())
    for key in keys:
        yield f"arn:aws:s3:::{call.params.get('Bucket')}/{key}"


def _queue(call: Call, place: Place) -> Iterator[str]:
    for name in (*_values(call.params, "QueueUrl"), *_values(call.params, "QueueName")):
        yield f"arn:aws:sqs:{place.region}:{place.account}:{_last(name)}"


def _topic(call: Call, place: Place) -> Iterator[str]:
    yield from (value for member in ("TopicArn", "TargetArn", "ResourceArn") for value in _values(call.params, member))
    if call.operation == "CreateTopic":
        yield f"arn:aws:sns:{place.region}:{place.account}:{call.params.get('Name')}"
    if "PhoneNumber" in call.params:
        yield "*"
    if arn := str(call.params.get("SubscriptionArn", "")):
        yield arn.rpartition(":")[0]


def _parameter(call: Call, place: Place) -> Iterator[str]:
    for name in (value for member in ("Name", "Names", "Path") for value in _values(call.params, member)):
        owner = "" if name.startswith("/aws/") else place.account  # those that AWS publishes have no account
        own = f"arn:aws:ssm:{place.region}:{owner}:parameter/{name.lstrip('/')}"
        yield name if name.startswith("arn:") else own


def _table(call: Call, place: Place) -> Iterator[str]:
    for name in (*_values(call.params, "TableName"), *map(str, call.params.get("RequestItems") or ())):
        yield name if name.startswith("arn:") else f"arn:aws:dynamodb:{place.region}:{place.account}:table/{name}"


def _index(call: Call, place: Place) -> Iterator[str]:
    if name := call.params.get("IndexName"):
        yield from (f"{table}/index/{name}" for table in _table(call, place))


def _glue(kind: str) -> Callable[[Call, Place], Iterator[str]]:
    def found(call: Call, place: Place) -> Iterator[str]:
        catalog = f"arn:aws:glue:{place.region}:{place.account}"
        params = call.params
        database = params.get("DatabaseName") or (params.get("Name", "") if "Database" in call.operation else "")
        table = params.get("TableName") or (params.get("Name", "") if "Database" not in call.operation else "")
        database = database or (params.get("DatabaseInput") or {}).get("Name", "")
        table = table or (params.get("TableInput") or {}).get("Name", "")
        if kind == "catalog":
            yield f"{catalog}:catalog"
        elif kind == "database":
            yield f"{catalog}:database/{database or '*'}"
        elif kind == "function" and database:
            yield f"{catalog}:userDefinedFunction/{database}/*"
        elif kind == "table" and database:
            yield f"{catalog}:table/{database}/{table or '*'}"

    return found


def _scalable_target(call: Call, place: Place) -> Iterator[str]:
    """What is registered has an ARN of its own, whose id nobody knows before it is looked up."""
    known = _values(call.params, "ScalableTargetARN")
    yield from known or [f"arn:aws:application-autoscaling:{place.region}:{place.account}:scalable-target/*"]


def _rule(call: Call, place: Place, *, on_default: bool) -> Iterator[str]:
    bus = _last(str(call.params.get("EventBusName") or "default"))
    if (bus == "default") is not on_default:
        return
    for name in (*_values(call.params, "Name"), *_values(call.params, "Rule")):
        path = name if on_default else f"{bus}/{name}"
        yield f"arn:aws:events:{place.region}:{place.account}:rule/{path}"


def _event_bus(call: Call, place: Place) -> Iterator[str]:
    entries = call.params.get("Entries")
    names = [entry.get("EventBusName") or "default" for entry in entries] if isinstance(entries, list) else []
    for name in names or [call.params.get("EventBusName") or call.params.get("Name") or "default"]:
        yield name if name.startswith("arn:") else f"arn:aws:events:{place.region}:{place.account}:event-bus/{name}"


def _function(call: Call, place: Place) -> Iterator[str]:
    for name in _values(call.params, "FunctionName"):
        own = name.rpartition("function:")[2]
        version = f":{call.params['Qualifier']}" if call.params.get("Qualifier") and ":" not in own else ""
        yield f"arn:aws:lambda:{place.region}:{place.account}:function:{own}{version}"


def _iam(kind: str, member: str) -> Callable[[Call, Place], Iterator[str]]:
    """Of IAM: made with a path, or looked up and an ARN already."""

    def found(call: Call, place: Place) -> Iterator[str]:
        for value in _values(call.params, member):
            path = str(call.params.get("Path") or "/")
            yield value if value.startswith("arn:") else f"arn:aws:iam::{place.account}:{kind}{path}{value}"
        yield from (arn for arn in _values(call.params, "PolicySourceArn") if f":{kind}/" in arn)

    return found


def _quota(call: Call, place: Place) -> Iterator[str]:
    code = f"{call.params.get('ServiceCode')}/{call.params.get('QuotaCode')}"
    yield f"arn:aws:servicequotas:{place.region}:{place.account}:{code}"


def _rds_cluster(call: Call, place: Place) -> Iterator[str]:
    yield from _values(call.params, "resourceArn")
    for name in _values(call.params, "DBClusterIdentifier"):
        yield name if name.startswith("arn:") else f"arn:aws:rds:{place.region}:{place.account}:cluster:{name}"


def _distribution(call: Call, place: Place) -> Iterator[str]:
    """Where an invalidation is named, its own id is the shorter member."""
    for name in _values(call.params, "DistributionId") or _values(call.params, "Id"):
        yield f"arn:aws:cloudfront::{place.account}:distribution/{name}"


def _none(_call: Call, _place: Place) -> Iterator[str]:
    yield from ()


def _on_default_bus(call: Call, place: Place) -> Iterator[str]:
    return _rule(call, place, on_default=True)


def _on_custom_bus(call: Call, place: Place) -> Iterator[str]:
    return _rule(call, place, on_default=False)


SPECIAL: Mapping[str, Callable[[Call, Place], Iterator[str]]] = {
    "application-autoscaling/ScalableTarget": _scalable_target,
    "cloudfront/distribution": _distribution,
    "dynamodb/index": _index,
    "dynamodb/table": _table,
    "ecs/cluster": _clusters,
    "ecs/container-instance": _container_instance,
    "ecs/service": _service,
    "ecs/service-deployment": _ecs("service-deployment", "serviceDeploymentArn", "serviceDeploymentArns"),
    "ecs/service-revision": _ecs("service-revision", "serviceRevisionArns"),
    "ecs/task": _ecs("task", "task", "tasks"),
    "ecs/task-definition": _task_definition,
    "events/event-bus": _event_bus,
    "events/rule-on-custom-event-bus": _on_custom_bus,
    "events/rule-on-default-event-bus": _on_default_bus,
    "glue/catalog": _none,
    "glue/database": _glue("database"),
    "glue/rootcatalog": _glue("catalog"),
    "glue/table": _glue("table"),
    "glue/userdefinedfunction": _glue("function"),
    "iam/group": _iam("group", "GroupName"),
    "iam/instance-profile": _iam("instance-profile", "InstanceProfileName"),
    "iam/policy": _iam("policy", "PolicyArn"),
    "iam/role": _iam("role", "RoleName"),
    "iam/user": _iam("user", "UserName"),
    "lambda/function": _function,
    "lambda/function-alias": _none,
    "lambda/function-version": _none,
    "logs/log-group": _log_group,
    "logs/log-stream": _log_stream,
    "rds-data/cluster": _rds_cluster,
    "rds/cluster": _rds_cluster,
    "s3/bucket": _bucket,
    "s3/object": _object,
    "servicequotas/quota": _quota,
    "sns/topic": _topic,
    "sqs/queue": _queue,
    "ssm/parameter": _parameter,
}
"""By prefix and type."""

MEMBERS: Mapping[str, tuple[str, ...]] = {
    "acm/certificate": ("CertificateArn",),
    "cloudwatch/alarm": ("AlarmName", "AlarmNames"),
    "cloudwatch/dashboard": ("DashboardName", "DashboardNames"),
    "ecr/repository": ("repositoryName", "repositoryNames"),
    "kms/key": ("KeyId", "SourceKeyId", "DestinationKeyId"),
    "rds/db": ("DBInstanceIdentifier",),
    "rds/cluster-snapshot": ("DBClusterSnapshotIdentifier", "FinalDBSnapshotIdentifier"),
    "rds/cluster-pg": ("DBClusterParameterGroupName",),
    "rds/pg": ("DBParameterGroupName",),
    "rds/subgrp": ("DBSubnetGroupName",),
    "secretsmanager/Secret": ("SecretId",),
    "states/statemachine": ("stateMachineArn",),
}
"""Members that hold names of a type, where they are called otherwise than its ARN's variable."""
