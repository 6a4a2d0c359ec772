"""What comes of each kind of Dockerfile, with Docker's classic builder and with ``docker buildx``."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from docker.errors import APIError

from tagship.base.errors import TagshipError
from tagship.base.events import Events
from tagship.image.build import DockerBuilder
from tagship.image.builder import BuildRequest, RegistryCredentials
from tagship.image.engine import DockerEngine, connect
from tagship.image.stream import Entry
from tests.contract.image.kinds import FILES, KINDS, Kind
from tests.contract.image.with_buildx import buildx, needs_buildx

pytestmark = pytest.mark.docker

DIGEST = f"sha256:{'d' * 64}"
LABEL = "org.opencontainers.image.source"


class NoRegistry(DockerEngine):
    """The engine, and a registry that takes everything."""

    def push(self, repository: str, tag: str, credentials: RegistryCredentials) -> Iterator[Entry]:  # noqa: ARG002
        yield {"aux": {"Digest": DIGEST}}


@pytest.fixture
def request_(tmp_path: Path) -> Iterator[BuildRequest]:
    name = uuid4().hex[:12]
    yield BuildRequest(
        service="api",
        context=tmp_path,
        top=tmp_path,
        dockerfile="Dockerfile",
        version="v0.1.0",
        revision="c" * 40,
        source=name,
        created=datetime(2026, 1, 1, tzinfo=UTC),
        repository_url=f"registry.invalid/{name}",
        credentials=RegistryCredentials("registry.invalid", "AWS", "hush"),
    )
    with closing(connect()) as client:
        for image in client.images.list(filters={"label": f"{LABEL}={name}"}):
            with suppress(APIError):  # another test may be removing what both were built from
                client.images.remove(image.id or "", force=True)


def laid_out(kind: Kind, request: BuildRequest) -> BuildRequest:
    """The request for a kind, with its files written."""
    for name, content in {**FILES, **kind.files, kind.file: kind.dockerfile}.items():
        path = request.context / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode())
    for name, to in kind.links.items():
        (request.context / name).symlink_to(to)
    file = "Dockerfile" if "Dockerfile" in kind.links else kind.file
    return replace(request, dockerfile=file, **kind.asked)  # type: ignore[arg-type]


def outcome(builder: DockerBuilder, request: BuildRequest) -> str | None:
    """What is said; None where it is built."""
    try:
        assert builder.build_and_push(request) == DIGEST
    except TagshipError as error:
        return f"{error.message}\n{error.hint}"
    return None


def expect(said: str | None, wanted: str | None) -> None:
    assert said is None if wanted is None else said is not None
    assert (wanted or "") in (said or "")


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_the_classic_builder_builds_it_or_says_why_not(kind: Kind, request_: BuildRequest) -> None:
    builder = DockerBuilder(NoRegistry(), Events())
    expect(outcome(builder, laid_out(kind, request_)), kind.classic)


@needs_buildx
@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind.name)
def test_buildx_builds_it_or_says_why_not(kind: Kind, request_: BuildRequest) -> None:
    builder = DockerBuilder(NoRegistry(), Events(), buildx(KEY="hush-hush"))
    expect(outcome(builder, laid_out(kind, request_)), kind.buildx)
