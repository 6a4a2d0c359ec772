"""Who plays on the embedded AWS: one role that builds and takes away, and the role that CI releases with.

The first has what ``tagship infra policy`` prints and nothing else; the second is the environment's own.
On an account it is whoever your credentials are.
"""

import json
from contextlib import suppress
from typing import Any, Final

from tagship.manifest.names import Names
from tagship.manifest.system_names import SystemNames

OPERATOR: Final = "notes-tour-operator"
"""Beside the environment's own roles, of which its policy lets it make no other."""

DEPLOYER: Final = SystemNames(Names("notes", "tour"), "000000000000", "eu-central-1").github()["role"]
"""The role that the workflow on GitHub takes."""

TRUST: Final = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"AWS": "arn:aws:iam::000000000000:root"}, "Action": "sts:AssumeRole"}
    ],
}


def role_of(words: tuple[str, ...]) -> str:
    """Which role types a command; empty where it is the account itself: what handles the embedded AWS."""
    if words[0] in {"local", "cost"} or words[:2] == ("infra", "policy"):
        return ""
    return OPERATOR if words[0] == "infra" else DEPLOYER


def make_operator(iam: Any, policies: dict[str, Any]) -> None:  # noqa: ANN401 - a boto3 client
    """Have the role that builds, with these policies and no others.

    Args:
        iam: IAM of the embedded AWS.
        policies: documents by their names, as ``tagship infra policy --json`` prints them.
    """
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=OPERATOR, AssumeRolePolicyDocument=json.dumps(TRUST))
    for each in iam.list_attached_role_policies(RoleName=OPERATOR)["AttachedPolicies"]:
        iam.detach_role_policy(RoleName=OPERATOR, PolicyArn=each["PolicyArn"])
        iam.delete_policy(PolicyArn=each["PolicyArn"])
    for name, document in policies.items():
        made = iam.create_policy(PolicyName=name, PolicyDocument=json.dumps(document))
        iam.attach_role_policy(RoleName=OPERATOR, PolicyArn=made["Policy"]["Arn"])
