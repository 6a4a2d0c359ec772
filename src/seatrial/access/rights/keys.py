"""The values of condition keys: of who asks, of the request, of the service that is asked. Pure.

Sources: IAM user guide, "AWS global condition context keys"; Service Authorization Reference, each service's condition
keys.
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from seatrial.access.rights import catalogue, making
from seatrial.access.rights.arns import Place
from seatrial.access.rights.calls import Call

Pairs = Iterator[tuple[str, Any]]

ABSENT = frozenset(
    {
        "aws:calledvia",
        "aws:calledviafirst",
        "aws:calledvialast",
        "aws:federatedprovider",
        "aws:multifactorauthage",
        "aws:multifactorauthpresent",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalservicename",
        "aws:principalservicenameslist",
        "aws:referer",
        "aws:resourceorgid",
        "aws:resourceorgpaths",
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceidentity",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourcevpc",
        "aws:sourcevpcarn",
        "aws:sourcevpce",
        "aws:vpceaccount",
        "aws:vpceorgid",
        "aws:vpceorgpaths",
        "aws:vpcsourceip",
    }
)
"""Global keys that a call of a role has no value of here: no organization, no VPC endpoint, no service in between."""

GLOBAL = frozenset(
    {
        "aws:currenttime",
        "aws:epochtime",
        "aws:principalaccount",
        "aws:principalarn",
        "aws:principalisawsservice",
        "aws:principaltype",
        "aws:requestedregion",
        "aws:resourceaccount",
        "aws:securetransport",
        "aws:sourceip",
        "aws:tagkeys",
        "aws:tokenissuetime",
        "aws:useragent",
        "aws:userid",
        "aws:username",
        "aws:viaawsservice",
    }
)
"""Those that it has."""

_FAMILIES = ("aws:principaltag/", "aws:requesttag/", "aws:resourcetag/")

FILLED = frozenset(
    {
        "application-autoscaling:scalable-dimension",
        "application-autoscaling:service-namespace",
        "cloudwatch:namespace",
        "ec2:createaction",
        "ecs:cluster",
        "ecs:container-name",
        "ecs:createaction",
        "ecs:enable-execute-command",
        "ecs:service",
        "ecs:task-cpu",
        "ecs:task-definition",
        "ecs:task-memory",
        "elasticloadbalancing:createaction",
        "iam:awsservicename",
        "iam:passedtoservice",
        "iam:permissionsboundary",
        "iam:policyarn",
        "kms:calleraccount",
        "kms:encryptioncontextkeys",
        "kms:viaservice",
        "lambda:principal",
        "s3:delimiter",
        "s3:max-keys",
        "s3:prefix",
        "s3:resourceaccount",
        "s3:versionid",
        "s3:x-amz-acl",
        "s3:x-amz-server-side-encryption",
        "s3:x-amz-server-side-encryption-aws-kms-key-id",
        "secretsmanager:secretid",
        "secretsmanager:versionid",
        "secretsmanager:versionstage",
        "sns:endpoint",
        "sns:protocol",
        "sts:externalid",
        "sts:rolesessionname",
    }
)
"""Keys of services that are read out of a request; what is not there has no value."""

_FILLED_FAMILIES = ("kms:encryptioncontext:", "ecs:resourcetag/", "secretsmanager:resourcetag/", "iam:resourcetag/")


@dataclass(frozen=True)
class Circumstances:
    """What is known of a request beside what it asks.

    Args:
        place: where it is made.
        at: the time.
        source: the address that it came from.
        user_agent: what the client says of itself.
        caller: the caller's own keys, by their names in lower case.
    """

    place: Place
    at: datetime
    source: str = "127.0.0.1"
    user_agent: str = ""
    caller: Mapping[str, tuple[str, ...]] | None = None


def context(
    call: Call, action: str, circumstances: Circumstances, extra: Mapping[str, str] | None = None
) -> dict[str, tuple[str, ...]]:
    """Every key that a request has for an action.

    Args:
        call: what is asked.
        action: the action that is looked at.
        circumstances: the circumstances of the request.
        extra: keys that only this action has, such as ``iam:PassedToService``.
    """
    found = {**_global(circumstances), **dict(circumstances.caller or {})}
    for name, value in (*_tags(call), *_of_service(call, circumstances.place), *(extra or {}).items()):
        values = tuple(map(str, value)) if isinstance(value, list | tuple) else (_text(value),)
        if catalogue.has_key(action, name.lower()) or name.lower() in (extra or {}):
            found[name.lower()] = values
    return found


def is_unknown(action: str) -> Callable[[str], bool]:
    """Of an action: which keys may have a value that is not known here."""

    def unknown(key: str) -> bool:
        if key in GLOBAL or key in ABSENT or key in FILLED or key.startswith((*_FAMILIES, *_FILLED_FAMILIES)):
            return False
        if key.startswith("aws:"):
            return True
        return catalogue.has_key(action, key) or not catalogue.exists(key)

    return unknown


def _global(circumstances: Circumstances) -> dict[str, tuple[str, ...]]:
    at = circumstances.at
    found = {
        "aws:currenttime": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "aws:epochtime": str(int(at.timestamp())),
        "aws:principalisawsservice": "false",
        "aws:requestedregion": circumstances.place.region,
        "aws:resourceaccount": circumstances.place.account,
        # AWS is asked by TLS; that loopback is not is a matter of this machine.
        "aws:securetransport": "true",
        "aws:sourceip": circumstances.source,
        "aws:useragent": circumstances.user_agent,
        "aws:viaawsservice": "false",
    }
    return {key: (value,) for key, value in found.items()}


def _tags(call: Call) -> Pairs:
    """The tags that a request brings: a list of pairs, or a map."""
    params = call.params
    said: Any = making.tags(call) or next((params[name] for name in _TAGS if params.get(name)), [])
    if isinstance(said, Mapping):
        pairs = [(str(key), str(value)) for key, value in said.items()]
    else:
        pairs = [pair for tag in said if (pair := _pair(tag))]
    for key, value in pairs:
        yield f"aws:RequestTag/{key}", value
    keys = [key for key, _ in pairs] or next((params[name] for name in ("tagKeys", "TagKeys") if params.get(name)), [])
    if keys:
        yield "aws:TagKeys", list(keys)


_TAGS = ("tags", "Tags", "TagList", "UserPoolTags", "HostedZoneTags", "resourceTags")
"""Members that hold the tags of what a call makes."""


def _pair(tag: Any) -> tuple[str, str] | None:  # noqa: ANN401 - a part of a request
    if not isinstance(tag, Mapping):
        return None
    lowered = {str(name).lower().removeprefix("tag"): str(value) for name, value in tag.items()}
    return (lowered["key"], lowered.get("value", "")) if "key" in lowered else None


def _of_service(call: Call, place: Place) -> Pairs:
    for key, member in _MEMBERS.get(call.service, {}).items():
        if call.params.get(member) is not None:
            yield key, call.params[member]
    for key, header in _HEADERS.items() if call.service == "s3" else ():
        if header in call.headers:
            yield key, call.headers[header]
    if special := _SPECIAL.get(call.service):
        yield from special(call, place)


def _ecs(call: Call, place: Place) -> Pairs:
    """The cluster is named by every call of a cluster's resources; registering a revision has none."""
    if call.operation != "RegisterTaskDefinition":
        cluster = str(call.params.get("cluster") or "default")
        deployments = call.params.get("serviceDeploymentArns") or [call.params.get("serviceDeploymentArn")]
        named = [*(call.params.get("serviceRevisionArns") or ()), *filter(None, deployments)]
        if named:
            cluster = str(named[0]).split("/")[1]
            service = "/".join(str(named[0]).split("/")[1:3])
            yield "ecs:service", f"arn:aws:ecs:{place.region}:{place.account}:service/{service}"
        own = f"arn:aws:ecs:{place.region}:{place.account}:cluster/{cluster}"
        yield "ecs:cluster", cluster if cluster.startswith("arn:") else own
    if name := str(call.params.get("serviceName") or call.params.get("service") or ""):
        cluster = str(call.params.get("cluster") or "default").rpartition("/")[2]
        own = f"arn:aws:ecs:{place.region}:{place.account}:service/{cluster}/{name}"
        yield "ecs:service", name if name.startswith("arn:") else own


