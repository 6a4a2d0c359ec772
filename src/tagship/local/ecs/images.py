"""Which image a container definition means, and where it is pulled from. Pure."""

import re

_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")


def reference(image: str, registry: str) -> str:
    """An image as Docker must be asked for it.

    Args:
        image: of the container definition.
        registry: ``HOST:PORT`` of the registry of this endpoint, which stands for the account's ECR.
    """
    return _ECR.sub(f"{registry}/", image, count=1)


def pinned(image: str, digest: str | None) -> str:
    """The image by digest: later tasks of a deployment run what its first task pulled (``versionConsistency``)."""
    if digest is None or "@" in image:
        return image
    name, _, tag = image.rpartition(":")
    repository = name if name and "/" not in tag else image
    return f"{repository}@{digest}"


def is_local(image: str, registry: str) -> bool:
    """Whether the image comes from the registry of this endpoint, which is always asked."""
    return image.startswith(f"{registry}/")


def digest_of(image: str, repo_digests: list[str]) -> str | None:
    """The digest that Docker knows an image by: of the image's own repository, else any."""
    repository = image.partition("@")[0]
    own = [item for item in repo_digests if repository.startswith(item.partition("@")[0])]
    return next((item.partition("@")[2] for item in (*own, *repo_digests)), None)
