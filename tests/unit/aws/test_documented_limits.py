"""Each operation that tagship or its Terraform calls is held by the embedded AWS to what AWS documents of its values.

What Terraform calls is recorded by the stories that apply every module (tests/functional/limits.py).
"""

import ast
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

import pytest
from botocore import xform_name
from botocore.session import get_session

from seatrial.services.constraints.check import has_checks
from seatrial.services.constraints.requests import SERVICES
from seatrial.services.constraints.rows import rows_of
from tests.support.documented import gives_values

ROOT: Final = Path(__file__).parents[3]
DOORS: Final = ROOT / "src/tagship/aws"
RECORDED: Final[Mapping[str, list[str]]] = json.loads(
    (ROOT / "tests/functional/called_operations.json").read_text(encoding="utf-8")
)
MODEL_SAYS_ALL: Final[Mapping[str, frozenset[str]]] = {
    "application-autoscaling": frozenset({"PutScalingPolicy", "PutScheduledAction", "RegisterScalableTarget"}),
    "athena": frozenset({"CreateNamedQuery"}),
    "cloudfront": frozenset({"PublishFunction"}),
    "cognito-idp": frozenset({"SetUserPoolMfaConfig"}),
    "ec2": frozenset(
        {
            "AssociateAddress",
            "AssociateRouteTable",
            "AttachInternetGateway",
            "ModifyInstanceAttribute",
            "ModifyVpcAttribute",
        }
    ),
    "ecs": frozenset({"ExecuteCommand"}),
    "iam": frozenset({"AddRoleToInstanceProfile", "AttachRolePolicy", "CreateServiceLinkedRole"}),
    "kms": frozenset({"EnableKeyRotation"}),
    "lambda": frozenset({"AddPermission", "PutFunctionEventInvokeConfig"}),
    "rds-data": frozenset({"ExecuteStatement"}),
    "s3": frozenset(
        {"PutBucketEncryption", "PutBucketOwnershipControls", "PutBucketVersioning", "PutPublicAccessBlock"}
    ),
    "secretsmanager": frozenset({"PutSecretValue", "RestoreSecret", "UntagResource"}),
    "sns": frozenset({"Unsubscribe"}),
    "wafv2": frozenset({"AssociateWebACL", "PutLoggingConfiguration"}),
}
"""Operations that change something, of whose values AWS's pages say nothing beyond its model: ids, and choices.

What Application Auto Scaling documents, its schedules above all, our own service of it checks."""


def named_in(path: Path) -> tuple[set[str], set[str]]:
    """The services whose clients a file asks for, and every name that could be one of their methods."""
    tree = ast.parse(path.read_text(encoding="utf-8"))
    services, names = set(), set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            names.add(node.func.attr)
            texts = [each.value for each in node.args if isinstance(each, ast.Constant) and isinstance(each.value, str)]
            if node.func.attr == "client":
                services.update(texts)
            if node.func.attr in {"get_paginator", "get_waiter"}:
                names.update(texts)
    return services, names


def called_by_tagship() -> Iterator[tuple[str, str]]:
    for path in sorted(DOORS.glob("*.py")):
        services, names = named_in(path)
        for service in services:
            for operation in get_session().get_service_model(service).operation_names:
                if xform_name(operation) in names:
                    yield service, operation


CALLED: Final = sorted(
    {*called_by_tagship(), *((service, operation) for service, names in RECORDED.items() for operation in names)}
)


def test_what_is_called_is_found() -> None:
    assert {("ecs", "RunTask"), ("ecr", "DescribeImages"), ("s3", "PutObject"), ("iam", "GetRole")} <= {
        *called_by_tagship()
    }
    assert len(CALLED) > 250


def test_each_service_that_is_called_is_held() -> None:
    assert {service for service, _ in CALLED} <= set(SERVICES.values())


@pytest.mark.parametrize("service", sorted({service for service, _ in CALLED}))
def test_each_call_that_changes_something_has_rows_or_is_named_as_needing_none(service: str) -> None:
    named = MODEL_SAYS_ALL.get(service, frozenset())
    changing = {name for of, name in CALLED if of == service and gives_values(name)}
    without = {name for name in changing if not rows_of(service, name)}
    assert without == named


def test_what_aws_documents_is_known_of_nearly_all() -> None:
    """Of the others AWS's model demands nothing, as of ``sts:GetCallerIdentity``, which has no parameters."""
    held = [call for call in CALLED if has_checks(*call)]
    assert len(held) > 0.85 * len(CALLED)
