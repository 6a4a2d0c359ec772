"""The roles of tagship's modules: they may do what they have to, and each of their statements is needed for it.

``modules.json`` has the policies of an environment with every system, as it was applied to the embedded AWS. What each
role does with them is listed here; that a release calls nothing else, ``tests/unit/infra/test_github.py`` holds.
"""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from seatrial.access.rights import keys
from seatrial.access.rights.arns import Place
from seatrial.access.rights.authorize import Need, needs
from seatrial.access.rights.calls import Call
from seatrial.access.rights.keys import Circumstances
from seatrial.access.rights.lookups import Found
from seatrial.core.policies.document import Policy, of_json
from seatrial.core.policies.evaluate import Policies, Request, decide
from seatrial.core.policies.principals import Principal

KEPT = json.loads(Path(__file__).with_name("modules.json").read_text("utf-8"))
MODULES = Path(__file__).parents[4] / "src/tagship/infra/terraform/modules"
PLACE = Place("eu-central-1", "000000000000")
NOW = datetime(2026, 11, 29, tzinfo=UTC)
BY_AGENTS = (
    "ssmmessages:CreateControlChannel",
    "ssmmessages:CreateDataChannel",
    "ssmmessages:OpenControlChannel",
    "ssmmessages:OpenDataChannel",
)
"""Systems Manager's own channel, of which the SDKs have no model."""

Json = dict[str, Any]


@dataclass(frozen=True)
class Asked:
    """What a role must be allowed, and the call that asks for it."""

    need: Need
    call: Call


def of_call(service: str, operation: str, params: Json, roles: tuple[str, ...] = ()) -> list[Asked]:
    call = Call(service, operation, params, {})
    return [Asked(need, call) for need in needs(Found(call, roles), PLACE)]


def of_agents(*actions: str) -> list[Asked]:
    return [Asked(Need(action, "*"), Call("ssmmessages", "", {}, {})) for action in actions]


def documents(role: str) -> list[Json]:
    return list(KEPT["roles"][role]["policies"].values())


def resources(role: str, action: str) -> list[str]:
    """What a role's policies name for an action, with something in place of each star."""
    found = [
        arn
        for document in documents(role)
        for statement in document["Statement"]
        if action in listed(statement["Action"])
        for arn in listed(statement["Resource"])
    ]
    return [arn.replace("*", "x") for arn in found]


def listed(value: Any) -> list[Any]:  # noqa: ANN401 - JSON
    return value if isinstance(value, list) else [value]


def writes_log(role: str) -> list[Asked]:
    """Its log stream, by the group that its policy names."""
    group = resources(role, "logs:PutLogEvents")[0].split(":log-group:")[1].split(":")[0]
    stream = {"logGroupName": group, "logStreamName": "a/b/c"}
    return of_call("logs", "CreateLogStream", stream) + of_call("logs", "PutLogEvents", stream)


def reads_secrets(role: str) -> list[Asked]:
    found = resources(role, "secretsmanager:GetSecretValue")
    return [each for arn in found for each in of_call("secretsmanager", "GetSecretValue", {"SecretId": arn})]


def pulls(role: str) -> list[Asked]:
    repository = {"repositoryName": resources(role, "ecr:BatchGetImage")[0].split(":repository/")[1]}
    layers = ("BatchCheckLayerAvailability", "BatchGetImage", "GetDownloadUrlForLayer")
    login = of_call("ecr", "GetAuthorizationToken", {})
    return login + [each for name in layers for each in of_call("ecr", name, repository)]


def draws_dashboards(role: str) -> list[Asked]:
    group = {"WorkGroup": resources(role, "athena:GetWorkGroup")[0].rpartition("/")[2]}
    catalog = next(arn for arn in resources(role, "glue:GetTable") if ":database/" in arn).rpartition("/")[2]
    queries = ("GetQueryExecution", "GetQueryResults", "GetWorkGroup", "StartQueryExecution", "StopQueryExecution")
    found = [each for name in queries for each in of_call("athena", name, group)]
    for name, table in (("GetDatabase", ""), ("GetPartitions", "t"), ("GetTable", "t"), ("GetTables", "")):
        named = {"Name": catalog} if name == "GetDatabase" else {"DatabaseName": catalog}
        named |= {"TableName" if name == "GetPartitions" else "Name": table} if table else {}
        found += of_call("glue", name, named)
    for bucket in resources(role, "s3:ListBucket"):
        named = {"Bucket": bucket.rpartition(":")[2]}
        found += of_call("s3", "ListObjectsV2", named) + of_call("s3", "GetBucketLocation", named)
    for path in resources(role, "s3:GetObject"):
        bucket, _, key = path.rpartition(":")[2].partition("/")
        found += of_call("s3", "GetObject", {"Bucket": bucket, "Key": key})
    for path in resources(role, "s3:PutObject"):
        bucket, _, key = path.rpartition(":")[2].partition("/")
        for operation in ("PutObject", "AbortMultipartUpload", "ListParts", "GetObject"):
            found += of_call("s3", operation, {"Bucket": bucket, "Key": key})
    return found + of_call("cloudwatch", "GetMetricData", {}) + of_call("cloudwatch", "ListMetrics", {})


