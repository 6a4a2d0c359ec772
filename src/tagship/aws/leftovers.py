"""The door to what Terraform leaves behind: log groups that services have made by themselves, secrets that wait.

Amazon's own services make a log group where none stands, and nobody's plan holds it.
A deleted secret keeps its name for up to thirty days, so that the next environment of this name could not be made.
"""

from typing import TYPE_CHECKING, Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsNotFound

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_logs import CloudWatchLogsClient


class Leftovers(Protocol):
    """What must be gone so that nothing is left."""

    def log_groups(self, prefix: str, /) -> list[str]:
        """The log groups whose names begin so."""
        ...

    def delete_log_group(self, name: str, /) -> None:
        """Delete one; nothing happens where it is gone."""
        ...

    def delete_secret(self, name: str, /) -> None:
        """Delete a secret at once, one that waits for its deletion too; nothing happens where it is gone."""
        ...


class _SecretsClient(Protocol):
    """boto3's client of Secrets Manager, as far as it is used here."""

    def delete_secret(self, *, SecretId: str, ForceDeleteWithoutRecovery: bool) -> object:  # noqa: N803 - boto3's own
        ...


class AwsLeftovers:
    """Logs and Secrets Manager by their APIs; see ``Leftovers``."""

    def __init__(self, aws: Aws) -> None:
        self._logs = cast("CloudWatchLogsClient", aws.client("logs"))
        self._secrets = cast("_SecretsClient", aws.client("secretsmanager"))

    def log_groups(self, prefix: str, /) -> list[str]:
        """See ``Leftovers.log_groups``."""
        with translated():
            pages = self._logs.get_paginator("describe_log_groups").paginate(logGroupNamePrefix=prefix)
            return sorted(group["logGroupName"] for page in pages for group in page["logGroups"])

    def delete_log_group(self, name: str, /) -> None:
        """See ``Leftovers.delete_log_group``."""
        try:
            with translated():
                self._logs.delete_log_group(logGroupName=name)
        except AwsNotFound:
            return

    def delete_secret(self, name: str, /) -> None:
        """See ``Leftovers.delete_secret``."""
        try:
            with translated():
                self._secrets.delete_secret(SecretId=name, ForceDeleteWithoutRecovery=True)
        except AwsNotFound:
            return
