"""Lambda's quotas."""

import json

import pytest

from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse
from seatrial.ministack.corrections.functions import environments_within_quotas, payloads_within_quotas
from seatrial.process.images.lambda_runtime import MOST, within

MB = 1 << 20
INVOKE = "/2015-03-31/functions/notes/invocations"


def invocation(size: int, kind: str | None = None, path: str = INVOKE) -> AwsRequest:
    headers = {"content-length": str(size)} | ({"x-amz-invocation-type": kind} if kind else {})
    return AwsRequest("POST", path, service="lambda", headers=headers)


@pytest.mark.parametrize(
    ("request_", "refused"),
    [
        (invocation(6 * MB), False),
        (invocation(6 * MB + 1), True),
        (invocation(MB, "Event"), False),
        (invocation(MB + 1, "Event"), True),
        (invocation(MB + 1, "RequestResponse"), False),
        (invocation(9 * MB, "DryRun"), False),
        (invocation(9 * MB, path="/2015-03-31/functions"), False),
    ],
)
def test_a_payload_beyond_its_invocations_quota_is_refused(request_: AwsRequest, refused: bool) -> None:  # noqa: FBT001
    assert payloads_within_quotas().applies(request_) == refused


async def test_the_refusal_is_told_as_lambda_tells_it() -> None:
    answer = await payloads_within_quotas().answer(invocation(6 * MB + 1))
    assert answer.status == 413
    assert answer.headers["x-amzn-errortype"] == "RequestTooLargeException"
    assert answer.json()["message"] == (
        "6291457 byte payload is too large for the RequestResponse invocation type (limit 6291456 bytes)"
    )


def configured(size: int, method: str = "POST", path: str = "/2015-03-31/functions") -> AwsRequest:
    variables = {"A": "x" * (size - len('{"A":""}'))}
    body = json.dumps({"Environment": {"Variables": variables}}).encode()
    return AwsRequest(method, path, service="lambda", body=body)


def test_variables_of_four_kilobytes_are_taken_and_one_byte_more_is_not() -> None:
    rewrite = environments_within_quotas().rewrite
    assert rewrite(configured(4096)) == configured(4096)
    with pytest.raises(AwsCallError, match="exceeded the 4KB limit") as caught:
        rewrite(configured(4097))
    assert caught.value.code == "InvalidParameterValueException"


@pytest.mark.parametrize(
    ("method", "path", "applies"),
    [
        ("POST", "/2015-03-31/functions", True),
        ("POST", "/2015-03-31/functions/", True),
        ("PUT", "/2015-03-31/functions/notes/configuration", True),
        ("GET", "/2015-03-31/functions/notes/configuration", False),
        ("PUT", "/2015-03-31/functions/notes/code", False),
    ],
)
def test_variables_are_looked_at_where_a_function_gets_them(method: str, path: str, applies: bool) -> None:  # noqa: FBT001
    assert environments_within_quotas().applies(configured(9, method, path)) == applies


def test_an_error_of_lambda_is_json_that_sdks_read_by_its_header() -> None:
    answer = AwsResponse.error(configured(9), "InvalidParameterValueException", "No.")
    assert answer.headers["content-type"] == "application/json"
    assert (answer.status, answer.headers["x-amzn-errortype"]) == (400, "InvalidParameterValueException")


def test_the_runtime_of_the_image_that_is_built_answers_no_more_than_lambda_does() -> None:
    assert within(b"x" * MOST) == b"x" * MOST
    assert json.loads(within(b"x" * (MOST + 1)))["errorType"] == "Function.ResponseSizeTooLarge"
