"""The door to Secrets Manager, for the app's own secrets: what is known of each, and, asked for by name, its value."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Any, Final, Protocol

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsNotFound

CURRENT: Final = "AWSCURRENT"
"""The label of the version that whoever asks for no other one gets (Secrets Manager user guide, "Secret versions")."""


@dataclass(frozen=True)
class SecretFacts:
    """What is known of a secret without its value.

    Args:
        arn: the whole ARN, with the six characters that AWS adds.
        name: its name.
        version: the id of the current version; empty where it has no value.
        changed: when it was last changed; None where AWS does not say.
        deleted: when its deletion was asked for; None where it was not.
        tags: its tags.
    """

    arn: str
    name: str
    version: str
    changed: datetime | None = None
    deleted: datetime | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


class SecretReader(Protocol):
    """What a release asks of Secrets Manager: never a value."""

    def describe(self, secret: str) -> SecretFacts | None:
        """What is known of a secret, by name or whole ARN; None where there is none.

        Raises:
            AwsDenied: these credentials may not look at it.
        """
        ...


class SecretStore(SecretReader, Protocol):
    """What a person asks of it as well."""

    def listed(self, prefix: str) -> Sequence[SecretFacts]:
        """Every secret whose name begins so, by name, those whose deletion was asked for, too."""
        ...

    def value(self, secret: str) -> str:
        """The current value; a binary one counts as none.

        Raises:
            AwsNotFound: there is no such secret, or it has no value.
        """
        ...

    def create(self, name: str, value: str, tags: Mapping[str, str]) -> None:
        """Make a secret with a first value."""
        ...

    def change(self, name: str, value: str) -> None:
        """Give a secret another current value; the one before is AWSPREVIOUS.

        Raises:
            AwsNotFound: there is no such secret.
        """
        ...

    def set_tags(self, name: str, tags: Mapping[str, str]) -> None:
        """Add or replace these tags."""
        ...

    def remove_tags(self, name: str, keys: Sequence[str]) -> None:
        """Take tags off; those that are not there are passed over."""
        ...

    def delete(self, name: str, days: int) -> datetime:
        """Have it deleted in so many days (7 to 30); returns when.

        Raises:
            AwsNotFound: there is no such secret.
        """
        ...

    def restore(self, name: str) -> None:
        """Take the deletion back.

        Raises:
            AwsNotFound: there is no such secret.
        """
        ...


class AwsSecrets:
    """Secrets Manager by its API; see ``SecretStore``."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - boto3 has no stubs here
        return self._aws.client("secretsmanager")

    def describe(self, secret: str) -> SecretFacts | None:
        """See ``SecretReader.describe``."""
        try:
            with translated():
                found = self._client.describe_secret(SecretId=secret)
        except AwsNotFound:
            return None
        return _facts(found, found.get("VersionIdsToStages"))

    def listed(self, prefix: str) -> Sequence[SecretFacts]:
        """See ``SecretStore.listed``."""
        with translated():
            pages = self._client.get_paginator("list_secrets").paginate(
                Filters=[{"Key": "name", "Values": [prefix]}], IncludePlannedDeletion=True
            )
            found = [_facts(each, each.get("SecretVersionsToStages")) for page in pages for each in page["SecretList"]]
        return sorted((each for each in found if each.name.startswith(prefix)), key=lambda each: each.name)

    def value(self, secret: str) -> str:
        """See ``SecretStore.value``."""
        with translated():
            found = self._client.get_secret_value(SecretId=secret)
        if "SecretString" not in found:
            raise AwsNotFound(f"The secret `{secret}` has no text.", code="ResourceNotFoundException")
        return str(found["SecretString"])

    def create(self, name: str, value: str, tags: Mapping[str, str]) -> None:
        """See ``SecretStore.create``."""
        with translated():
            self._client.create_secret(Name=name, SecretString=value, Tags=_listed(tags))

    def change(self, name: str, value: str) -> None:
        """See ``SecretStore.change``."""
        with translated():
            self._client.put_secret_value(SecretId=name, SecretString=value)

    def set_tags(self, name: str, tags: Mapping[str, str]) -> None:
        """See ``SecretStore.set_tags``."""
        with translated():
            self._client.tag_resource(SecretId=name, Tags=_listed(tags))

    def remove_tags(self, name: str, keys: Sequence[str]) -> None:
        """See ``SecretStore.remove_tags``."""
        with translated():
            self._client.untag_resource(SecretId=name, TagKeys=list(keys))

    def delete(self, name: str, days: int) -> datetime:
        """See ``SecretStore.delete``."""
        with translated():
            when: datetime = self._client.delete_secret(SecretId=name, RecoveryWindowInDays=days)["DeletionDate"]
        return when

    def restore(self, name: str) -> None:
        """See ``SecretStore.restore``."""
        with translated():
            self._client.restore_secret(SecretId=name)


def _facts(found: Mapping[str, Any], versions: Mapping[str, Sequence[str]] | None) -> SecretFacts:
    return SecretFacts(
        arn=found["ARN"],
        name=found["Name"],
        version=next((version for version, stages in (versions or {}).items() if CURRENT in stages), ""),
        changed=found.get("LastChangedDate"),
        deleted=found.get("DeletedDate"),
        tags={tag["Key"]: tag["Value"] for tag in found.get("Tags", ())},
    )


def _listed(tags: Mapping[str, str]) -> list[dict[str, str]]:
    return [{"Key": key, "Value": value} for key, value in tags.items()]
