"""What building an image is asked, and what it tells while it works. The real one is ``image/build.py``."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from tagship.base.events import Event
from tagship.base.fakes import Hooked

PLATFORM = "linux/amd64"
"""What Fargate runs unless a task definition says ARM64."""


@dataclass(frozen=True)
class RegistryCredentials:
    """How to sign in to a registry; ECR's password holds for 12 hours and never appears in a ``repr``."""

    registry: str
    """Host and, where there is one, port: ``111122223333.dkr.ecr.eu-central-1.amazonaws.com``."""
    username: str
    password: str = field(repr=False)


@dataclass(frozen=True)
class BuildRequest:
    """One image to build and push: plain values, no AWS."""

    service: str
    """Whose image this is; named in every event."""
    context: Path
    """The folder that the build sees, on this machine."""
    top: Path
    """The folder of everything that git holds at the tag: nothing that the build sees may lie outside."""
    dockerfile: str
    """The Dockerfile, relative to the context."""
    version: str
    """The image's tag, which is the git tag: ``v1.2.3``. Also the build arguments ``VERSION`` and
    ``TAGSHIP_VERSION``, where declared."""
    revision: str
    """The full commit id. Also the build arguments ``REVISION`` and ``TAGSHIP_COMMIT``, where declared."""
    source: str
    """Where the repository lives, or the empty string."""
    created: datetime
    """When the commit was made, so that the same commit gives the same labels."""
    repository_url: str
    """Where to push, without tag: ``111122223333.dkr.ecr.eu-central-1.amazonaws.com/notes-prod/api``."""
    credentials: RegistryCredentials
    platform: str = PLATFORM
    arguments: Mapping[str, str] = field(default_factory=dict)
    """The author's own build arguments."""
    target: str | None = None
    """The stage that becomes the image; None for the last one."""
    secrets: Mapping[str, str] = field(default_factory=dict)
    """By the id that ``RUN --mount=type=secret,id=…`` names, the variable of this process's environment that has it."""
    ssh: bool = False
    """Whether ``RUN --mount=type=ssh`` reaches the SSH agent of this process's environment."""


class Builder(Protocol):
    """What makes images."""

    def build_and_push(self, request: BuildRequest) -> str:
        """Build, push, and return the digest as the registry said it: ``sha256:…``.

        Events: ``BuildStep`` for each step, ``LayerPushed`` for each layer, ``ImagePushed`` at the end.

        Raises:
            EngineUnavailable: no Docker engine answers.
            NotReady: the Dockerfile needs BuildKit, or a secret's variable is not set.
            ProgramFailed: a step of the build failed, or the registry did not take the image.
            Refused: the tag exists and is immutable; ECR refuses the same image again too.
        """
        ...


@dataclass(frozen=True)
class BuildStep(Event):
    """A step of the Dockerfile begins."""

    service: str
    number: int
    of: int
    instruction: str
    """As the Dockerfile says it: ``RUN pip install …``."""


@dataclass(frozen=True)
class BuildLine(Event):
    """A line that a step of the build printed."""

    service: str
    text: str


@dataclass(frozen=True)
class LargeContext(Event):
    """A build context is larger than it need be; told before it is sent."""

    service: str
    bytes: int
    """Of all its files together."""
    biggest: tuple[tuple[str, int], ...]
    """Its biggest files with their bytes, the biggest first."""


@dataclass(frozen=True)
class LayerPushed(Event):
    """How far a layer has travelled to the registry."""

    service: str
    layer: str
    """The layer's short id."""
    sent: int
    """Bytes so far."""
    total: int
    """Bytes in all; 0 where the registry had the layer already."""


@dataclass(frozen=True)
class ImagePushed(Event):
    """The image is in the registry."""

    service: str
    reference: str
    """``repository_url:version``."""
    digest: str
    bytes: int
    """Bytes sent; layers that the registry had already do not count."""


class FakeBuilder(Hooked):
    """Builds nothing, remembers what it was asked, and answers with a digest made from the version.

    Args:
        digest_of: the digest for each request; default: derived from service, version and revision.
    """

    def __init__(self, digest_of: Callable[[BuildRequest], str] | None = None) -> None:
        self._digest_of = digest_of or _made_up_digest
        self.requests: list[BuildRequest] = []

    def build_and_push(self, request: BuildRequest) -> str:
        """See ``Builder.build_and_push``."""
        self.requests.append(request)
        return self._digest_of(request)


def _made_up_digest(request: BuildRequest) -> str:
    words = f"{request.service} {request.version} {request.revision}"
    return f"sha256:{hashlib.sha256(words.encode()).hexdigest()}"
