"""The door to ECR: which image a tag is, and how to sign in."""

import base64
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Protocol, cast

from tagship.aws.errors import translated
from tagship.aws.session import Aws
from tagship.base.errors import AwsNotFound

if TYPE_CHECKING:  # the stubs are no run-time dependency
    from types_boto3_ecr import ECRClient


@dataclass(frozen=True)
class SignIn:
    """Credentials of a registry, good for 12 hours; ``registry`` is host and, where there is one, port."""

    registry: str
    username: str
    password: str = field(repr=False)


class Ecr(Protocol):
    """ECR, as far as a release needs it."""

    def digest_of(self, repository: str, tag: str) -> str | None:
        """``sha256:…`` of the image with this tag, or None where no image has it.

        Raises:
            AwsNotFound: there is no such repository.
        """
        ...

    def has(self, repository: str, digest: str) -> bool:
        """Whether the registry still has the image with this digest."""
        ...

    def sign_in(self) -> SignIn:
        """Credentials for pushing and pulling."""
        ...


class AwsEcr:
    """ECR by its API; see ``Ecr``."""

    def __init__(self, aws: Aws) -> None:
        self._aws = aws

    @cached_property
    def _client(self) -> "ECRClient":
        return cast("ECRClient", self._aws.client("ecr"))

    def digest_of(self, repository: str, tag: str) -> str | None:
        """See ``Ecr.digest_of``."""
        try:
            with translated():
                found = self._client.describe_images(repositoryName=repository, imageIds=[{"imageTag": tag}])
        except AwsNotFound as error:
            if error.code == "RepositoryNotFoundException":
                raise
            return None
        return found["imageDetails"][0]["imageDigest"] if found["imageDetails"] else None

    def has(self, repository: str, digest: str) -> bool:
        """See ``Ecr.has``."""
        try:
            with translated():
                found = self._client.describe_images(repositoryName=repository, imageIds=[{"imageDigest": digest}])
        except AwsNotFound:
            return False
        return bool(found["imageDetails"])

    def has_images(self, repository: str, /) -> bool:
        """Whether anything lies in a repository; nothing does where there is none."""
        try:
            with translated():
                return bool(self._client.list_images(repositoryName=repository, maxResults=1)["imageIds"])
        except AwsNotFound:
            return False

    def sign_in(self) -> SignIn:
        """See ``Ecr.sign_in``."""
        with translated():
            token = self._client.get_authorization_token()["authorizationData"][0]
        username, _, password = base64.b64decode(token["authorizationToken"]).decode().partition(":")
        registry = token["proxyEndpoint"].partition("://")[2]
        return SignIn(registry=registry, username=username, password=password)
