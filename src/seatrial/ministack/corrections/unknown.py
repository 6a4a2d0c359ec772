"""Calls that nobody here knows."""

import re

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Correction

_UNKNOWN = re.compile(rb"Unknown ([A-Za-z0-9 ]+ )?[Aa]ction|Unsupported (service|operation)")


def words_for_unknown_calls() -> Correction:
    """A call that is not known is refused with AWS's code.

    AWS: ``InvalidAction``, "The action … is not valid for this web service." in the query protocol (EC2 API
    reference, "Error codes"), ``UnknownOperationException`` in the JSON protocol. MiniStack has words of its own, other
    ones in each service.
    """
    return Correction(lambda request: bool(request.operation), _refused)


def _refused(request: AwsRequest, response: AwsResponse) -> AwsResponse:
    if response.status != 400 or not _UNKNOWN.search(response.body):  # noqa: PLR2004 - HTTP
        return response
    code = "UnknownOperationException" if "x-amz-target" in request.headers else "InvalidAction"
    return AwsResponse.error(request, code, f"The action {request.operation} is not valid for this web service.")
