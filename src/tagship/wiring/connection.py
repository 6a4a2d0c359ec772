"""One environment, and what everything in it is joined to: its manifest, the session, the records, what was built."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tagship.aws.session import Aws, AwsAccess
from tagship.base.clock import SystemClock
from tagship.base.errors import AwsNotFound, Refused
from tagship.base.events import Events
from tagship.base.process import SystemProcesses
from tagship.manifest.address import Address
from tagship.manifest.model import EnvironmentManifest

if TYPE_CHECKING:
    from tagship.aws.logs import AwsLogs
    from tagship.aws.parameters import AwsParameters
    from tagship.aws.s3 import S3
    from tagship.infra.outputs import Infrastructure
    from tagship.manifest.names import Names
    from tagship.release.records.ledger import Ledger
    from tagship.secret.doors import SecretDoors
    from tagship.secret.keeper import SecretKeeper
    from tagship.wiring.local import InstanceStatus


@dataclass(frozen=True)
class Connection:
    """The way to one environment of one app; what is costly to make is made when it is first asked for.

    Args:
        manifest_path: the path of ``tagship.yaml``, as it was named.
        address: which environment it is, on which AWS.
        manifest: the manifest of this environment, as it holds there.
        access: region, endpoint and credentials.
        events: hears what goes on.
        local: how the embedded AWS is; None for an environment on Amazon's.
    """

    manifest_path: Path
    address: Address
    manifest: EnvironmentManifest
    access: AwsAccess
    events: Events
    local: InstanceStatus | None
    clock: SystemClock = field(default_factory=SystemClock)
    processes: SystemProcesses = field(default_factory=SystemProcesses)

    @property
    def folder(self) -> Path:
        """The folder that holds the manifest."""
        return self.manifest_path.parent.absolute()

    @property
    def names(self) -> Names:
        """Every AWS name."""
        from tagship.manifest.names import Names

        return Names(self.manifest.app, self.manifest.environment)

    @cached_property
    def aws(self) -> Aws:
        """The session."""
        return Aws(self.access)

    @cached_property
    def account(self) -> str:
        """The account that the credentials belong to.

        Raises:
            Refused: it is not the one that the manifest names for this environment.
        """
        account = self.aws.account()
        if self.manifest.account and account != self.manifest.account:
            raise Refused(
                f"These credentials belong to the account {account}, "
                f"but `{self.manifest.environment}` is in {self.manifest.account}.",
                hint="Choose the right profile with AWS_PROFILE.",
            )
        return account

    @property
    def bucket(self) -> str:
        """The environment's bucket."""
        return self.names.bucket(self.account, self.manifest.region)

    @cached_property
    def s3(self) -> S3:
        """The door to S3."""
        from tagship.aws.s3 import S3

        return S3(self.aws)

    @cached_property
    def logs(self) -> AwsLogs:
        """The door to CloudWatch Logs."""
        from tagship.aws.logs import AwsLogs

        return AwsLogs(self.aws, self.clock)

    @cached_property
    def ledger(self) -> Ledger:
        """The release records."""
        from tagship.release.records.ledger import Ledger

        return Ledger(self.s3, self.bucket, self.clock, self.events)

    def secret_keeper(self) -> SecretKeeper:
        """What a person does with the app's own secrets.

        Raises:
            Refused: the credentials are of another account than the manifest names.
        """
        from tagship.aws.secrets_manager import AwsSecrets
        from tagship.secret.keeper import SecretKeeper

        if self.manifest.account:
            _ = self.account
        return SecretKeeper(AwsSecrets(self.aws), self.manifest, self.names.prefix)

    def parameters(self) -> AwsParameters:
        """The door to the Parameter Store."""
        from tagship.aws.parameters import AwsParameters

        return AwsParameters(self.aws)

    def secret_doors(self) -> SecretDoors:
        """Where a release looks for secrets."""
        from tagship.aws.secrets_manager import AwsSecrets
        from tagship.secret.doors import SecretDoors

        return SecretDoors(AwsSecrets(self.aws), self.parameters())

    def infrastructure(self) -> Infrastructure:
        """What Terraform built, with the front door at the address at which it answers; read once.

        Raises:
            NotReady: nothing was applied yet.
        """
        return self._built

    @cached_property
    def _built(self) -> Infrastructure:
        from tagship.infra import outputs

        try:
            found = self.s3.get(self.bucket, outputs.KEY)
        except AwsNotFound:  # nothing was applied yet, so there is no bucket
            found = None
        built = outputs.parse(found.body if found else None, environment=self.manifest.environment)
        return replace(built, url=self._front_door(built.url))

    def _front_door(self, url: str) -> str:
        """Amazon's name of the front door, or where the embedded AWS serves it."""
        doors = (self.local.front_doors if self.local else None) or {}
        parts = urlsplit(url)
        return doors.get(parts.hostname or "", {}).get(str(parts.port or (443 if parts.scheme == "https" else 80)), url)
