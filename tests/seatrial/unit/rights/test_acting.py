"""Services that work with a role: they take it where it trusts them, and call what its policies allow."""

from datetime import UTC, datetime
from typing import Any

import pytest

from seatrial.access.rights.acting import Acting
from seatrial.access.rights.authorize import Rights
from seatrial.core.context import TakenRole
from seatrial.core.internal import AwsCallError
from tests.seatrial.unit.rights.stored import ACCOUNT, FakePolicies, allow, document

NOW = datetime(2026, 11, 29, tzinfo=UTC)
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
TASK = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task/main/1"
TRUST: dict[str, Any] = {
    "Effect": "Allow",
    "Action": "sts:AssumeRole",
    "Principal": {"Service": "ecs-tasks.amazonaws.com"},
    "Condition": {
        "StringEquals": {"aws:SourceAccount": ACCOUNT},
        "ArnLike": {"aws:SourceArn": f"arn:aws:ecs:*:{ACCOUNT}:*"},
    },
}


class FakeAws:
    """Answers everything."""

    def __init__(self) -> None:
        self.calls: list[str] = []

    async def call(self, _service: str, operation: str, /, **_: Any) -> dict[str, Any]:  # noqa: ANN401 - AWS's
        self.calls.append(operation)
        return {}


def taken(stored: FakePolicies, aws: FakeAws, *, role: str = ROLE, service: str = "ecs-tasks.amazonaws.com") -> Any:  # noqa: ANN401 - AWS as a role
    rights = Rights(aws, stored, lambda: NOW)  # type: ignore[arg-type]
    acting = Acting(stored, rights, "eu-central-1", lambda: NOW)  # type: ignore[arg-type]
    return acting.take(aws, TakenRole(role, "1", service, TASK))


async def test_a_call_that_the_role_is_allowed_is_made() -> None:
    aws = FakeAws()
    role = taken(FakePolicies([allow("logs:CreateLogStream")], trust=document(TRUST)), aws)
    await role.call("logs", "CreateLogStream", logGroupName="/a", logStreamName="b")
    assert aws.calls == ["CreateLogStream"]


async def test_another_is_refused_in_awss_words_and_not_made() -> None:
    aws = FakeAws()
    role = taken(FakePolicies([allow("logs:PutLogEvents")], trust=document(TRUST)), aws)
    with pytest.raises(AwsCallError) as refused:
        await role.call("logs", "CreateLogStream", logGroupName="/a", logStreamName="b")
    assert refused.value.code == "AccessDeniedException"
    assert refused.value.message.startswith(
        f"User: arn:aws:sts::{ACCOUNT}:assumed-role/app/1 is not authorized to perform: logs:CreateLogStream on "
        f"resource: arn:aws:logs:eu-central-1:{ACCOUNT}:log-group:/a:log-stream:b because no identity-based policy "
        "allows the logs:CreateLogStream action status code: 400, request id: "
    )
    assert aws.calls == []


@pytest.mark.parametrize(
    ("trust", "role", "service"),
    [
        pytest.param(TRUST, f"{ROLE}-gone", "ecs-tasks.amazonaws.com", id="no such role"),
        pytest.param(TRUST, f"arn:aws:iam::{ACCOUNT}:role/path/app", "ecs-tasks.amazonaws.com", id="another path"),
        pytest.param(TRUST, ROLE, "lambda.amazonaws.com", id="another service"),
        pytest.param(
            {**TRUST, "Condition": {"StringEquals": {"aws:SourceAccount": "111122223333"}}},
            ROLE,
            "ecs-tasks.amazonaws.com",
            id="for another account",
        ),
        pytest.param(
            {**TRUST, "Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:us-east-1:{ACCOUNT}:*"}}},
            ROLE,
            "ecs-tasks.amazonaws.com",
            id="for another region",
        ),
        pytest.param({**TRUST, "Effect": "Deny"}, ROLE, "ecs-tasks.amazonaws.com", id="refused"),
    ],
)
def test_a_role_that_does_not_trust_is_not_taken(trust: dict[str, Any], role: str, service: str) -> None:
    with pytest.raises(AwsCallError, match="sts:AssumeRole"):
        taken(FakePolicies([allow("*")], trust=document(trust)), FakeAws(), role=role, service=service)
