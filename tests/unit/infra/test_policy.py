"""The policy of whoever applies and destroys: all that the modules need, on nothing but the environment's own."""

import json
import re
from collections.abc import Mapping
from typing import Any

import pytest

from seatrial.access.rights import catalogue, keys
from seatrial.core.policies.document import Policy, of_json
from seatrial.core.policies.evaluate import Policies, Request, decide
from seatrial.core.policies.principals import Principal
from tagship.infra.policy.documents import LONGEST, length, policies
from tagship.infra.policy.present import types
from tagship.infra.policy.table import OF_TAGSHIP, Row, rows, unknown
from tagship.infra.workspace import SOURCES
from tagship.manifest.model import EnvironmentManifest
from tagship.manifest.service import Service
from tagship.manifest.systems import Alerts, Auth, Dashboards, Database, Domain, Firewall, Github, Network, Site, Vpn
from tests.unit.infra.test_variables import ACCOUNT, built, manifest

REGION = "eu-central-1"
MANAGED = 10
"""IAM user guide, "IAM and AWS STS quotas": managed policies of one role, unless more were asked for."""

WHOLE: dict[str, Any] = {
    "site": Site(folder="web"),
    "database": Database(),
    "auth": Auth(),
    "firewall": Firewall(load_balancer=True, allow_addresses=("192.0.2.0/24",)),
    "alerts": Alerts(),
    "dashboards": Dashboards(),
    "vpn": Vpn(),
    "github": Github(repository="example/notes"),
    "domain": Domain(name="app.example.org", zone="example.org"),
    "network": Network(cidr="10.30.0.0/16", nat="single", endpoints=("s3", "ecr"), flow_logs=True),
}
OWN = {"tagship:app": ("notes",), "tagship:environment": ("staging",)}
TWIN = {"tagship:app": ("notes",), "tagship:environment": ("other",)}


def whole(app: str = "notes", **services: Service) -> EnvironmentManifest:
    return manifest(app, **services).model_copy(update=WHOLE)


def documents(given: EnvironmentManifest) -> dict[str, dict[str, Any]]:
    return policies(built(given), ACCOUNT)


def actions(given: EnvironmentManifest) -> set[str]:
    return {each for one in documents(given).values() for part in one["Statement"] for each in part["Action"]}


def allowed(action: str, resource: str, **context: tuple[str, ...]) -> bool:
    """Whether the policy of the whole architecture allows something; ``tags`` and ``asked`` are tags."""
    role = f"arn:aws:iam::{ACCOUNT}:role/operator"
    who = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/operator/me", ACCOUNT, role)
    named = {name.replace("__", ":", 1): value for name, value in context.items()}
    request = Request(who, action, resource, named, ACCOUNT, keys.is_unknown(action))
    return decide(request, Policies(POLICIES)).allowed


POLICIES: list[Policy] = [of_json(each) for each in documents(whole()).values()]


