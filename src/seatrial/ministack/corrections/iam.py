"""IAM."""

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Correction, operation

_EXISTS = b"EntityAlreadyExists"


def roles_of_services_once() -> Correction:
    """A service-linked role that is there already is refused in IAM's own words.

    AWS: ``InvalidInput``, "Service role name … has been taken in this account, please try a different suffix." (IAM API
    reference, ``CreateServiceLinkedRole``; quoted by many public reports). MiniStack answers ``EntityAlreadyExists``.
    """
    return Correction(operation("iam", "CreateServiceLinkedRole"), _taken)


def _taken(request: AwsRequest, response: AwsResponse) -> AwsResponse:
    if _EXISTS not in response.body:
        return response
    words = "Service role name has been taken in this account, please try a different suffix."
    return AwsResponse.error(request, "InvalidInput", words)
