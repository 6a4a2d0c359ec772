"""botocore's errors, translated into ours at the door."""

from collections.abc import Iterator
from contextlib import contextmanager

from botocore.exceptions import (
    BotoCoreError,
    ClientError,
    HTTPClientError,
    NoCredentialsError,
    PartialCredentialsError,
)
from botocore.exceptions import ConnectionError as EndpointUnreachable

from tagship.base.errors import AwsConflict, AwsDenied, AwsError, AwsNotFound, AwsThrottled, AwsUnreachable

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
        {"RequestLimitExceeded", "SlowDown", "Throttling", "ThrottlingException", "TooManyRequestsException"}
    ),
    AwsDenied: frozenset(
        {
            "403",
            "AccessDenied",
            "AccessDeniedException",
            "ExpiredToken",
            "ExpiredTokenException",
            "InvalidClientTokenId",
            "SignatureDoesNotMatch",
            "UnauthorizedOperation",
            "UnrecognizedClientException",
        }
    ),
}


@contextmanager
def translated() -> Iterator[None]:
    """Turn what botocore raises inside into our own errors."""
    try:
        yield
    except ClientError as error:
        raise _from_answer(error) from error
    except (NoCredentialsError, PartialCredentialsError) as error:
        raise AwsDenied(
            "There are no AWS credentials.", hint="aws sso login, or set AWS_PROFILE; `--env local` needs none"
        ) from error
    except (HTTPClientError, EndpointUnreachable) as error:
        raise AwsUnreachable(
            f"AWS did not answer: {error}", hint="See that the network and the endpoint are there, then try again"
        ) from error
    except BotoCoreError as error:
        raise AwsError(f"The AWS SDK gave up: {error}") from error


def _from_answer(error: ClientError) -> AwsError:
    details = error.response.get("Error", {})
    code = details.get("Code", "")
    kind = next((kind for kind, codes in _KINDS.items() if code in codes), AwsError)
    return kind(f"AWS refused `{error.operation_name}`: {code}: {details.get('Message', '')}", code=code)
