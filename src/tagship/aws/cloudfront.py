"""The door to CloudFront: whether a distribution is ready, and invalidations."""

from functools import cached_property
from typing import TYPE_CHECKING, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_cloudfront import CloudFrontClient


class AwsCloudFront:
    """Distributions; CloudFront is one service for all regions."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> "CloudFrontClient":
        return cast("CloudFrontClient", self._aws.client("cloudfront"))

    def deployed(self, distribution: str) -> bool:
        """Whether every edge location has the distribution's configuration.

        Raises:
            AwsNotFound: there is no such distribution.
        """
        with translated():
            return self._client.get_distribution(Id=distribution)["Distribution"]["Status"] == "Deployed"

    def invalidate(self, distribution: str, paths: tuple[str, ...], reference: str) -> str:
        """Have every edge location forget paths.

        Args:
            distribution: its id.
            paths: the paths as in URLs, encoded; ``/*`` is everything.
            reference: the same one with the same paths starts nothing new (``CallerReference``).

        Returns:
            The invalidation's id.

        Raises:
            AwsNotFound: there is no such distribution.
        """
        batch = {"Paths": {"Quantity": len(paths), "Items": list(paths)}, "CallerReference": reference}
        with translated():
            return self._client.create_invalidation(
                DistributionId=distribution,
                InvalidationBatch=batch,  # type: ignore[arg-type]
            )["Invalidation"]["Id"]

    def invalidated(self, distribution: str, invalidation: str) -> bool:
        """Whether every edge location has forgotten.

        Raises:
            AwsNotFound: there is no such invalidation.
        """
        with translated():
            found = self._client.get_invalidation(DistributionId=distribution, Id=invalidation)
            return found["Invalidation"]["Status"] == "Completed"
