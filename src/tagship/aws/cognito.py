"""The door to Cognito: whether a user pool, or one of its groups, has anybody in it."""

from functools import cached_property
from typing import Any, Protocol

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsNotFound


class UserPools(Protocol):
    """User pools, as far as a plan's guard needs them."""

    def has_users(self, pool: str, /) -> bool:
        """Whether a pool, by its id, has an account; none has where there is no such pool."""
        ...

    def has_members(self, pool: str, group: str, /) -> bool:
        """Whether anybody is in a group; nobody is where there is none."""
        ...


class AwsUserPools:
    """User pools by their API; see ``UserPools``."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> Any:  # noqa: ANN401 - a boto3 client
        return self._aws.client("cognito-idp")

    def has_users(self, pool: str, /) -> bool:
        """See ``UserPools.has_users``."""
        try:
            with translated():
                return bool(self._client.list_users(UserPoolId=pool, Limit=1)["Users"])
        except AwsNotFound:
            return False

    def has_members(self, pool: str, group: str, /) -> bool:
        """See ``UserPools.has_members``."""
        try:
            with translated():
                return bool(self._client.list_users_in_group(UserPoolId=pool, GroupName=group, Limit=1)["Users"])
        except AwsNotFound:
            return False
