"""Policies as MiniStack would keep them."""

import json
from dataclasses import dataclass, field
from typing import Any

from seatrial.ministack.policies import Identity

ACCOUNT = "000000000000"


@dataclass
class FakePolicies:
    """One role, ``app``, with these statements; and resources' own policies by their ARNs."""

    statements: list[dict[str, Any]] = field(default_factory=list)
    own: dict[str, str] = field(default_factory=dict)
    trust: str = '{"Version": "2012-10-17", "Statement": []}'
    boundary: str | None = None

    def role(self, account: str, name: str) -> Identity | None:
        if (account, name) != (ACCOUNT, "app"):
            return None
        documents = (document(*self.statements),) if self.statements else ()
        return Identity(f"arn:aws:iam::{ACCOUNT}:role/app", documents, self.boundary, self.trust)

    def user(self, account: str, name: str) -> Identity | None:  # noqa: ARG002 - the shape of the real one
        return None

    def managed(self, account: str, arn: str) -> str:  # noqa: ARG002 - as above
        return ""

    def of_resource(self, arn: str, account: str, region: str) -> str:  # noqa: ARG002 - as above
        return self.own.get(arn, "")


def allow(action: str | list[str], resource: str | list[str] = "*", **conditions: Any) -> dict[str, Any]:  # noqa: ANN401 - JSON
    """A statement."""
    return {
        "Effect": "Allow",
        "Action": action,
        "Resource": resource,
        **({"Condition": conditions} if conditions else {}),
    }


def document(*statements: dict[str, Any]) -> str:
    """A policy."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
