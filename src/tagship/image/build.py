"""Builds an image with Docker and pushes it: Dockerfile in, digest out."""

from __future__ import annotations

from collections.abc import Generator, Iterable, Mapping, Sequence
from contextlib import closing
from typing import TYPE_CHECKING

from tagship.image.builder import LargeContext
from tagship.image.context import Context, find
from tagship.image.engine import BuildOptions, Engine
from tagship.image.layout import LARGE, SHOWN, sizes
from tagship.image.needs import require_classic
from tagship.image.stream import BuildTranscript, PushTranscript
from tagship.manifest.dockerfile import build_arguments

if TYPE_CHECKING:
    from tagship.base.events import Event, Events
    from tagship.image.builder import BuildRequest
    from tagship.image.buildx import Buildx


class DockerBuilder:
    """A ``Builder`` that has a Docker engine do the work.

    Args:
        engine: the door to Docker.
        events: who hears of steps and layers.
        buildx: builds where it is at hand; without it Docker's classic builder does.
    """

    def __init__(self, engine: Engine, events: Events, buildx: Buildx | None = None) -> None:
        self._engine = engine
        self._events = events
        self._buildx = buildx

    def build_and_push(self, request: BuildRequest) -> str:
        """See ``Builder.build_and_push``."""
        self._build(request)
        return self._push(request)

    def _build(self, request: BuildRequest) -> None:
        context = find(request)
        options = options_for(request, context)
        with_buildx = self._buildx if self._buildx is not None and self._buildx.answers() else None
        if with_buildx is None:
            require_classic(request, context.content.decode("utf-8", "replace"))
        self._emit(large(request, sizes(context)))
        with closing(with_buildx.build(request, options) if with_buildx else self._classic(request, options)) as told:
            self._emit(told)

    def _classic(self, request: BuildRequest, options: BuildOptions) -> Generator[Event]:
        transcript = BuildTranscript(request)
        for entry in self._engine.build(options):
            yield from transcript.read(entry)

    def _push(self, request: BuildRequest) -> str:
        transcript = PushTranscript(request)
        for entry in self._engine.push(request.repository_url, request.version, request.credentials):
            self._emit(transcript.read(entry))
        pushed = transcript.ended()
        self._emit([pushed])
        return pushed.digest

    def _emit(self, events: Iterable[Event]) -> None:
        for event in events:
            self._events.emit(event)


def large(request: BuildRequest, found: Sequence[tuple[str, int]]) -> list[Event]:
    """What is said of a context of these files, biggest first: nothing where it is small."""
    total = sum(size for _, size in found)
    return [LargeContext(request.service, total, tuple(found[:SHOWN]))] if total > LARGE else []


def options_for(request: BuildRequest, context: Context) -> BuildOptions:
    """What the engine is told: standard labels, and of our build arguments those that are the Dockerfile's to fill."""
    text = context.content.decode("utf-8", "replace")
    return BuildOptions(
        context=context,
        reference=f"{request.repository_url}:{request.version}",
        platform=request.platform,
        labels=labels_for(request),
        arguments=arguments_for(request, text),
        target=request.target,
    )


def arguments_for(request: BuildRequest, dockerfile: str) -> dict[str, str]:
    """The author's build arguments, and of ours those that the Dockerfile declares.

    ``VERSION`` and ``REVISION`` are left alone where they choose a base image, as in ``ARG VERSION=3.12`` before
    ``FROM python:${VERSION}``: then they are the author's, and ``TAGSHIP_VERSION`` and ``TAGSHIP_COMMIT`` are ours.
    """
    found = build_arguments(dockerfile)
    ours = {"TAGSHIP_VERSION": request.version, "TAGSHIP_COMMIT": request.revision}
    shared = {"VERSION": request.version, "REVISION": request.revision}
    free = {name: value for name, value in shared.items() if name not in found.of_bases}
    declared = {name: value for name, value in {**ours, **free}.items() if name in found.declared}
    return {**declared, **request.arguments}


def labels_for(request: BuildRequest) -> Mapping[str, str]:
    """The labels of the OCI image specification (annotations.md, "Pre-Defined Annotation Keys")."""
    facts = {
        "version": request.version,
        "revision": request.revision,
        "source": request.source,
        "created": request.created.isoformat(),
    }
    return {f"org.opencontainers.image.{key}": value for key, value in facts.items() if value}
