"""The permissions of the deploying workflow are those of the calls that the doors make, no more and no fewer."""

import ast
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest
from botocore import xform_name
from botocore.session import get_session

SOURCE = Path(__file__).parents[3] / "src/tagship"
POLICY = (SOURCE / "infra/terraform/modules/github/main.tf").read_text(encoding="utf-8")

Call = tuple[str, str]

NOT_OF_A_RELEASE: dict[str, str] = {
    "application-autoscaling:DeregisterScalableTarget": "tagship infra destroy",
    "cognito-idp:ListUsers": "tagship infra apply, before it replaces a pool that was half made",
    "cognito-idp:ListUsersInGroup": "tagship infra apply, before it deletes a group",
    "elasticloadbalancing:ModifyTargetGroup": "tagship recover, which a person types",
    "iam:CreateServiceLinkedRole": "tagship infra apply, in an account that lacks them",
    "ecr:ListImages": "tagship infra apply, before it deletes a repository",
    "logs:DeleteLogGroup": "tagship infra destroy",
    "rds-data:ExecuteStatement": "tagship infra apply, which makes the application's database user",
    "rds:DeleteDBInstance": "tagship infra destroy",
    "rds:DescribeDBClusterSnapshots": "tagship infra destroy",
    "rds:DescribeDBClusters": "tagship infra destroy",
    "rds:DescribeDBInstances": "tagship infra destroy",
    "route53:CreateHostedZone": "tagship infra apply, on the embedded AWS alone",
    "route53:ListHostedZonesByName": "tagship infra apply, on the embedded AWS alone",
    "secretsmanager:CreateSecret": "tagship secret set, which a person types",
    "secretsmanager:DeleteSecret": "tagship infra destroy, and tagship secret unset, which a person types",
    "ecs:DeleteTaskDefinitions": "tagship infra destroy",
    "ecs:DeregisterTaskDefinition": "tagship infra destroy",
    "ecs:ExecuteCommand": "tagship exec, which a person types",
    "ecs:ListServices": "tagship infra apply, which looks what runs",
    "ecs:ListTaskDefinitions": "tagship infra destroy",
    "s3:CreateBucket": "tagship infra apply",
    "sts:AssumeRole": "every command that is given a role of the embedded AWS, on that alone",
    "s3:DeleteBucket": "tagship infra destroy",
    "s3:ListBucketVersions": "tagship infra destroy",
    "s3:PutBucketPublicAccessBlock": "tagship infra apply",
    "s3:PutBucketVersioning": "tagship infra apply",
    "s3:PutEncryptionConfiguration": "tagship infra apply",
    "secretsmanager:GetSecretValue": "the function that speaks to Slack",
    "secretsmanager:ListSecrets": "tagship secret list, which a person types",
    "secretsmanager:PutSecretValue": "tagship secret set",
    "secretsmanager:RestoreSecret": "tagship secret restore, which a person types",
    "secretsmanager:TagResource": "tagship secret set",
    "secretsmanager:UntagResource": "tagship secret set",
}
"""What the doors can do and a release never asks for, each with who does."""

OF_NO_DOOR: dict[str, str] = {
    "ecr:BatchCheckLayerAvailability": "docker push",
    "ecr:BatchGetImage": "docker push",
    "ecr:CompleteLayerUpload": "docker push",
    "ecr:GetDownloadUrlForLayer": "the registry's own protocol: an image's label",
    "ecr:InitiateLayerUpload": "docker push",
    "ecr:PutImage": "docker push",
    "ecr:UploadLayerPart": "docker push",
    "ecs:TagResource": "the tags of RegisterTaskDefinition",
    "iam:PassRole": "the roles of RegisterTaskDefinition and RunTask",
}

NEEDS_NO_PERMISSION = {("sts", "GetCallerIdentity")}

SPELT_OTHERWISE: dict[Call, tuple[str, ...]] = {
    ("s3", "CopyObject"): ("s3:GetObject", "s3:PutObject"),
    ("s3", "DeleteObjects"): ("s3:DeleteObject",),
    ("s3", "HeadBucket"): ("s3:ListBucket",),
    ("s3", "ListObjectVersions"): ("s3:ListBucketVersions",),
    ("s3", "ListObjectsV2"): ("s3:ListBucket",),
    ("s3", "PutBucketEncryption"): ("s3:PutEncryptionConfiguration",),
    ("s3", "PutPublicAccessBlock"): ("s3:PutBucketPublicAccessBlock",),
}
"""Where the action has another name than the call (Service Authorization Reference, "Amazon S3")."""

