"""What IAM says against a document."""

import json
from typing import Any

import pytest

from seatrial.core.policies.grammar import problem

GOOD = {"Effect": "Allow", "Action": "s3:Get*", "Resource": "arn:aws:s3:::a/*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (document(GOOD), ""),
        (document({**GOOD, "Sid": "A", "Condition": {"StringLikeIfExists": {"s3:prefix": "a"}}}), ""),
        ("{", "This policy contains invalid Json"),
        ("[]", "Syntax errors in policy."),
        (document(), "Syntax errors in policy."),
        (document({**GOOD, "Effect": "Perhaps"}), "Syntax errors in policy."),
        (
            document({**GOOD, "Sid": "a b"}),
            "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies",
        ),
        (
            document({**GOOD, "Sid": "A"}, {**GOOD, "Sid": "A"}),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        (document({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        (document({**GOOD, "Action": "GetObject"}), "Actions/Conditions must be prefaced by a vendor"),
        (document({"Effect": "Allow", "Action": "s3:GetObject"}), "Policy statement must contain resources."),
        (document({**GOOD, "Resource": "a/*"}), 'Resource a/* must be in ARN format or "*".'),
        (document({**GOOD, "Principal": "*"}), "Policy document should not specify a principal."),
        (document({**GOOD, "Condition": {"StringSimilar": {"a:b": "c"}}}), "Invalid Condition type : StringSimilar."),
    ],
)
def test_an_identitys_policy_is_held_to_the_grammar(text: str, words: str) -> None:
    assert problem(text).startswith(words)
    assert bool(problem(text)) == bool(words)


@pytest.mark.parametrize(
    ("statement", "words"),
    [
        (TRUST, ""),
        ({**TRUST, "Resource": "*"}, "Has prohibited field Resource"),
        ({"Effect": "Allow", "Action": "sts:AssumeRole"}, "Missing required field Principal"),
        ({**TRUST, "Action": "s3:GetObject"}, "AssumeRole policy may only specify STS AssumeRole actions."),
    ],
)
def test_a_trust_policy_is_too(statement: dict[str, Any], words: str) -> None:
    assert problem(document(statement), trust=True) == words
