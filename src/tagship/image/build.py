"""Builds an image with Docker and pushes it: Dockerfile in, digest out."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

from tagship.image.context import Context, find
from tagship.image.engine import BuildOptions, Engine
from tagship.image.stream import BuildTranscript, PushTranscript
from tagship.manifest.dockerfile import build_arguments

if TYPE_CHECKING:
    from tagship.base.events import Event, Events
    from tagship.image.builder import BuildRequest


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
        for entry in self._engine.build(options_for(request, find(request))):
            self._emit(*transcript.read(entry))

    def _push(self, request: BuildRequest) -> str:
        transcript = PushTranscript(request)
        for entry in self._engine.push(request.repository_url, request.version, request.credentials):
            self._emit(*transcript.read(entry))
        pushed = transcript.ended()
        self._emit(pushed)
        return pushed.digest

    def _emit(self, *events: Event) -> None:
        for event in events:
            self._events.emit(event)


def options_for(request: BuildRequest, context: Context) -> BuildOptions:
    """What the engine is told: standard labels, and of our build arguments those that are the Dockerfile's to fill."""
    text = context.content.decode("utf-8", "replace")
    return BuildOptions(
        context=context,
        reference=f"{request.repository_url}:{request.version}",
        platform=request.platform,
        labels=labels_for(request),
        arguments=arguments_for(request, text),
    )


def arguments_for(request: BuildRequest, dockerfile: str) -> dict[str, str]:
    """Of our build arguments those that the Dockerfile declares.

    ``VERSION`` and ``REVISION`` are left alone where they choose a base image, as in ``ARG VERSION=3.12`` before
    ``FROM python:${VERSION}``: then they are the author's, and ``TAGSHIP_VERSION`` and ``TAGSHIP_COMMIT`` are ours.
    """
    found = build_arguments(dockerfile)
    ours = {"TAGSHIP_VERSION": request.version, "TAGSHIP_COMMIT": request.revision}
    shared = {"VERSION": request.version, "REVISION": request.revision}
    free = {name: value for name, value in shared.items() if name not in found.of_bases}
    return {name: value for name, value in {**ours, **free}.items() if name in found.declared}


def labels_for(request: BuildRequest) -> Mapping[str, str]:
    """The labels of the OCI image specification (annotations.md, "Pre-Defined Annotation Keys")."""
    facts = {
        "version": request.version,
        "revision": request.revision,
        "source": request.source,
        "created": request.created.isoformat(),
    }
    return {f"org.opencontainers.image.{key}": value for key, value in facts.items() if value}
