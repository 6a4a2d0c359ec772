"""Secrets Manager."""

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Correction, operation, succeeded

_NOTHING = "Secrets Manager can't find the specified secret value for staging label: AWSCURRENT"


def no_value_is_not_found() -> Correction:
    """A secret that was made without a value has none to give.

    AWS: ``ResourceNotFoundException`` (Secrets Manager API reference, ``GetSecretValue``). MiniStack answers a secret
    without ``SecretString`` and ``SecretBinary``.
    """
    return Correction(operation("secretsmanager", "GetSecretValue"), _not_found)


def _not_found(_request: AwsRequest, response: AwsResponse) -> AwsResponse:
    if not succeeded(response) or {"SecretString", "SecretBinary"} & response.json().keys():
        return response
    return AwsResponse.json_error("ResourceNotFoundException", _NOTHING)
