"""The door to what MiniStack keeps of policies: those of roles, users and resources."""

import importlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

_SERVICES = frozenset({"ecr", "kinesis", "kms", "lambda", "s3", "secretsmanager", "sns", "sqs"})
"""Whose resources have policies of their own, as MiniStack keeps them."""


@dataclass(frozen=True)
class Identity:
    """A role or a user.

    Args:
        arn: the ARN with its path.
        documents: inline and attached policies, as JSON.
        boundary: the permissions boundary, as JSON; None where there is none.
        trust: who may take a role, as JSON; empty of a user.
        tags: its own.
    """

    arn: str
    documents: tuple[str, ...]
    boundary: str | None = None
    trust: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


class StoredPolicies:
    """MiniStack's own tables, once it is loaded."""

    def __init__(self) -> None:
        self._iam: Any = importlib.import_module("ministack.services.iam")
        self._evaluator: Any = importlib.import_module("ministack.core.iam_evaluator")
        self._responses: Any = importlib.import_module("ministack.core.responses")

    def role(self, account: str, name: str) -> Identity | None:
        """A role by its name."""
        role = self._iam._roles.get_scoped(account, None, name)  # noqa: SLF001 - see docs/architecture.md
        if role is None:
            return None
        inline = (role.get("InlinePolicies") or {}).values()
        return self._identity(account, role, [*map(_text, inline)], trust=_text(role["AssumeRolePolicyDocument"]))

    def user(self, account: str, name: str) -> Identity | None:
        """A user by its name, with the policies of its groups."""
        iam = self._iam
        user = iam._users.get_scoped(account, None, name)  # noqa: SLF001 - as above
        if user is None:
            return None
        documents = list(map(_text, (iam._user_inline_policies.get_scoped(account, None, name) or {}).values()))  # noqa: SLF001 - as above
        with self._responses.request_scope(account, ""):
            for group_name, group in iam._groups.items():  # noqa: SLF001 - as above
                if name in group.get("Users", []):
                    documents += map(_text, (iam._group_inline_policies.get(group_name) or {}).values())  # noqa: SLF001 - as above
                    documents += self._attached(account, group)
        return self._identity(account, user, documents)

    def managed(self, account: str, arn: str) -> str:
        """The document of a managed policy; empty where there is none."""
        found = self._evaluator._resolve_managed_policy_document(arn, account)  # noqa: SLF001 - as above
        return _text(found) if found else ""

    def of_resource(self, arn: str, account: str, region: str) -> str:
        """A resource's own policy, as JSON; empty where it has none."""
        parts = arn.split(":")
        service = parts[2] if len(parts) > 2 else ""  # noqa: PLR2004 - an ARN
        if service == "iam" and ":role/" in arn:
            role = self.role(parts[4], arn.rpartition("/")[2])
            return role.trust if role else ""
        if service not in _SERVICES:
            return ""
        with self._responses.request_scope(account, region):
            found = self._evaluator._resource_policy(service, arn)  # noqa: SLF001 - as above
        document = found[0] if found else ""
        return _text(document) if document else ""

    def _identity(self, account: str, kept: Mapping[str, Any], documents: list[str], trust: str = "") -> Identity:
        boundary = kept.get("PermissionsBoundary")
        return Identity(
            arn=str(kept["Arn"]),
            documents=(*documents, *self._attached(account, kept)),
            boundary=self.managed(account, boundary) if boundary else None,
            trust=trust,
            tags={tag["Key"]: tag["Value"] for tag in kept.get("Tags") or ()},
        )

    def _attached(self, account: str, kept: Mapping[str, Any]) -> Iterator[str]:
        found = (self.managed(account, arn) for arn in kept.get("AttachedPolicies") or ())
        yield from (document for document in found if document)


def _text(document: Any) -> str:  # noqa: ANN401 - MiniStack's
    return document if isinstance(document, str) else json.dumps(document)