def _kms(call: Call, place: Place) -> Pairs:
    yield "kms:CallerAccount", place.account
    encrypted = call.params.get("EncryptionContext") or {}
    for name, value in encrypted.items():
        yield f"kms:EncryptionContext:{name}", value
    if encrypted:
        yield "kms:EncryptionContextKeys", list(encrypted)


def _s3(_call: Call, place: Place) -> Pairs:
    yield "s3:ResourceAccount", place.account


_SPECIAL: Mapping[str, Callable[[Call, Place], Pairs]] = {
    "ecs": _ecs,
    "kms": _kms,
    "s3": _s3,
}

_MEMBERS: Mapping[str, Mapping[str, str]] = {
    "application-autoscaling": {
        "application-autoscaling:scalable-dimension": "ScalableDimension",
        "application-autoscaling:service-namespace": "ServiceNamespace",
    },
    "cloudwatch": {"cloudwatch:namespace": "Namespace"},
    "ecs": {
        "ecs:container-name": "container",
        "ecs:enable-execute-command": "enableExecuteCommand",
        "ecs:task-cpu": "cpu",
        "ecs:task-definition": "taskDefinition",
        "ecs:task-memory": "memory",
    },
    "iam": {
        "iam:AWSServiceName": "AWSServiceName",
        "iam:PermissionsBoundary": "PermissionsBoundary",
        "iam:PolicyARN": "PolicyArn",
    },
    "lambda": {"lambda:Principal": "Principal"},
    "s3": {
        "s3:VersionId": "VersionId",
        "s3:delimiter": "Delimiter",
        "s3:max-keys": "MaxKeys",
        "s3:prefix": "Prefix",
    },
    "secretsmanager": {
        "secretsmanager:SecretId": "SecretId",
        "secretsmanager:VersionId": "VersionId",
        "secretsmanager:VersionStage": "VersionStage",
    },
    "sns": {"sns:Endpoint": "Endpoint", "sns:Protocol": "Protocol"},
    "sts": {"sts:ExternalId": "ExternalId", "sts:RoleSessionName": "RoleSessionName"},
}
"""By botocore's name of a service: keys, and the members that have their values."""

_HEADERS = {
    "s3:x-amz-acl": "x-amz-acl",
    "s3:x-amz-server-side-encryption": "x-amz-server-side-encryption",
    "s3:x-amz-server-side-encryption-aws-kms-key-id": "x-amz-server-side-encryption-aws-kms-key-id",
}


def _text(value: Any) -> str:  # noqa: ANN401 - a parameter
    return str(value).lower() if isinstance(value, bool) else str(value)
