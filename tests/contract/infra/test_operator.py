"""The policy of whoever applies, on a running embedded AWS: what it allows, and what it refuses."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import uuid4

import pytest
from botocore.exceptions import ClientError

from tagship.aws.session import Aws, take_role
from tagship.infra.policy.documents import statements
from tests.contract.conftest import RunningAws, access
from tests.seatrial.contract.conftest import clients_of, role
from tests.unit.infra.test_policy import whole
from tests.unit.infra.test_variables import built

pytestmark = [pytest.mark.docker, pytest.mark.timeout(300)]

ACCOUNT = "000000000000"
TAGS = [{"Key": "tagship:app", "Value": "notes"}, {"Key": "tagship:environment", "Value": "staging"}]
OTHERS = [{"Key": "tagship:app", "Value": "notes"}, {"Key": "tagship:environment", "Value": "other"}]

Client = Callable[[str], Any]
Ask = Callable[[Client], Any]


def operator(aws: RunningAws, *, without: str = "") -> Client:
    """Clients of a role that has the policy, but one statement."""
    name, iam = f"operator-{uuid4().hex[:6]}", aws.client("iam")
    arn = role(aws, name)
    for each in statements(built(whole()), ACCOUNT):
        if each["Sid"] != without:
            document = json.dumps({"Version": "2012-10-17", "Statement": [each]})
            iam.put_role_policy(RoleName=name, PolicyName=str(each["Sid"]), PolicyDocument=document)
    return clients_of(aws, arn)


def refusal(ask: Ask, client: Client) -> str:
    """The code of a refusal; empty where there is none."""
    try:
        ask(client)
    except ClientError as error:
        return str(error.response["Error"]["Code"])
    return ""


def network(tags: list[dict[str, str]]) -> Ask:
    """Makes a network with tags."""
    specification = {"ResourceType": "vpc", "Tags": tags}
    return lambda client: client("ec2").create_vpc(CidrBlock="10.99.0.0/16", TagSpecifications=[specification])


def deleted(vpc: str, client: Client) -> Any:  # noqa: ANN401 - boto3's
    return client("ec2").delete_vpc(VpcId=vpc)


def group(client: Client) -> Any:  # noqa: ANN401 - boto3's
    return client("logs").create_log_group(logGroupName=f"/ecs/notes-staging/{uuid4().hex[:6]}")


def secret(client: Client) -> Any:  # noqa: ANN401 - boto3's
    return client("secretsmanager").create_secret(Name=f"notes-staging/{uuid4().hex[:6]}", SecretString="x")


@pytest.fixture(scope="module")
def whoever(local_aws: RunningAws) -> Client:
    return operator(local_aws)


@pytest.mark.parametrize(
    ("statement", "ask"), [("NewNetwork", network(TAGS)), ("LogGroups", group), ("Secrets", secret)]
)
def test_without_its_statement_a_part_cannot_be_made(
    local_aws: RunningAws, whoever: Client, statement: str, ask: Ask
) -> None:
    assert refusal(ask, whoever) == ""
    assert refusal(ask, operator(local_aws, without=statement)) in {"AccessDeniedException", "UnauthorizedOperation"}


@pytest.mark.parametrize(
    "ask",
    [
        network(OTHERS),
        lambda client: client("ec2").create_vpc(CidrBlock="10.99.0.0/16"),
        lambda client: client("secretsmanager").create_secret(Name="notes-other/x", SecretString="x"),
        lambda client: client("logs").create_log_group(logGroupName="/ecs/notes-other/x"),
        lambda client: client("iam").create_user(UserName="me"),
        lambda client: client("s3").create_bucket(
            Bucket="notes-other", CreateBucketConfiguration={"LocationConstraint": "eu-west-1"}
        ),
        lambda client: client("ecs").create_cluster(clusterName="notes-staging2"),
    ],
)
def test_what_is_another_environments_is_refused(whoever: Client, ask: Ask) -> None:
    assert refusal(ask, whoever) in {"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"}


def test_a_network_is_changed_by_its_tags(local_aws: RunningAws, whoever: Client) -> None:
    ec2 = local_aws.client("ec2")
    made = [
        ec2.create_vpc(CidrBlock="10.99.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}])["Vpc"][
            "VpcId"
        ]
        for tags in (TAGS, OTHERS)
    ]
    answers = [refusal(partial(deleted, vpc), whoever) for vpc in made]
    ec2.delete_vpc(VpcId=made[1])
    assert answers == ["", "UnauthorizedOperation"]


def test_who_takes_a_role_may_what_the_role_may(local_aws: RunningAws) -> None:
    arn = role(local_aws, f"nobody-{uuid4().hex[:6]}")
    taken = Aws(take_role(access(local_aws), arn, "me"))
    assert taken.account() == ACCOUNT
    with pytest.raises(ClientError) as caught:
        taken.client("ecs").list_clusters()
    assert f"{arn.rpartition('/')[2]}/me is not authorized to perform: ecs:ListClusters" in str(caught.value)
