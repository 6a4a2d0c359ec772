import pytest
from botocore.exceptions import ClientError, EndpointConnectionError, NoCredentialsError, ReadTimeoutError

from tagship.aws.errors import translated
from tagship.base.errors import AwsConflict, AwsDenied, AwsError, AwsNotFound, AwsThrottled, AwsUnreachable


def refused(code: str) -> ClientError:
    return ClientError({"Error": {"Code": code, "Message": "words of AWS"}}, "UpdateService")


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
    with pytest.raises(AwsUnreachable, match="AWS did not answer"), translated():
        raise error


def test_missing_credentials_say_what_to_type() -> None:
    with pytest.raises(AwsDenied) as caught, translated():
        raise NoCredentialsError
    assert "aws sso login" in (caught.value.hint or "")
