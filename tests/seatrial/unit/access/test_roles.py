"""What a role of the application may do: actions on data, as far as its policies go, asked as SDKs ask."""

import json
from typing import Any

import pytest

from seatrial.access.credentials import Caller
from seatrial.access.hosts import Hosts
from seatrial.access.roles import Roles
from seatrial.access.signature import AccessRefused, Claim
from seatrial.core.incoming import Incoming

CALLER = Caller("arn:aws:sts::000000000000:assumed-role/app/task", "secret", role="app")


class FakeIdentities:
    """Reads the same out of every request."""

    def __init__(self, service: str, action: str, resource: str = "*") -> None:
        self.answer = (service, action, resource)

    def action(self, *_: object) -> tuple[str, str, str]:
        return self.answer


class FakeIam:
    """Simulates policies that allow one action on one resource; ``*`` is any."""

    def __init__(self, action: str = "*", resource: str = "*") -> None:
        self.allowed = (action, resource)
        self.asked: list[tuple[str, str]] = []

    async def call(self, _service: str, operation: str, /, **params: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        if operation == "DescribeSecret":
            return {"ARN": f"arn:aws:secretsmanager:eu-central-1:000000000000:secret:{params['SecretId']}-AbCdEf"}
        asked = (params["ActionNames"][0], params["ResourceArns"][0])
        self.asked.append(asked)
        allowed = all(given in {"*", wanted} for given, wanted in zip(self.allowed, asked, strict=True))
        return {"EvaluationResults": [{"EvalDecision": "allowed" if allowed else "implicitDeny"}]}


def claim(service: str) -> Claim:
    return Claim("ASIA", "20261128", "eu-central-1", service, ("host",), "0", "20261128T000000Z")


def incoming(method: str = "POST", path: str = "/", query: str = "", **headers: str) -> Incoming:
    given = {"host": "host.docker.internal:4566", **headers}
    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in given.items()]
    return Incoming({"method": method, "path": path, "query_string": query.encode(), "headers": named})


async def allowed(
    request: Incoming, service: str, identities: FakeIdentities, iam: FakeIam, *, body: bytes = b""
) -> bool:
    roles = Roles(identities, iam, Hosts())  # type: ignore[arg-type]
    try:
        await roles.check(CALLER, claim(service), request, body)
    except AccessRefused as why:
        return why.code != "AccessDenied"
    return True


@pytest.mark.parametrize(
    ("action", "may"),
    [
        ("secretsmanager:GetSecretValue", True),
        ("dynamodb:BatchGetItem", True),
        ("sqs:SendMessageBatch", True),
        ("lambda:InvokeFunction", True),
        ("ecs:DescribeTasks", True),
        ("lambda:CreateFunction", False),
        ("lambda:UpdateFunctionCode", False),
        ("ecs:RunTask", False),
        ("ecs:ExecuteCommand", False),
        ("ecs:UpdateService", False),
        ("iam:CreateUser", False),
        ("sts:AssumeRole", False),
        ("ecr:GetAuthorizationToken", False),
        ("ssm:SendCommand", False),
        ("events:PutRule", False),
        ("cloudformation:CreateStack", False),
        ("s3:PutBucketPolicy", False),
        ("", False),
    ],
)
async def test_a_role_that_may_everything_is_bound_to_data(action: str, may: bool) -> None:  # noqa: FBT001 - as above
    service = action.partition(":")[0]
    request = incoming(x_amz_target="Any.Thing")
    assert await allowed(request, service, FakeIdentities(service, action), FakeIam()) is may


async def test_its_policies_decide_of_action_and_resource() -> None:
    identities = FakeIdentities("s3", "s3:GetObject", "arn:aws:s3:::mine/a")
    request = incoming("GET", "/mine/a")
    assert await allowed(request, "s3", identities, FakeIam("s3:GetObject", "arn:aws:s3:::mine/a"))
    assert not await allowed(request, "s3", identities, FakeIam("s3:GetObject", "arn:aws:s3:::mine/b"))
    assert not await allowed(request, "s3", identities, FakeIam("s3:PutObject"))


async def test_a_copy_asks_for_its_source_as_well() -> None:
    iam = FakeIam()
    request = incoming("PUT", "/mine/a", x_amz_copy_source="/theirs/b%20c?versionId=1")
    assert await allowed(request, "s3", FakeIdentities("s3", "s3:PutObject", "arn:aws:s3:::mine/a"), iam)
    assert iam.asked == [("s3:PutObject", "arn:aws:s3:::mine/a"), ("s3:GetObject", "arn:aws:s3:::theirs/b c")]


TABLE = "arn:aws:dynamodb:eu-central-1:000000000000:table/"
PARAMETER = "arn:aws:ssm:eu-central-1:000000000000:parameter/"
_GET, _PUT = {"Get": {"TableName": "a"}}, {"Put": {"TableName": "b"}}


