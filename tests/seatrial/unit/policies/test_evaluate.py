"""What the documentation says of policies, where no random case asks for it."""

from typing import Any

import pytest

from seatrial.core.policies.document import Malformed, Policy, of_json, parse
from seatrial.core.policies.evaluate import Decision, Kind, Own, Policies, Request, decide
from seatrial.core.policies.principals import Principal

ACCOUNT = "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/app"
SESSION = f"arn:aws:sts::{ACCOUNT}:assumed-role/app/task"
WHO = Principal(SESSION, ACCOUNT, ROLE)
OBJECT = "arn:aws:s3:::files/live/a.txt"
GITHUB = "token.actions.githubusercontent.com"
PROVIDER = f"arn:aws:iam::{ACCOUNT}:oidc-provider/{GITHUB}"


def policy(*statements: dict[str, Any], version: str = "2012-10-17") -> Policy:
    return of_json({"Version": version, "Statement": list(statements)})


def statement(effect: str = "Allow", action: str = "s3:GetObject", resource: str = "*", **more: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def asked(resource: str = OBJECT, *, account: str = ACCOUNT, unknown: str = "", **context: str) -> Request:
    found = {name.replace("__", ":").replace("_", "/").lower(): (value,) for name, value in context.items()}
    return Request(WHO, "s3:GetObject", resource, found, account, lambda key: key == unknown)


def allowed(request: Request, *identity: dict[str, Any], version: str = "2012-10-17") -> bool:
    return decide(request, Policies([policy(*identity, version=version)])).allowed


def test_a_variable_has_a_default() -> None:
    """IAM user guide, "IAM policy elements: Variables and tags", "Specifying default values"."""
    own = statement(resource="arn:aws:s3:::files/${aws:PrincipalTag/team, 'live'}/*")
    assert allowed(asked(), own)
    assert not allowed(asked(aws__PrincipalTag_team="other"), own)


def test_a_star_in_braces_is_a_star() -> None:
    own = statement(resource="arn:aws:s3:::files/${*}")
    assert allowed(asked("arn:aws:s3:::files/*"), own)
    assert not allowed(asked("arn:aws:s3:::files/a"), own)


def test_what_a_request_says_is_no_wildcard() -> None:
    own = statement(resource="arn:aws:s3:::files/${aws:PrincipalTag/team}/*")
    assert not allowed(asked(aws__PrincipalTag_team="*"), own)
    assert allowed(asked("arn:aws:s3:::files/*/a", aws__PrincipalTag_team="*"), own)


def test_the_language_of_2008_knows_no_variables() -> None:
    own = statement(resource="arn:aws:s3:::files/${aws:PrincipalTag/team}/*")
    assert not allowed(asked(aws__PrincipalTag_team="live"), own, version="2008-10-17")


def test_an_address_of_version_6_is_none_of_version_4() -> None:
    refused = statement("Deny", Condition={"NotIpAddress": {"aws:SourceIp": "10.0.0.0/8"}})
    assert not allowed(asked(aws__SourceIp="2001:db8::1"), statement(), refused)
    assert allowed(asked(aws__SourceIp="10.1.2.3"), statement(), refused)


def test_seconds_are_a_date() -> None:
    before = statement(Condition={"DateLessThan": {"aws:EpochTime": "2026-11-29T00:00:00Z"}})
    assert allowed(asked(aws__EpochTime="1700000000"), before)
    assert not allowed(asked(aws__EpochTime="1900000000"), before)


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_what_is_left_out_by_a_variable_without_a_value_is_taken_against_who_asks(effect: str) -> None:
    but = {"Effect": effect, "Action": "*", "NotResource": "arn:aws:s3:::files/${aws:PrincipalTag/none}"}
    assert not allowed(asked(), but, *([statement()] if effect == "Deny" else []))


@pytest.mark.parametrize("effect", ["Allow", "Deny"])
def test_a_key_whose_value_is_not_known_is_taken_against_who_asks(effect: str) -> None:
    own = statement(effect, Condition={"StringNotEquals": {"s3:TlsVersion": "1.3"}})
    assert not allowed(asked(unknown="s3:tlsversion"), own, *([statement()] if effect == "Deny" else []))


def test_what_is_granted_to_a_session_itself_is_within_nothing() -> None:
    """IAM user guide, "Policy evaluation for requests within a single account"."""
    nothing = policy(statement(action="ecs:*"))
    own = policy(statement(Principal={"AWS": SESSION}))
    assert decide(asked(), Policies([], own, boundary=nothing, session=[nothing])).allowed
    own = policy(statement(Principal={"AWS": ROLE}))
    assert decide(asked(), Policies([], own, boundary=nothing)) == Decision(allowed=False, kind=Kind.BOUNDARY)
    assert decide(asked(), Policies([], own, session=[nothing])) == Decision(allowed=False, kind=Kind.SESSION)


def test_another_accounts_resource_needs_both() -> None:
    own = policy(statement(Principal={"AWS": ROLE}))
    theirs = asked(account="444455556666")
    assert not decide(theirs, Policies([policy(statement())])).allowed
    assert not decide(theirs, Policies([], own)).allowed
    assert decide(theirs, Policies([policy(statement())], own)).allowed


def test_a_key_needs_its_own_policy_which_may_hand_on_to_the_account() -> None:
    """KMS developer guide, "Key policies"."""
    mine = [policy(statement())]
    own = policy(statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:root"}))
    other = policy(statement(Principal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}))
    assert decide(asked(), Policies(mine, own, Own.NEEDED)).allowed
    assert not decide(asked(), Policies([], own, Own.NEEDED)).allowed
    assert decide(asked(), Policies(mine, other, Own.NEEDED)) == Decision(allowed=False, kind=Kind.RESOURCE)


def test_all_but_some_principals_are_refused() -> None:
    own = policy(statement("Deny", NotPrincipal={"AWS": [ROLE, SESSION]}))
    assert decide(asked(), Policies([policy(statement())], own)).allowed
    other = policy(statement("Deny", NotPrincipal={"AWS": f"arn:aws:iam::{ACCOUNT}:role/other"}))
    assert decide(asked(), Policies([policy(statement())], other)).explicit


def trusted(sub: str, aud: str = "sts.amazonaws.com", provider: str = PROVIDER) -> bool:
    """Whether a workflow of GitHub gets a role, by a trust policy as the module ``github`` writes it."""
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": PROVIDER},
        "Condition": {
            "StringEquals": {f"{GITHUB}:aud": "sts.amazonaws.com"},
            "StringLike": {f"{GITHUB}:sub": ["repo:example/notes:ref:refs/tags/v*"]},
        },
    }
    context = {f"{GITHUB}:sub": (sub,), f"{GITHUB}:aud": (aud,)}
    request = Request(Principal(provider=provider), "sts:AssumeRoleWithWebIdentity", ROLE, context, ACCOUNT)
    return decide(request, Policies(resource=policy(trust), own=Own.NEEDED)).allowed


def test_a_workflow_gets_a_role_for_its_tags_and_for_nothing_else() -> None:
    assert trusted("repo:example/notes:ref:refs/tags/v1.2.3")
    assert not trusted("repo:example/notes:ref:refs/heads/main")
    assert not trusted("repo:example/other:ref:refs/tags/v1.2.3")
    assert not trusted("repo:example/notes:ref:refs/tags/v1.2.3", aud="https://example.org")
    assert not trusted("repo:example/notes:ref:refs/tags/v1.2.3", provider=f"{PROVIDER}.evil.example")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        "{}",
        '{"Statement": [{"Effect": "Maybe"}]}',
        '{"Statement": {"Effect": "Allow", "Action": 1}}',
        '{"Statement": {"Effect": "Allow", "Action": "*", "Resource": "*", "Condition": []}}',
    ],
)
def test_what_is_no_document_is_not_read(text: str) -> None:
    with pytest.raises(Malformed):
        parse(text)
