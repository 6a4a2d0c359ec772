"""What a role may do: what its policies allow, asked as SDKs ask; within a container, no more than work on data."""

from datetime import UTC, datetime
from typing import Any

import pytest

from seatrial.access.credentials import Caller
from seatrial.access.hosts import Hosts
from seatrial.access.rights.authorize import Rights
from seatrial.access.roles import Roles
from seatrial.access.signature import AccessRefused, Claim
from seatrial.core.incoming import Incoming
from seatrial.core.internal import AwsCallError
from seatrial.core.wire.modelled import service_model
from tests.seatrial.unit.rights.asking import BY_SIGNATURE, written
from tests.seatrial.unit.rights.stored import FakePolicies, allow, document

PRINCIPAL = "arn:aws:sts::000000000000:assumed-role/app/task"
NOW = datetime(2026, 11, 29, tzinfo=UTC)
SECRET = "arn:aws:secretsmanager:eu-central-1:000000000000:secret:mine-AbCdEf"


class FakeIdentities:
    """Routes every request to one service."""

    def __init__(self, service: str) -> None:
        self.routed = service

    def service(self, *_: object) -> str:
        return self.routed


class FakeAws:
    """Knows one secret."""

    async def call(self, service: str, operation: str, /, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        if operation == "DescribeSecret" and params["SecretId"] in {"mine", SECRET}:
            return {"ARN": SECRET, "Tags": [{"Key": "team", "Value": "a"}]}
        raise AwsCallError("ResourceNotFoundException", f"{service}:{operation}")


def claim(service: str) -> Claim:
    return Claim("ASIA", "20261128", "eu-central-1", service, ("host",), "0", "20261128T000000Z")


async def refusal(
    request: Incoming,
    service: str,
    stored: FakePolicies,
    *,
    body: bytes = b"",
    contained: bool = False,
    routed: str = "",
) -> str:
    """The words of a refusal; empty where a request is let in."""
    rights = Rights(FakeAws(), stored, lambda: NOW)  # type: ignore[arg-type]
    roles = Roles(FakeIdentities(routed or service), stored, rights, Hosts())  # type: ignore[arg-type]
    try:
        await roles.check(Caller(PRINCIPAL, "secret", {}, contained), claim(service), request, body)
    except AccessRefused as why:
        return why.message if why.code == "AccessDenied" else ""
    return ""


async def asked(
    service: str, operation: str, params: dict[str, Any], stored: FakePolicies, *, contained: bool = False
) -> str:
    """The refusal of a call as botocore writes it."""
    request, body = written(service_model(service).operation_model(operation), params)
    headers = [*request.scope["headers"], (b"host", b"host.docker.internal:4566")]
    incoming = Incoming({**request.scope, "headers": headers})
    return await refusal(incoming, BY_SIGNATURE.get(service, service), stored, body=body, contained=contained)


@pytest.mark.parametrize(
    ("service", "operation", "params", "may"),
    [
        ("secretsmanager", "GetSecretValue", {"SecretId": "mine"}, True),
        ("dynamodb", "BatchGetItem", {"RequestItems": {"a": {"Keys": []}}}, True),
        ("dynamodb", "TransactGetItems", {"TransactItems": [{"Get": {"TableName": "a", "Key": {}}}]}, True),
        ("sqs", "SendMessage", {"QueueUrl": "http://h/0/q", "MessageBody": "a"}, True),
        ("lambda", "Invoke", {"FunctionName": "f"}, True),
        ("ecs", "DescribeTasks", {"tasks": ["1"]}, True),
        ("cloudwatch", "PutMetricData", {"Namespace": "a", "MetricData": []}, True),
        ("lambda", "CreateFunction", {"FunctionName": "f", "Role": PRINCIPAL, "Code": {}}, False),
        ("lambda", "UpdateFunctionCode", {"FunctionName": "f"}, False),
        ("ecs", "RunTask", {"taskDefinition": "a:1"}, False),
        ("ecs", "ExecuteCommand", {"task": "1", "command": "id", "interactive": True}, False),
        ("ecs", "UpdateService", {"service": "a"}, False),
        ("iam", "CreateUser", {"UserName": "me"}, False),
        ("sts", "AssumeRole", {"RoleArn": "arn:aws:iam::000000000000:role/app", "RoleSessionName": "me"}, False),
        ("ecr", "GetAuthorizationToken", {}, False),
        ("ssm", "SendCommand", {"DocumentName": "a"}, False),
        ("events", "PutRule", {"Name": "a"}, False),
        ("cloudformation", "CreateStack", {"StackName": "a"}, False),
        ("s3", "PutBucketPolicy", {"Bucket": "a", "Policy": "{}"}, False),
        ("glue", "SearchAssets", {}, False),
    ],
)
async def test_from_within_a_container_a_role_that_may_everything_is_bound_to_data(
    service: str,
    operation: str,
    params: dict[str, Any],
    may: bool,  # noqa: FBT001 - as above
) -> None:
    everything = FakePolicies([allow("*")])
    assert (await asked(service, operation, params, everything, contained=True) == "") is may


@pytest.mark.parametrize(
    ("service", "operation", "params"),
    [
        ("ecs", "UpdateService", {"service": "a"}),
        ("iam", "CreateUser", {"UserName": "me"}),
        ("s3", "PutBucketPolicy", {"Bucket": "a", "Policy": "{}"}),
    ],
)
async def test_outside_of_one_its_policies_alone_decide(service: str, operation: str, params: dict[str, Any]) -> None:
    assert await asked(service, operation, params, FakePolicies([allow("*")])) == ""
    assert await asked(service, operation, params, FakePolicies([allow("*", "arn:aws:s3:::other")]))
    assert await asked(service, operation, params, FakePolicies())


async def test_a_secret_is_known_by_the_arn_that_its_name_stands_for() -> None:
    mine = FakePolicies([allow("secretsmanager:GetSecretValue", SECRET)])
    assert await asked("secretsmanager", "GetSecretValue", {"SecretId": "mine"}, mine) == ""
    assert await asked("secretsmanager", "GetSecretValue", {"SecretId": "theirs"}, mine) == (
        f"User: {PRINCIPAL} is not authorized to perform: secretsmanager:GetSecretValue on resource: "
        "arn:aws:secretsmanager:eu-central-1:000000000000:secret:theirs because no identity-based policy allows the "
        "secretsmanager:GetSecretValue action"
    )


async def test_the_tags_of_what_is_asked_for_are_looked_up() -> None:
    for team, may in (("a", True), ("b", False)):
        tagged = FakePolicies(
            [allow("secretsmanager:GetSecretValue", "*", StringEquals={"aws:ResourceTag/team": team})]
        )
        assert (await asked("secretsmanager", "GetSecretValue", {"SecretId": "mine"}, tagged) == "") is may


async def test_the_resources_own_policy_is_enough_and_can_refuse() -> None:
    own = {"Effect": "Allow", "Action": "secretsmanager:*", "Resource": "*", "Principal": {"AWS": PRINCIPAL}}
    given = FakePolicies([], {SECRET: document(own)})
    assert await asked("secretsmanager", "GetSecretValue", {"SecretId": "mine"}, given) == ""
    refusing = FakePolicies([allow("*")], {SECRET: document({**own, "Effect": "Deny"})})
    assert "with an explicit deny in a resource-based policy" in await asked(
        "secretsmanager", "GetSecretValue", {"SecretId": "mine"}, refusing
    )


@pytest.mark.parametrize("condition", [{"StringNotEquals": {"ecs:clutser": "a"}}, {"Null": {"aws:Ec2Unheard": "true"}}])
async def test_a_condition_on_a_key_that_nobody_knows_allows_nothing(condition: dict[str, Any]) -> None:
    stored = FakePolicies([{**allow("ecs:*"), "Condition": condition}])
    assert await asked("ecs", "ListClusters", {}, stored)


async def test_who_it_is_it_may_always_ask() -> None:
    assert await asked("sts", "GetCallerIdentity", {}, FakePolicies(), contained=True) == ""


def incoming(method: str = "POST", path: str = "/", query: str = "", **headers: str) -> Incoming:
    given = {"host": "host.docker.internal:4566", **headers}
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]
    return Incoming({"method": method, "path": path, "query_string": query.encode(), "headers": named})


