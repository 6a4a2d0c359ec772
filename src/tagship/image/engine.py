"""The door to Docker for building and pushing: connect, send, hand on what the engine says, line by line."""

import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from tagship.base.errors import EngineUnavailable
from tagship.image.builder import RegistryCredentials
from tagship.image.context import Context, packed
from tagship.image.stream import Entry

if TYPE_CHECKING:  # a release that builds nothing needs no Docker
    from docker import DockerClient

SILENCE = 600
"""Seconds without a word after which a push is given up; a build may be silent as long as it likes."""

INSTALL = (
    "Start Docker, or install it: `sudo apt-get install docker.io` on Debian and Ubuntu, "
    "Docker Desktop, colima or OrbStack elsewhere."
)

MAY_NOT = "This user has no access to it: `sudo usermod -aG docker $USER`, then log in again."


@dataclass(frozen=True)
class BuildOptions:
    """What the engine is told about a build."""

    context: Context
    reference: str
    """``repository:tag`` of the result."""
    platform: str
    labels: Mapping[str, str]
    arguments: Mapping[str, str]
    target: str | None = None


class Engine(Protocol):
    """What builds and pushes. Both stream: closing the iterator ends the work."""

    def build(self, options: BuildOptions) -> Iterator[Entry]:
        """Build an image; what the engine refuses is an entry with ``error``, too.

        Raises:
            EngineUnavailable: no Docker engine answers.
        """
        ...

    def push(self, repository: str, tag: str, credentials: RegistryCredentials) -> Iterator[Entry]:
        """Push an image. Raises as ``build`` does."""
        ...


class DockerEngine:
    """The engine that ``docker`` on this machine would use; each piece of work has a connection of its own."""

    def build(self, options: BuildOptions) -> Iterator[Entry]:
        """See ``Engine.build``."""
        with closing(connect()) as client, packed(options.context) as archive:
            yield from _answers(
                "build an image",
                lambda: client.api.build(
                    fileobj=archive,
                    custom_context=True,
                    dockerfile=options.context.dockerfile,
                    tag=options.reference,
                    platform=options.platform,
                    labels=dict(options.labels),
                    buildargs=dict(options.arguments),
                    target=options.target,
                    rm=True,
                    forcerm=True,
                    decode=True,
                ),
            )

    def push(self, repository: str, tag: str, credentials: RegistryCredentials) -> Iterator[Entry]:
        """See ``Engine.push``."""
        signed_in = {"username": credentials.username, "password": credentials.password}
        with closing(connect()) as client:
            yield from _answers(
                "push an image",
                lambda: client.api.push(repository, tag, stream=True, decode=True, auth_config=signed_in),
            )


def connect() -> "DockerClient":
    """A client for ``DOCKER_HOST``, else the current ``docker context``, else the default socket.

    Raises:
        EngineUnavailable: nothing answers there.
    """
    from docker import DockerClient  # noqa: PLC0415 - a release that builds nothing needs no Docker
    from docker.errors import DockerException  # noqa: PLC0415 - as above
    from requests.exceptions import RequestException  # noqa: PLC0415 - as above

    try:
        client = DockerClient.from_env(timeout=SILENCE) if os.environ.get("DOCKER_HOST") else _of_current_context()
        client.ping()
    except (DockerException, RequestException) as error:
        hint = MAY_NOT if "Permission denied" in str(error) else INSTALL
        raise EngineUnavailable(f"Cannot connect to a Docker engine: {error}.", hint=hint) from error
    return client


def _of_current_context() -> "DockerClient":
    from docker import ContextAPI, DockerClient  # noqa: PLC0415 - as above

    name = os.environ.get("DOCKER_CONTEXT")
    context = ContextAPI.get_context(name)
    if context is None:
        raise EngineUnavailable(f"There is no Docker context `{name}`.", hint="`docker context ls` lists them.")
    return DockerClient(base_url=context.Host, tls=context.tls_cfg.get("docker", False), timeout=SILENCE)


def _answers(doing: str, ask: Callable[[], Iterator[Entry]]) -> Iterator[Entry]:
    """What the engine says; where it refuses to begin, that is an entry like the one of a step that fails.

    The SDK's ``APIError``, an answer of the engine, is also a ``RequestException``, which no answer is.
    """
    from docker.errors import APIError, DockerException  # noqa: PLC0415 - as above
    from requests.exceptions import RequestException  # noqa: PLC0415 - as above

    try:
        yield from ask()
    except APIError as error:
        yield {"error": str(error.explanation or error)}
    except RequestException as error:
        raise EngineUnavailable(
            f"Lost the connection to the Docker engine, which was to {doing}: {error}.", hint=INSTALL
        ) from error
    except DockerException as error:
        yield {"error": str(error)}
