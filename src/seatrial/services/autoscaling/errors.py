"""Application Auto Scaling's errors: its codes and its words (API reference, section "Errors" of each action)."""

from collections.abc import Sequence

from seatrial.core.internal import AwsCallError


def invalid(message: str) -> AwsCallError:
    """What AWS calls a validation error."""
    return AwsCallError("ValidationException", message)


def constraints(sentences: Sequence[str]) -> AwsCallError:
    """A request that AWS's model does not allow."""
    plural = "s" if len(sentences) > 1 else ""
    return invalid(f"{len(sentences)} validation error{plural} detected: {'; '.join(sentences)}")


def unsupported() -> AwsCallError:
    """Namespace, resource and dimension do not belong together."""
    return invalid("Unsupported service namespace, resource type or scalable dimension")


def not_found(what: str, namespace: str, resource: str, dimension: str) -> AwsCallError:
    """Nothing of that kind; ``what`` as in ``No scaling policy found``."""
    return AwsCallError(
        "ObjectNotFoundException",
        f"{what} for service namespace: {namespace}, resource ID: {resource}, scalable dimension: {dimension}",
    )


def resource_not_found(arn: str) -> AwsCallError:
    """No scalable target has this ARN (tags)."""
    return AwsCallError("ResourceNotFoundException", f"The specified resource doesn't exist: {arn}")


def too_many_tags(name: str) -> AwsCallError:
    """A scalable target can have 50 tags."""
    return AwsCallError("TooManyTagsException", f"The maximum number of tags is exceeded: {name}")


def alarms_failed(message: str) -> AwsCallError:
    """CloudWatch did not take a policy's alarms."""
    return AwsCallError("FailedResourceAccessException", message)


def bad_token() -> AwsCallError:
    """A token that this service did not give."""
    return AwsCallError("InvalidNextTokenException", "The specified token is invalid.")
