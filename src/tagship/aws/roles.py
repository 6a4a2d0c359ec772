"""The door to IAM's service-linked roles: those that AWS's own services act with, one of each in an account."""

from typing import Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsError

_TAKEN = "has been taken in this account"
"""The end of IAM's ``InvalidInput`` where the role is there already."""


class ServiceRoles(Protocol):
    """What an account needs once, before its first environment."""

    def ensure(self, service: str, /) -> bool:
        """Make the role of a service, such as ``ecs.amazonaws.com``; returns whether it was made.

        Raises:
            AwsDenied: these credentials may not (``iam:CreateServiceLinkedRole``).
        """
        ...


class _IamClient(Protocol):
    """boto3's client of IAM, as far as it is used here."""

    def create_service_linked_role(self, *, AWSServiceName: str) -> object:  # noqa: N803 - boto3's own
        ...


class AwsServiceRoles:
    """IAM by its API; see ``ServiceRoles``."""

    def __init__(self, aws: Aws) -> None:
        self._iam = cast("_IamClient", aws.client("iam"))

    def ensure(self, service: str, /) -> bool:
        """See ``ServiceRoles.ensure``."""
        try:
            with translated():
                self._iam.create_service_linked_role(AWSServiceName=service)
        except AwsError as error:
            if _TAKEN in error.message:
                return False
            raise
        return True
