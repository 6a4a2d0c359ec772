import pytest
from botocore.exceptions import (
    ClientError,
    EndpointConnectionError,
    NoCredentialsError,
    ReadTimeoutError,
    TokenRetrievalError,
)
from botocore.retries.standard import ThrottledRetryableChecker

from tagship.aws.errors import translated
from tagship.base.errors import (
    AwsConflict,
    AwsDenied,
    AwsError,
    AwsExpired,
    AwsNotFound,
    AwsThrottled,
    AwsUnreachable,
)


def refused(code: str, status: int = 400, words: str = "words of AWS") -> ClientError:
    answer = {"Error": {"Code": code, "Message": words}, "ResponseMetadata": {"HTTPStatusCode": status}}
    return ClientError(answer, "UpdateService")  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("code", "kind"),
    [
        ("ServiceNotFoundException", AwsNotFound),
        ("NoSuchBucket", AwsNotFound),
        ("PreconditionFailed", AwsConflict),
        ("ThrottlingException", AwsThrottled),
        ("AccessDeniedException", AwsDenied),
        ("SomethingElse", AwsError),
    ],
)
def test_an_answer_becomes_an_error_of_its_kind_with_awss_own_words(code: str, kind: type[AwsError]) -> None:
    with pytest.raises(kind, match=f"`UpdateService`: {code}: words of AWS") as caught, translated():
        raise refused(code)
    assert type(caught.value) is kind
    assert caught.value.code == code


@pytest.mark.parametrize(
    "error", [EndpointConnectionError(endpoint_url="http://gone"), ReadTimeoutError(endpoint_url="http://slow")]
)
def test_no_answer_is_told_from_a_refusal(error: Exception) -> None:
    with pytest.raises(AwsUnreachable, match="AWS did not respond"), translated():
        raise error


def test_missing_credentials_say_what_to_type() -> None:
    with pytest.raises(AwsDenied) as caught, translated():
        raise NoCredentialsError
    assert "aws sso login" in (caught.value.hint or "")


@pytest.mark.parametrize(
    ("code", "status"),
    [
        ("ServerException", 500),
        ("InternalFailure", 500),
        ("InternalServerError", 500),
        ("ServiceUnavailable", 503),
        ("500", 500),
        ("502", 502),
        ("NobodyKnows", 504),
    ],
)
def test_a_failure_on_awss_own_side_counts_as_no_answer(code: str, status: int) -> None:
    with pytest.raises(AwsUnreachable, match=f"AWS failed at `UpdateService`: {code}"), translated():
        raise refused(code, status)


THROTTLED: list[str] = ThrottledRetryableChecker._THROTTLED_ERROR_CODES  # type: ignore[attr-defined]


@pytest.mark.parametrize("code", sorted({*THROTTLED} - {"LimitExceededException"}))
@pytest.mark.parametrize("status", [400, 503])
def test_whatever_botocore_calls_throttling_is_throttling(code: str, status: int) -> None:
    """But LimitExceededException: of ECS, Logs and IAM it is a limit on things, which no waiting helps."""
    with pytest.raises(AwsThrottled), translated():
        raise refused(code, status)


@pytest.mark.parametrize("error", [refused("ExpiredTokenException"), refused("ExpiredToken", 403)])
def test_credentials_that_have_expired_are_told_as_such_and_how_to_go_on(error: ClientError) -> None:
    with pytest.raises(AwsExpired, match="credentials have expired") as caught, translated():
        raise error
    assert "tagship deploy --resume newest" in (caught.value.hint or "")


def test_a_sign_in_that_cannot_be_renewed_is_told_as_such() -> None:
    with pytest.raises(AwsExpired, match="cannot be renewed"), translated():
        raise TokenRetrievalError(provider="sso", error_msg="Token has expired and refresh failed")


@pytest.mark.parametrize(
    "error",
    [
        refused("RequestTimeTooSkewed", 403),
        refused("InvalidSignatureException", 400, "Signature expired: 20260101T000000Z is now earlier than …"),
        refused("SignatureDoesNotMatch", 403, "Signature not yet current: 20260102T000000Z is still later than …"),
    ],
)
def test_a_clock_so_wrong_that_aws_refuses_is_named(error: ClientError) -> None:
    with pytest.raises(AwsDenied, match="clock differs") as caught, translated():
        raise error
    assert "Set the clock" in (caught.value.hint or "")


def test_variables_that_have_expired_are_told_as_such_although_botocore_raises_no_error_of_its_own() -> None:
    with pytest.raises(AwsExpired, match="have expired"), translated():
        raise RuntimeError("Credentials were refreshed, but the refreshed credentials are still expired.")
    with pytest.raises(RuntimeError, match="another"), translated():
        raise RuntimeError("another")