PREFIXES = {"elbv2": "elasticloadbalancing", "service-quotas": "servicequotas"}


def calls(tree: ast.AST) -> Iterator[Call]:
    """Service and method of each call to a client of boto3, wherever the client was put meanwhile."""
    clients = {
        ast.unparse(name): service
        for node in ast.walk(tree)
        for name, made in named(node)
        if (service := service_of(made))
    }
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        receiver = node.func.value
        found = service_of(receiver) if isinstance(receiver, ast.Call) else clients.get(ast.unparse(receiver))
        if found:
            paged = node.func.attr == "get_paginator"
            yield found, ast.literal_eval(node.args[0]) if paged else node.func.attr


def named(node: ast.AST) -> Iterator[tuple[ast.AST, ast.AST]]:
    """Names and what they stand for: of an assignment, and of a property that does nothing but return it."""
    match node:
        case ast.Assign(targets=[ast.Tuple(elts=names)], value=ast.Tuple(elts=values)):
            yield from zip(names, values, strict=True)
        case ast.Assign(targets=[name], value=value):
            yield name, value
        case ast.FunctionDef(decorator_list=[_], body=[ast.Return(value=ast.Call() as value)]):
            yield ast.parse(f"self.{node.name}", mode="eval"), value


def service_of(made: ast.AST) -> str | None:
    """The service of ``….client("service")``, in a cast or not."""
    if not isinstance(made, ast.Call):
        return None
    if ast.unparse(made.func) == "cast":
        return service_of(made.args[1])
    is_client = isinstance(made.func, ast.Attribute) and made.func.attr == "client" and made.args
    return str(made.args[0].value) if is_client and isinstance(made.args[0], ast.Constant) else None


def operation(call: Call) -> Call:
    service, method = call
    return service, operations(service)[method]


@cache
def operations(service: str) -> dict[str, str]:
    """AWS's operations by boto3's names for them."""
    return {xform_name(name): name for name in get_session().get_service_model(service).operation_names}


def actions(call: Call) -> tuple[str, ...]:
    service, name = call
    return SPELT_OTHERWISE.get(call, (f"{PREFIXES.get(service, service)}:{name}",))


def of_the_doors() -> set[str]:
    found = {call for path in (SOURCE / "aws").glob("*.py") for call in calls(ast.parse(path.read_text("utf-8")))}
    return {
        action for call in found if operation(call) not in NEEDS_NO_PERMISSION for action in actions(operation(call))
    }


def of_the_policy() -> set[str]:
    text = re.sub(r"#.*", "", POLICY)
    listed = re.findall(r"actions\s*=\s*\[(.*?)\]", text, re.DOTALL)
    return {action for each in listed for action in re.findall(r'"([\w-]+:\w+)"', each)} - {
        "sts:AssumeRoleWithWebIdentity"
    }


def test_the_policy_allows_what_a_release_calls_and_nothing_else() -> None:
    assert of_the_policy() == (of_the_doors() - set(NOT_OF_A_RELEASE)) | set(OF_NO_DOOR)


def test_whatever_is_left_out_is_still_called() -> None:
    assert set(NOT_OF_A_RELEASE) <= of_the_doors()
    assert not set(OF_NO_DOOR) & of_the_doors()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        (
            "class A:\n  def a(self, aws):\n    self.c = aws.client('ecs')\n  def b(self):\n    self.c.run_task()",
            "run_task",
        ),
        ("def f(aws):\n  c = cast('X', aws.client('ecs'))\n  return c.run_task(a=1)['x']", "run_task"),
        ("def f(aws):\n  return aws.client('ecs').run_task()", "run_task"),
        ("def f(aws):\n  a, c = aws.client('s3'), aws.client('ecs')\n  c.run_task()", "run_task"),
        (
            "class A:\n  @lazy\n  def c(self):\n    return a.client('ecs')\n  def b(self):\n    self.c.run_task()",
            "run_task",
        ),
        ("def f(aws):\n  c = aws.client('ecs')\n  c.get_paginator('list_tasks').paginate()", "list_tasks"),
    ],
)
def test_a_call_is_found_however_it_is_made(code: str, found: str) -> None:
    assert list(calls(ast.parse(code))) == [("ecs", found)]


def test_what_is_no_client_is_no_call() -> None:
    assert list(calls(ast.parse("client = other('ecs')\nclient.run_task()\nx.y()"))) == []
