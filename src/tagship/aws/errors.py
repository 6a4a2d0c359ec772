"""botocore's errors, translated into ours at the door."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from tagship.base.errors import (
    AwsConflict,
    AwsDenied,
    AwsError,
    AwsExpired,
    AwsNotFound,
    AwsThrottled,
    AwsUnreachable,
)

if TYPE_CHECKING:
    from botocore.exceptions import ClientError

_KINDS: dict[type[AwsError], frozenset[str]] = {
    AwsNotFound: frozenset(
        {
            "404",
            "ClusterNotFoundException",
            "DBClusterNotFoundFault",
            "DBClusterSnapshotNotFoundFault",
            "DBInstanceNotFound",
            "ImageNotFoundException",
            "InvalidSubnetID.NotFound",
            "LoadBalancerNotFound",
            "NoSuchBucket",
            "NoSuchEntity",
            "NoSuchKey",
            "NotFound",
            "ObjectNotFoundException",
            "RepositoryNotFoundException",
            "NoSuchDistribution",
            "NoSuchInvalidation",
            "ResourceNotFoundException",
            "ServiceDeploymentNotFoundException",
            "ServiceNotActiveException",
            "ServiceNotFoundException",
            "TargetGroupNotFound",
        }
    ),
    AwsConflict: frozenset({"409", "412", "ConditionalRequestConflict", "ConflictException", "PreconditionFailed"}),
    AwsThrottled: frozenset(
        {
            "BandwidthLimitExceeded",
            "EC2ThrottledException",
            "PriorRequestNotComplete",
            "ProvisionedThroughputExceededException",
            "RequestLimitExceeded",
            "RequestThrottled",
            "RequestThrottledException",
            "SlowDown",
            "ThrottledException",
            "Throttling",
            "ThrottlingException",
            "TooManyRequestsException",
            "TransactionInProgressException",
        }
    ),
    AwsExpired: frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired"}),
    AwsDenied: frozenset(
        {
            "403",
            "AccessDenied",
            "AccessDeniedException",
            "InvalidClientTokenId",
            "InvalidSignatureException",
            "RequestTimeTooSkewed",
            "SignatureDoesNotMatch",
            "UnauthorizedOperation",
            "UnrecognizedClientException",
        }
    ),
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn what botocore raises inside into our own errors."""
    from botocore.exceptions import (  # noqa: PLC0415 - whoever calls AWS has it, and others need it not
        BotoCoreError,
        ClientError,
        CredentialRetrievalError,
        HTTPClientError,
        NoCredentialsError,
        PartialCredentialsError,
        SSOError,
        TokenRetrievalError,
    )
    from botocore.exceptions import ConnectionError as EndpointUnreachable  # noqa: PLC0415 - as above

    try:
        yield
    except ClientError as error:
        raise _from_answer(error) from error
    except RuntimeError as error:
        if _STILL_EXPIRED not in str(error):
            raise
        raise AwsExpired("The AWS credentials have expired.", hint=_SIGN_IN) from error
    except (CredentialRetrievalError, SSOError, TokenRetrievalError) as error:
        raise AwsExpired(f"The AWS credentials cannot be renewed: {error}", hint=_SIGN_IN) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise AwsDenied(
            "There are no AWS credentials.", hint="aws sso login, or set AWS_PROFILE; `--env local` needs none"
        ) from error
    except (HTTPClientError, EndpointUnreachable) as error:
        raise AwsUnreachable(
            f"AWS did not respond: {error}", hint="Check the network and the endpoint, then try again"
        ) from error
    except BotoCoreError as error:
        raise AwsError(f"The AWS SDK gave up: {error}") from error


_SIGN_IN = "aws sso login, or new credentials; to resume a release that was cut off: tagship deploy --resume newest"
_STILL_EXPIRED = "refreshed credentials are still expired"
"""What botocore says, as a plain RuntimeError, where the variables of before are there still."""
_SKEWED = ("RequestTimeTooSkewed", "Signature expired", "Signature not yet current")
_FAILED = 500
"""HTTP's statuses from here on are the server's own failures: the request may be sent again (RFC 9110, 15.6)."""


def _from_answer(error: "ClientError") -> AwsError:
    details = error.response.get("Error", {})
    code, words = details.get("Code", ""), details.get("Message", "")
    kind = next((kind for kind, codes in _KINDS.items() if code in codes), AwsError)
    said = f"{code}: {words}"
    if kind is AwsExpired:
        said, hint = f"The AWS credentials have expired (`{error.operation_name}`): {said}", _SIGN_IN
        return AwsExpired(said, code=code, hint=hint)
    if kind is AwsDenied and any(sign in said for sign in _SKEWED):
        skewed = "This machine's clock differs from AWS's, so AWS refused"
        return AwsDenied(f"{skewed} `{error.operation_name}`: {said}", code=code, hint="Set the clock, and try again")
    if kind is AwsError and error.response.get("ResponseMetadata", {}).get("HTTPStatusCode", 0) >= _FAILED:
        return AwsUnreachable(f"AWS failed at `{error.operation_name}`: {said}", code=code, hint="Try again")
    return kind(f"AWS refused `{error.operation_name}`: {said}", code=code)