def tagged(key: str, values: Mapping[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    return {f"aws__{key}/{name}": value for name, value in values.items()}


def test_every_type_of_the_modules_has_its_actions_and_no_other_type_has() -> None:
    text = "\n".join(path.read_text("utf-8") for path in SOURCES.rglob("*.tf"))
    found = re.findall(r'^(resource|data|ephemeral) "(aws_\w+)"', text, re.MULTILINE)
    written = {f"data.{name}" if kind == "data" else name for kind, name in found}
    assert unknown(written) == set()
    assert {row.kind for row in rows()} - {OF_TAGSHIP} == written - {
        "data.aws_iam_policy_document",
        "data.aws_partition",
    }


def test_with_everything_turned_on_every_type_is_there() -> None:
    assert {row.kind for row in rows()} - {OF_TAGSHIP} <= types(built(whole()))


@pytest.mark.parametrize("row", rows(), ids=lambda row: f"{row.kind}-{row.scope}")
def test_every_action_is_one_of_aws(row: Row) -> None:
    assert [action for action in row.actions if catalogue.action(action) is None] == []


LISTS = {"rds:DescribeDBInstances", "rds:DescribeGlobalClusters"}
"""Of which AWS knows resources, and which Terraform asks without naming one."""


def test_what_aws_lets_be_bound_to_a_resource_is_bound() -> None:
    unbound = {action for row in rows() if row.scope == "Look" for action in row.actions} - LISTS
    known = {action: catalogue.action(action) for action in unbound}
    assert {action for action, found in known.items() if found and found.types} == set()


def test_each_policy_is_as_short_as_iam_wants_it_and_a_role_has_room_for_them() -> None:
    found = documents(whole("a-name-nobody-was-careful-with"))
    assert max(map(length, found.values())) <= LONGEST
    assert len(found) <= MANAGED


def test_a_new_service_asks_for_no_new_policy() -> None:
    one = whole(api=Service(port=80))
    two = whole(api=Service(port=80), web=Service(port=80, paths=("/web/*",)))
    assert documents(one) == documents(two)


@pytest.mark.parametrize(
    ("system", "prefix"),
    [
        ("database", "rds:"),
        ("auth", "cognito-idp:"),
        ("alerts", "lambda:"),
        ("vpn", "ec2:RunInstances"),
        ("firewall", "wafv2:"),
        ("github", "iam:CreateOpenIDConnectProvider"),
        ("domain", "route53:"),
    ],
)
def test_a_system_that_is_not_there_asks_for_no_right(system: str, prefix: str) -> None:
    assert any(action.startswith(prefix) for action in actions(whole()))
    without = whole().model_copy(update={system: None, **({"dashboards": None} if system == "auth" else {})})
    assert not any(action.startswith(prefix) for action in actions(without))


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/notes-staging-operator", {}),
        ("iam:CreatePolicyVersion", f"arn:aws:iam::{ACCOUNT}:policy/notes-staging-operator-1", {}),
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/notes-other-deploy", {}),
        ("iam:CreateRole", f"arn:aws:iam::{ACCOUNT}:role/admin", {}),
        ("iam:CreateUser", f"arn:aws:iam::{ACCOUNT}:user/me", {}),
        ("iam:CreateAccessKey", f"arn:aws:iam::{ACCOUNT}:user/me", {}),
        (
            "iam:AttachRolePolicy",
            f"arn:aws:iam::{ACCOUNT}:role/notes-staging-deploy",
            {"iam__policyarn": ("arn:aws:iam::aws:policy/AdministratorAccess",)},
        ),
        (
            "iam:PassRole",
            f"arn:aws:iam::{ACCOUNT}:role/notes-staging--api-task",
            {"iam__passedtoservice": ("lambda.amazonaws.com",)},
        ),
        (
            "iam:PassRole",
            f"arn:aws:iam::{ACCOUNT}:role/admin",
            {"iam__passedtoservice": ("ecs-tasks.amazonaws.com",)},
        ),
        (
            "iam:CreateServiceLinkedRole",
            f"arn:aws:iam::{ACCOUNT}:role/aws-service-role/eks.amazonaws.com/x",
            {"iam__awsservicename": ("eks.amazonaws.com",)},
        ),
        ("s3:DeleteBucket", f"arn:aws:s3:::notes-other-{ACCOUNT}-{REGION}", {}),
        ("s3:GetObject", f"arn:aws:s3:::notes-other-{ACCOUNT}-{REGION}/terraform.tfstate", {}),
        ("ec2:DeleteVpc", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1", tagged("resourcetag", TWIN)),
        ("ec2:TerminateInstances", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/i-1", {}),
        ("ec2:CreateVpc", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/*", tagged("requesttag", TWIN)),
        ("ec2:CreateTags", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1", tagged("requesttag", OWN)),
        (
            "ec2:CreateTags",
            f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-1",
            {**tagged("requesttag", OWN), **tagged("resourcetag", TWIN)},
        ),
        ("ecs:UpdateService", f"arn:aws:ecs:{REGION}:{ACCOUNT}:service/notes-other/api", {}),
        ("ecs:DeleteCluster", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/notes-staging2", {}),
        ("ecs:RunTask", f"arn:aws:ecs:{REGION}:{ACCOUNT}:task-definition/notes-staging--api:1", {}),
        ("ecr:PutImage", f"arn:aws:ecr:{REGION}:{ACCOUNT}:repository/notes-staging/api", {}),
        ("rds:DeleteDBCluster", f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster:notes-other", {}),
        ("rds:DeleteDBInstance", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:notes-staging2-1", {}),
        ("rds:DeleteDBClusterSnapshot", f"arn:aws:rds:{REGION}:{ACCOUNT}:cluster-snapshot:notes-staging-final-1", {}),
        ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:{REGION}:{ACCOUNT}:secret:notes-other/slack-aB", {}),
        ("kms:ScheduleKeyDeletion", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1", {}),
        ("kms:Decrypt", f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1", tagged("resourcetag", OWN)),
        (
            "cognito-idp:DeleteUserPool",
            f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/1",
            tagged("resourcetag", TWIN),
        ),
        ("cognito-idp:AdminSetUserPassword", f"arn:aws:cognito-idp:{REGION}:{ACCOUNT}:userpool/1", {}),
        ("cloudfront:DeleteDistribution", f"arn:aws:cloudfront::{ACCOUNT}:distribution/E1", {}),
        ("lambda:InvokeFunction", f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:notes-staging-alerts", {}),
        ("logs:GetLogEvents", f"arn:aws:logs:{REGION}:{ACCOUNT}:log-group:/ecs/notes-staging/api:log-stream:a", {}),
        (
            "elasticloadbalancing:DeleteLoadBalancer",
            f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/x/1",
            {},
        ),
    ],
)
def test_what_is_no_part_of_it_is_refused(action: str, resource: str, context: dict[str, tuple[str, ...]]) -> None:
    assert not allowed(action, resource, **context)


@pytest.mark.parametrize(
    ("action", "resource", "context"),
    [
        ("iam:PutRolePolicy", f"arn:aws:iam::{ACCOUNT}:role/notes-staging-deploy", {}),
        ("ec2:DeleteVpc", f"arn:aws:ec2:{REGION}:{ACCOUNT}:vpc/vpc-1", tagged("resourcetag", OWN)),
        ("ec2:CreateTags", f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-1", tagged("requesttag", OWN)),
        ("s3:GetObject", f"arn:aws:s3:::notes-staging-{ACCOUNT}-{REGION}/terraform.tfstate", {}),
        ("ecs:DeleteCluster", f"arn:aws:ecs:{REGION}:{ACCOUNT}:cluster/notes-staging", {}),
    ],
)
def test_its_own_parts_are_allowed(action: str, resource: str, context: dict[str, tuple[str, ...]]) -> None:
    assert allowed(action, resource, **context)


def test_every_scope_is_used() -> None:
    scopes = json.loads((SOURCES.parent / "policy" / "scopes.json").read_text("utf-8"))
    assert set(scopes) == {row.scope for row in rows()}
