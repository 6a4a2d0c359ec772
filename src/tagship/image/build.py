"""Builds an image with Docker and pushes it: Dockerfile in, digest out."""

import re
from collections.abc import Mapping
from pathlib import Path

from tagship.base.errors import NotReady
from tagship.base.events import Event, Events
from tagship.image.builder import BuildRequest
from tagship.image.engine import BuildOptions, Engine
from tagship.image.stream import BuildTranscript, PushTranscript

_ARG = re.compile(r"^\s*ARG\s+([A-Za-z_]\w*)", re.IGNORECASE | re.MULTILINE)


class DockerBuilder:
    """A ``Builder`` that has a Docker engine do the work.

    Args:
        engine: the door to Docker.
        events: who hears of steps and layers.
    """

    def __init__(self, engine: Engine, events: Events) -> None:
        self._engine = engine
        self._events = events

    def build_and_push(self, request: BuildRequest) -> str:
        """See ``Builder.build_and_push``."""
        self._build(request)
        return self._push(request)

    def _build(self, request: BuildRequest) -> None:
        transcript = BuildTranscript(request)
        for entry in self._engine.build(options_for(request, read_dockerfile(request))):
            self._tell(*transcript.read(entry))

    def _push(self, request: BuildRequest) -> str:
        transcript = PushTranscript(request)
        for entry in self._engine.push(request.repository_url, request.version, request.credentials):
            self._tell(*transcript.read(entry))
        pushed = transcript.ended()
        self._tell(pushed)
        return pushed.digest

    def _tell(self, *events: Event) -> None:
        for event in events:
            self._events.emit(event)


def read_dockerfile(request: BuildRequest) -> str:
    """The Dockerfile's text.

    Raises:
        NotReady: the context or the Dockerfile is not part of what git knows.
    """
    path = Path(request.context, request.dockerfile)
    try:
        return path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError, IsADirectoryError) as error:
        raise NotReady(
            f"`{request.version}` has no `{request.dockerfile}` in the build context of `{request.service}`.",
            hint=f"Commit it (`git status --ignored` shows whether git ignores it), "
            f"or correct `services.{request.service}.build` in `tagship.yaml`.",
        ) from error


def options_for(request: BuildRequest, dockerfile: str) -> BuildOptions:
    """What the engine is told: standard labels, and of our build arguments those that the Dockerfile declares."""
    declared = set(_ARG.findall(dockerfile))
    arguments = {"VERSION": request.version, "REVISION": request.revision}
    return BuildOptions(
        context=request.context,
        dockerfile=request.dockerfile,
        reference=f"{request.repository_url}:{request.version}",
        platform=request.platform,
        labels=labels_for(request),
        arguments={name: value for name, value in arguments.items() if name in declared},
    )


def labels_for(request: BuildRequest) -> Mapping[str, str]:
    """The labels of the OCI image specification (annotations.md, "Pre-Defined Annotation Keys")."""
    facts = {
        "version": request.version,
        "revision": request.revision,
        "source": request.source,
        "created": request.created.isoformat(),
    }
    return {f"org.opencontainers.image.{key}": value for key, value in facts.items() if value}