def follows_flows(role: str) -> list[Asked]:
    group = {"logGroupName": resources(role, "logs:PutLogEvents")[0].split(":log-group:")[1].split(":")[0]}
    return writes_log(role) + of_call("logs", "DescribeLogGroups", {}) + of_call("logs", "DescribeLogStreams", group)


def looks(role: str) -> list[Asked]:
    """What a release asks before it touches anything."""
    iam = resources(role, "iam:GetRole")
    return [
        *of_call("application-autoscaling", "DescribeScalableTargets", {"ServiceNamespace": "ecs"}),
        *of_call("cloudwatch", "GetMetricStatistics", {}),
        *of_call("ec2", "DescribeRouteTables", {}),
        *of_call("ec2", "DescribeSubnets", {}),
        *of_call("ecr", "GetAuthorizationToken", {}),
        *of_call("ecs", "DescribeTaskDefinition", {"taskDefinition": "a:1"}),
        *of_call("elbv2", "DescribeTargetGroups", {}),
        *of_call("elbv2", "DescribeTargetHealth", {}),
        *of_call("logs", "DescribeLogGroups", {}),
        *of_call("service-quotas", "GetServiceQuota", {"ServiceCode": "fargate", "QuotaCode": "L-3032A538"}),
        *(each for arn in iam for each in of_call("iam", "GetRole", {"RoleName": arn})),
        *(each for arn in iam for each in of_call("iam", "SimulatePrincipalPolicy", {"PolicySourceArn": arn})),
    ]


def rolls(role: str) -> list[Asked]:
    """What a release does with ECS, and what it follows."""
    service = resources(role, "ecs:UpdateService")[0]
    cluster, name = service.split("/")[1:]
    head = service.partition(":service/")[0]
    deployment, revision = (
        f"{head}:service-deployment/{cluster}/{name}/1",
        f"{head}:service-revision/{cluster}/{name}/1",
    )
    family = resources(role, "ecs:RunTask")[0].rpartition(":")[0]
    passed, bounds = resources(role, "iam:PassRole"), resources(role, "application-autoscaling:RegisterScalableTarget")
    definition = {"family": family.rpartition("/")[2], "executionRoleArn": passed[0], "taskRoleArn": passed[1]}
    group = {"logGroupName": resources(role, "logs:GetLogEvents")[0].split(":log-group:")[1].split(":")[0]}
    return [
        *of_call("application-autoscaling", "RegisterScalableTarget", {"ScalableTargetARN": bounds[0]}),
        *of_call("ecs", "DescribeServices", {"cluster": cluster, "services": [name]}),
        *of_call("ecs", "RegisterTaskDefinition", {**definition, "tags": [{"key": "a", "value": "b"}]}),
        *of_call("ecs", "RunTask", {"cluster": cluster, "taskDefinition": f"{family}:2"}, tuple(passed)),
        *of_call("ecs", "UpdateService", {"cluster": cluster, "service": name}),
        *of_call("ecs", "ListServiceDeployments", {"cluster": cluster, "service": name}),
        *of_call("ecs", "DescribeServiceDeployments", {"serviceDeploymentArns": [deployment]}),
        *of_call("ecs", "DescribeServiceRevisions", {"serviceRevisionArns": [revision]}),
        *of_call("ecs", "StopServiceDeployment", {"serviceDeploymentArn": deployment}),
        *of_call("ecs", "ListTasks", {"cluster": f"{head}:cluster/{cluster}"}),
        *of_call("ecs", "DescribeTasks", {"cluster": cluster, "tasks": ["1"]}),
        *of_call("ecs", "StopTask", {"cluster": cluster, "task": "1"}),
        *of_call("logs", "FilterLogEvents", group),
        *of_call("logs", "GetLogEvents", {**group, "logStreamName": "a"}),
    ]


def keeps(role: str) -> list[Asked]:
    """What a release reads and writes in its buckets, and of the front door."""
    bucket = next(arn for arn in resources(role, "s3:GetObject") if arn.endswith("outputs.json"))
    environment = {"Bucket": bucket.rpartition(":")[2].partition("/")[0]}
    site = {"Bucket": resources(role, "s3:DeleteObject")[0].rpartition(":")[2].partition("/")[0]}
    distribution = resources(role, "cloudfront:CreateInvalidation")[0].rpartition("/")[2]
    return [
        *of_call("s3", "GetObject", {**environment, "Key": "infra/outputs.json"}),
        *of_call("s3", "GetObject", {**environment, "Key": "releases/00000001.json"}),
        *of_call("s3", "PutObject", {**environment, "Key": "releases/00000001.json"}),
        *of_call("s3", "ListObjectsV2", {**environment, "Prefix": "releases/"}),
        *of_call("s3", "HeadBucket", environment),
        *of_call("s3", "ListObjectsV2", site),
        *(
            each
            for name in ("GetObject", "PutObject", "DeleteObject")
            for each in of_call("s3", name, {**site, "Key": "a"})
        ),
        *of_call("s3", "CopyObject", {**site, "Key": "a", "CopySource": f"{site['Bucket']}/b"}),
        *of_call("cloudfront", "CreateInvalidation", {"DistributionId": distribution}),
        *of_call("cloudfront", "GetDistribution", {"Id": distribution}),
        *of_call("cloudfront", "GetInvalidation", {"DistributionId": distribution, "Id": "I1"}),
    ]


