"""The RDS Data API."""

from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.correction import Correction, operation

_MARK = "Database error: "
_STATUS = 400


def errors_of_statements() -> Correction:
    """A statement that the database refuses is an error of the database.

    AWS: ``DatabaseErrorException``, and ``BadRequestException`` no longer (RDS Data API reference,
    ``ExecuteStatement``). MiniStack answers ``BadRequestException``, as it does for a request that is wrong itself.
    """
    return Correction(operation("rds-data"), _of_the_database)


def _of_the_database(_request: AwsRequest, response: AwsResponse) -> AwsResponse:
    message = str(response.json().get("message", "")) if response.status == _STATUS else ""
    if not message.startswith(_MARK):
        return response
    return AwsResponse.json_error("DatabaseErrorException", f"ERROR: {message.removeprefix(_MARK).strip()}")