FORM = {"content_type": "application/x-www-form-urlencoded"}
TARGET = {"x_amz_target": "secretsmanager.GetSecretValue"}


@pytest.mark.parametrize(
    ("request_", "service", "body"),
    [
        pytest.param(incoming(**TARGET), "sqs", b"{}", id="another service's"),
        pytest.param(incoming(query="Action=GetSecretValue", **FORM), "secretsmanager", b"Action=A", id="twice"),
        pytest.param(incoming(**FORM), "sns", b"Action=Publish&Action=Publish", id="twice in the body"),
        pytest.param(incoming(**TARGET, **FORM), "secretsmanager", b"Action=A", id="as form and JSON"),
        pytest.param(incoming(**FORM), "sns", b"Action=Publish&Message=a&Message=b", id="two messages"),
        pytest.param(incoming(**FORM), "sns", b"Action=Publish&TopicArn=a&TargetArn=b", id="two topics"),
        pytest.param(
            incoming(**TARGET),
            "secretsmanager",
            b'{"SecretId": "theirs", "Name": "mine"}',
            id="what another operation has",
        ),
        pytest.param(incoming(path="/_aws/x", **TARGET), "secretsmanager", b"{}", id="at a path of ours"),
        pytest.param(incoming(path="/Execute"), "secretsmanager", b"{}", id="at a path of another"),
        pytest.param(incoming(host="b.s3.localhost", **TARGET), "secretsmanager", b"{}", id="at a name"),
    ],
)
async def test_what_could_be_read_in_two_ways_is_refused(request_: Incoming, service: str, body: bytes) -> None:
    routed = "secretsmanager" if service == "sqs" else service
    assert await refusal(request_, service, FakePolicies([allow("*")]), body=body, routed=routed)
