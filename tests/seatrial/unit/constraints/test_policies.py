"""Documents of IAM's policy language."""

import json
from typing import Any

import pytest

from seatrial.services.constraints.policies import problem

ALLOW = {"Effect": "Allow", "Action": "s3:GetObject", "Resource": "*"}
TRUST = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": {"Service": "ecs-tasks.amazonaws.com"}}
SID = "Statement IDs (SID) must be alpha-numeric. Check that your input satisfies the regular expression [0-9A-Za-z]*"


def document(*statements: dict[str, Any], **more: str) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements), **more})


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        ("identity", "Version: 2012-10-17", "This policy contains invalid Json"),
        ("identity", "[]", "Syntax errors in policy."),
        ("identity", "{}", "Syntax errors in policy."),
        ("identity", document(ALLOW, Name="x"), "Syntax errors in policy."),
        ("identity", document({**ALLOW, "Effect": "allow"}), "Syntax errors in policy."),
        ("identity", document({**ALLOW, "Resources": "*"}), "Syntax errors in policy."),
        ("identity", document(ALLOW, Version="2024-01-01"), "Policy document must be version 2012-10-17 or greater."),
        ("identity", document({**ALLOW, "Sid": "read objects"}), SID),
        (
            "identity",
            document({**ALLOW, "Sid": "a"}, {**ALLOW, "Sid": "a"}),
            "Statement IDs (SID) in a single policy must be unique.",
        ),
        ("identity", document({"Effect": "Allow", "Resource": "*"}), "Policy statement must contain actions."),
        ("identity", document({"Effect": "Allow", "Action": "*"}), "Policy statement must contain resources."),
        ("identity", document({**ALLOW, "Principal": "*"}), "Policy document should not specify a principal."),
        ("trust", document({**TRUST, "Resource": "*"}), "Has prohibited field Resource"),
        ("trust", document({"Effect": "Allow", "Action": "sts:AssumeRole"}), "Missing required field Principal"),
        ("resource", document(ALLOW), "Missing required field Principal"),
    ],
)
def test_what_is_wrong_is_said_in_awss_words(kind: str, text: str, words: str) -> None:
    assert problem(kind, text) == words


@pytest.mark.parametrize(
    ("kind", "text"),
    [
        ("identity", document(ALLOW)),
        ("identity", json.dumps({"Statement": ALLOW})),
        ("trust", document({**TRUST, "Sid": "Tasks"})),
        ("resource", document({**ALLOW, "Principal": "*", "Sid": "a sentence, as S3 takes it"}, Id="one")),
    ],
)
def test_what_is_well_formed_passes(kind: str, text: str) -> None:
    assert problem(kind, text) is None