@pytest.mark.parametrize(
    ("action", "body", "asked"),
    [
        ("dynamodb:BatchGetItem", {"RequestItems": {"a": {}, "b": {}}}, [("", f"{TABLE}a"), ("", f"{TABLE}b")]),
        (
            "dynamodb:TransactWriteItems",
            {"TransactItems": [_PUT, {"ConditionCheck": {"TableName": f"{TABLE}c"}}]},
            [("dynamodb:PutItem", f"{TABLE}b"), ("dynamodb:ConditionCheckItem", f"{TABLE}c")],
        ),
        ("dynamodb:TransactGetItems", {"TransactItems": [_GET]}, [("dynamodb:GetItem", f"{TABLE}a")]),
        ("ssm:GetParameters", {"Names": ["/a/b", "c"]}, [("", f"{PARAMETER}a/b"), ("", f"{PARAMETER}c")]),
        ("ssm:GetParametersByPath", {"Path": "/a"}, [("", f"{PARAMETER}a")]),
        (
            "secretsmanager:GetSecretValue",
            {"SecretId": "mine"},
            [("", "arn:aws:secretsmanager:eu-central-1:000000000000:secret:mine-AbCdEf")],
        ),
    ],
)
async def test_each_thing_that_a_call_names_is_asked_for(
    action: str, body: dict[str, Any], asked: list[tuple[str, str]]
) -> None:
    service, _, operation = action.partition(":")
    iam = FakeIam()
    request = incoming(x_amz_target=f"Prefix.{operation}")
    identities = FakeIdentities(service, action, "what MiniStack reads")
    assert await allowed(request, service, identities, iam, body=json.dumps(body).encode())
    assert iam.asked == [(each or action, on) for each, on in asked]


async def test_one_table_of_two_that_is_not_allowed_is_enough() -> None:
    body = b'{"RequestItems": {"a": {}, "b": {}}}'
    iam = FakeIam("dynamodb:BatchGetItem", f"{TABLE}a")
    request = incoming(x_amz_target="DynamoDB_20120810.BatchGetItem")
    assert not await allowed(request, "dynamodb", FakeIdentities("dynamodb", "dynamodb:BatchGetItem"), iam, body=body)


async def test_deleting_many_asks_for_all_of_the_bucket() -> None:
    iam = FakeIam()
    await allowed(incoming("POST", "/mine", "delete"), "s3", FakeIdentities("s3", "s3:DeleteObject"), iam)
    assert iam.asked == [("s3:DeleteObject", "arn:aws:s3:::mine/*")]


async def test_who_it_is_it_may_always_ask() -> None:
    request = incoming(content_type="application/x-www-form-urlencoded")
    identities = FakeIdentities("sts", "sts:GetCallerIdentity")
    assert await allowed(request, "sts", identities, FakeIam("none"), body=b"Action=GetCallerIdentity")


async def test_metrics_by_cbor_are_an_action_too() -> None:
    request = incoming(path="/service/GraniteServiceVersion20100801/operation/PutMetricData")
    iam = FakeIam("cloudwatch:PutMetricData")
    assert await allowed(request, "monitoring", FakeIdentities("", ""), iam)


FORM = {"content_type": "application/x-www-form-urlencoded"}


@pytest.mark.parametrize(
    ("request_", "service", "body"),
    [
        pytest.param(incoming(x_amz_target="secretsmanager.GetSecretValue"), "sqs", b"{}", id="another service's"),
        pytest.param(incoming(query="Action=GetSecretValue", **FORM), "secretsmanager", b"Action=A", id="twice"),
        pytest.param(incoming(**FORM), "secretsmanager", b"Action=A&Action=B", id="twice in the body"),
        pytest.param(incoming(x_amz_target="A.B", **FORM), "secretsmanager", b"Action=A", id="as form and JSON"),
        pytest.param(incoming(**FORM), "secretsmanager", b"Action=A&SecretId=a&SecretId=b", id="two secrets"),
        pytest.param(incoming(**FORM), "secretsmanager", b"Action=A&TopicArn=a&TargetArn=b", id="two topics"),
        pytest.param(
            incoming(x_amz_target="secretsmanager.GetSecretValue"),
            "secretsmanager",
            b'{"SecretId": "theirs", "Name": "mine"}',
            id="what another operation has",
        ),
        pytest.param(incoming(path="/_aws/x", x_amz_target="A.B"), "secretsmanager", b"{}", id="at a path of ours"),
        pytest.param(incoming(path="/Execute"), "secretsmanager", b"{}", id="at a path of another"),
        pytest.param(incoming(x_amz_target="A.B", host="b.s3.localhost"), "secretsmanager", b"{}", id="at a name"),
    ],
)
async def test_what_could_be_read_in_two_ways_is_refused(request_: Incoming, service: str, body: bytes) -> None:
    identities = FakeIdentities("secretsmanager", "secretsmanager:GetSecretValue")
    assert not await allowed(request_, service, identities, FakeIam(), body=body)
