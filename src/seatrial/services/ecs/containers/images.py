"""Which image a container definition means, and where it is pulled from. Pure."""

import re

_ECR = re.compile(r"(\d{12})\.dkr\.ecr\.[a-z0-9-]+\.amazonaws\.com(\.cn)?/")


def reference(image: str, registry: str) -> str:
    """An image as Docker must be asked for it.

    Args:
        image: the image of the container definition.
        registry: ``HOST:PORT`` of the registry of this endpoint, which stands for the account's ECR.
    """
    return _ECR.sub(f"{registry}/", image, count=1)


def pinned(image: str, digest: str | None) -> str:
    """The image by digest: later tasks of a deployment run what its first task pulled (``versionConsistency``)."""
    if digest is None or "@" in image:
        return image
    return f"{_repository(image)}@{digest}"


def is_local(image: str, registry: str) -> bool:
    """Whether the image comes from the registry of this endpoint, which is always asked."""
    return image.startswith(f"{registry}/")


def repository_of(image: str, registry: str) -> str:
    """The repository of an image of this endpoint's registry: its name alone."""
    return _repository(image).removeprefix(f"{registry}/")


def digest_of(image: str, repo_digests: list[str]) -> str | None:
    """The digest that Docker knows an image by in the image's own repository, or None.

    The same image may have been pushed elsewhere under another name; that digest cannot be pulled from here.
    """
    repository = _repository(image)
    digests = dict(item.split("@", 1) for item in repo_digests)
    return digests.get(repository)


def _repository(image: str) -> str:
    name = image.partition("@")[0]
    before, colon, tag = name.rpartition(":")
    return before if colon and "/" not in tag else name
