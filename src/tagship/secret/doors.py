"""What outside the app's own secrets need."""

from dataclasses import dataclass

from tagship.aws.parameters import Parameters
from tagship.aws.secrets_manager import SecretReader


@dataclass(frozen=True)
class SecretDoors:
    """Where a release looks: Secrets Manager and the Parameter Store."""

    secrets: SecretReader
    parameters: Parameters