def pushes(role: str) -> list[Asked]:
    """What Docker asks of a registry, and what a release asks of an image."""
    repository = {"repositoryName": resources(role, "ecr:PutImage")[0].split(":repository/")[1]}
    layers = ("BatchCheckLayerAvailability", "CompleteLayerUpload", "GetDownloadUrlForLayer", "InitiateLayerUpload")
    names = (*layers, "UploadLayerPart", "BatchGetImage", "PutImage", "DescribeImages")
    return [each for name in names for each in of_call("ecr", name, repository)]


def describes(role: str) -> list[Asked]:
    """What a release asks of the secrets and parameters that the manifest names: that they are there."""
    secrets = resources(role, "secretsmanager:DescribeSecret")
    found = [each for arn in secrets for each in of_call("secretsmanager", "DescribeSecret", {"SecretId": arn})]
    return found + of_call("ssm", "DescribeParameters", {})


def releases(role: str) -> list[Asked]:
    return looks(role) + describes(role) + rolls(role) + keeps(role) + pushes(role)


def hosts(role: str) -> list[Asked]:
    return reads_secrets(role) + of_agents("ssm:UpdateInstanceInformation", *BY_AGENTS)


WORK: dict[str, Callable[[str], list[Asked]]] = {
    "notes-local--api-execution": lambda role: pulls(role) + writes_log(role) + reads_secrets(role),
    "notes-local--api-task": lambda _: [],
    "notes-local--dashboards-execution": writes_log,
    "notes-local--dashboards-task": draws_dashboards,
    "notes-local-alerts": lambda role: reads_secrets(role) + writes_log(role),
    "notes-local-deploy": releases,
    "notes-local-flowlogs": follows_flows,
    "notes-local-vpn": hosts,
}
"""By role: what it has to do."""

BY_AWS = {"notes-local-monitoring"}
"""Roles whose policy is AWS's own."""


def is_allowed(asked: Asked, policies: list[Policy]) -> bool:
    circumstances = Circumstances(PLACE, NOW)
    context = keys.context(asked.call, asked.need.action, circumstances, asked.need.extra)
    who = Principal(
        "arn:aws:sts::000000000000:assumed-role/role/x", "000000000000", "arn:aws:iam::000000000000:role/role"
    )
    request = Request(
        who, asked.need.action, asked.need.resource, context, PLACE.account, keys.is_unknown(asked.need.action)
    )
    return bool(asked.need.resource) and decide(request, Policies(policies)).allowed


def without_one(role: str) -> Iterator[tuple[str, list[Policy]]]:
    """The role's policies without one statement each."""
    for index, document in enumerate(documents(role)):
        others = [of_json(each) for other, each in enumerate(documents(role)) if other != index]
        statements = listed(document["Statement"])
        for place, statement in enumerate(statements):
            left = [each for other, each in enumerate(statements) if other != place]
            yield statement.get("Sid", str(place)), [*others, of_json({**document, "Statement": left})]


def test_every_role_of_the_modules_is_looked_at() -> None:
    assert set(KEPT["roles"]) == set(WORK) | BY_AWS


@pytest.mark.parametrize("role", WORK)
def test_a_role_may_do_what_it_has_to(role: str) -> None:
    policies = [of_json(each) for each in documents(role)]
    refused = [(each.need.action, each.need.resource) for each in WORK[role](role) if not is_allowed(each, policies)]
    assert refused == []


@pytest.mark.parametrize("role", WORK)
def test_each_statement_of_a_role_is_needed(role: str) -> None:
    work = WORK[role](role)
    needless = [sid for sid, left in without_one(role) if all(is_allowed(each, left) for each in work)]
    assert needless == []


def test_the_kept_policies_are_those_of_the_modules() -> None:
    written = set()
    for path in MODULES.rglob("*.tf"):
        text = re.sub(r"#.*", "", path.read_text("utf-8"))
        for some in re.findall(r"actions\s*=\s*\[(.*?)\]", text, re.DOTALL):
            written |= set(re.findall(r'"([\w-]+:\w+)"', some))
    # Of a service's own secrets, of its terminal, and of a function's permissions, which are no documents of ours.
    of_others = {"secretsmanager:GetSecretValue", "ssm:GetParameters", "lambda:InvokeFunction"}
    kept = {
        action
        for document in (*KEPT["trusts"], *KEPT["own"], *(each for role in WORK for each in documents(role)))
        for statement in listed(document["Statement"])
        for action in listed(statement["Action"])
    }
    assert written - of_others == kept - of_others
