"""The real builder against a real engine and the embedded AWS's registry."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest
from docker.errors import ImageNotFound

from tagship.aws.ecr import AwsEcr
from tagship.aws.session import Aws
from tagship.base.clock import SystemClock
from tagship.base.errors import AwsNotFound, EngineUnavailable, ProgramFailed, Refused
from tagship.base.events import Event, Events
from tagship.image.build import DockerBuilder
from tagship.image.builder import BuildLine, BuildRequest, BuildStep, ImagePushed, LayerPushed, RegistryCredentials
from tagship.image.engine import DockerEngine, connect
from tagship.image.registry import OciRegistry
from tests.contract.conftest import RunningAws, access
from tests.contract.image.with_buildx import buildx, needs_buildx

pytestmark = pytest.mark.docker

BASE = "python:3.11-slim-bookworm"


def builder(*listeners: "list[Event]") -> DockerBuilder:
    return DockerBuilder(DockerEngine(), Events(*(heard.append for heard in listeners)))


@pytest.fixture
def request_(local_aws: RunningAws, tmp_path: Path) -> Iterator[BuildRequest]:
    """A build of one file, from nothing, into an empty repository with immutable tags."""
    ecr = local_aws.client("ecr")
    name = f"image/{uuid4().hex[:12]}"
    repository = ecr.create_repository(repositoryName=name, imageTagMutability="IMMUTABLE")["repository"]
    (tmp_path / "Dockerfile").write_text("FROM scratch\nARG REVISION\nLABEL seen=$REVISION\nCOPY . /\n")
    (tmp_path / ".dockerignore").write_text("Dockerfile\n.dockerignore\nsecret*\n")
    (tmp_path / "hello.txt").write_text(name)
    url, signed_in = repository["repositoryUri"], AwsEcr(Aws(access(local_aws))).sign_in()
    yield BuildRequest(
        service="api",
        context=tmp_path,
        top=tmp_path,
        dockerfile="Dockerfile",
        version="v0.1.0",
        revision="c" * 40,
        source=f"https://example.org/{name}.git",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        repository_url=url,
        credentials=RegistryCredentials(signed_in.registry, signed_in.username, signed_in.password),
    )
    remove_images(f"org.opencontainers.image.source=https://example.org/{name}.git")
    ecr.delete_repository(repositoryName=name, force=True)


def test_the_digest_is_the_registrys_own(local_aws: RunningAws, request_: BuildRequest) -> None:
    heard: list[Event] = []
    digest = builder(heard).build_and_push(request_)
    name = request_.repository_url.partition("/")[2]
    (image,) = local_aws.client("ecr").describe_images(repositoryName=name)["imageDetails"]
    assert (image["imageDigest"], image["imageTags"]) == (digest, ["v0.1.0"])
    assert isinstance(heard[0], BuildStep)
    assert heard[0].instruction == "FROM scratch"
    assert any(isinstance(event, LayerPushed) for event in heard)
    assert isinstance(heard[-1], ImagePushed)
    assert heard[-1].digest == digest


def test_the_image_carries_labels_and_declared_arguments(request_: BuildRequest) -> None:
    builder().build_and_push(request_)
    with closing(connect()) as client:
        labels = client.images.get(f"{request_.repository_url}:v0.1.0").labels
    assert labels["seen"] == labels["org.opencontainers.image.revision"] == "c" * 40
    assert labels["org.opencontainers.image.version"] == "v0.1.0"


def test_what_dockerignore_names_stays_out_of_the_image(request_: BuildRequest) -> None:
    (request_.context / "secret.txt").write_text("hush")
    archive = exported(request_)
    assert b"hello.txt" in archive
    assert b"secret.txt" not in archive


def test_the_registry_tells_from_which_commit_an_image_was_built(request_: BuildRequest) -> None:
    builder().build_and_push(request_)
    known = request_.credentials
    assert OciRegistry().commit_of(request_.repository_url, "v0.1.0", known) == "c" * 40
    with pytest.raises(AwsNotFound):
        OciRegistry().commit_of(request_.repository_url, "v0.2.0", known)


def test_a_dockerfile_in_latin_1_and_a_name_that_is_no_utf_8_are_built(request_: BuildRequest) -> None:
    (request_.context / "Dockerfile").write_bytes(b"# caf\xe9\nFROM scratch\nCOPY . /\n")
    (request_.context / b"caf\xe9.txt".decode("utf-8", "surrogateescape")).write_text("")
    assert b"caf\xe9.txt" in exported(request_)


def test_a_dockerfile_that_is_left_out_is_built_and_not_in_the_image(request_: BuildRequest) -> None:
    (request_.context / "api.Dockerfile").write_text("FROM scratch\nCOPY . /\n")
    (request_.context / "api.Dockerfile.dockerignore").write_text("*Dockerfile*\n.dockerignore\nsecret*\n")
    (request_.context / "secret.txt").write_text("hush")
    archive = exported(replace(request_, dockerfile="api.Dockerfile"))
    assert b"hello.txt" in archive
    assert [name for name in (b"secret.txt", b"Dockerfile", b".dockerignore") if name in archive] == []


@pytest.mark.parametrize(
    ("dockerfile", "said", "hint"),
    [
        ("FROM scratch\nCOPPY . /\n", "line 2: unknown instruction: COPPY", "`COPY`"),
        ("ARG NOTHING\nFROM $NOTHING\n", "base name", "image name after `FROM` is invalid"),
        ("FROM UPPER/case\n", "invalid reference format", "image name after `FROM` is invalid"),
        ("FROM scratch\nCOPY ../x /\n", "", "build.context"),
        ("FROM scratch\nCOPY absent.txt /\n", "absent.txt", "build.context"),
    ],
)
def test_what_the_engine_refuses_is_quoted_and_never_called_an_absence(
    request_: BuildRequest, dockerfile: str, said: str, hint: str
) -> None:
    (request_.context / "Dockerfile").write_text(dockerfile)
    with pytest.raises(ProgramFailed) as failed:
        builder().build_and_push(request_)
    assert said.lower() in failed.value.message.lower()
    assert "http+docker" not in failed.value.message
    assert hint in (failed.value.hint or ""), failed.value.message


def test_a_tag_that_exists_is_not_overwritten(request_: BuildRequest) -> None:
    builder().build_and_push(request_)
    (request_.context / "hello.txt").write_text("another")
    with pytest.raises(Refused, match="immutable"):
        builder().build_and_push(request_)


def test_a_failing_step_is_quoted(request_: BuildRequest) -> None:
    (request_.context / "Dockerfile").write_text(f"FROM {BASE}\nRUN echo a clue && exit 3\n")
    with pytest.raises(ProgramFailed, match="a clue") as failed:
        builder().build_and_push(request_)
    assert failed.value.returncode == 3
    assert "Step 2 of" in failed.value.message


def test_a_push_to_nowhere_is_an_error_of_ours(request_: BuildRequest) -> None:
    nowhere = replace(request_, repository_url="127.0.0.1:1/nothing")
    with pytest.raises(ProgramFailed, match="rejected"):
        builder().build_and_push(nowhere)


def test_an_engine_that_is_not_there_says_what_to_do(request_: BuildRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DOCKER_HOST", "tcp://127.0.0.1:1")
    with pytest.raises(EngineUnavailable, match="Cannot connect to a Docker engine") as unavailable:
        builder().build_and_push(request_)
    assert "Start Docker" in (unavailable.value.hint or "")


@needs_buildx
def test_what_buildx_built_is_pushed_with_its_labels_and_its_commit(
    local_aws: RunningAws, request_: BuildRequest
) -> None:
    heard: list[Event] = []
    digest = DockerBuilder(DockerEngine(), Events(heard.append), buildx()).build_and_push(request_)
    name = request_.repository_url.partition("/")[2]
    (image,) = local_aws.client("ecr").describe_images(repositoryName=name)["imageDetails"]
    assert (image["imageDigest"], image["imageTags"]) == (digest, ["v0.1.0"])
    assert OciRegistry().commit_of(request_.repository_url, "v0.1.0", request_.credentials) == "c" * 40
    assert [type(event) for event in heard if not isinstance(event, LayerPushed)] == [BuildStep, ImagePushed]


@needs_buildx
def test_buildx_that_is_interrupted_ends_its_build(request_: BuildRequest) -> None:
    word = f"begun-{uuid4().hex}"
    (request_.context / "Dockerfile").write_text(f"FROM {BASE}\nRUN echo {word} && sleep 600\n")

    def interrupt(event: Event) -> None:
        if isinstance(event, BuildLine) and event.text == word:
            raise KeyboardInterrupt

    begun = SystemClock().monotonic()
    with pytest.raises(KeyboardInterrupt):
        DockerBuilder(DockerEngine(), Events(interrupt), buildx()).build_and_push(request_)
    assert SystemClock().monotonic() - begun < 120


def test_an_interrupted_build_leaves_no_container(request_: BuildRequest) -> None:
    label = f"tagship-test={uuid4().hex}"
    (request_.context / "Dockerfile").write_text(f"FROM {BASE}\nLABEL {label}\nRUN echo begun && sleep 600\n")

    def interrupt(event: Event) -> None:
        if isinstance(event, BuildLine) and event.text == "begun":
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        DockerBuilder(DockerEngine(), Events(interrupt)).build_and_push(request_)
    assert gone(label)
    remove_images(label)


def exported(request: BuildRequest) -> bytes:
    """Every file of the image that this builds, as an archive."""
    builder().build_and_push(request)
    with closing(connect()) as client:
        container = client.containers.create(f"{request.repository_url}:v0.1.0", command="none")
        archive = b"".join(client.api.export(container.id or ""))
        container.remove()
    return archive


def gone(label: str) -> bool:
    """Whether every container with this label goes within half a minute."""
    clock = SystemClock()
    with closing(connect()) as client:
        for _ in range(150):
            if not client.containers.list(all=True, filters={"label": label}):
                return True
            clock.sleep(0.2)
    return False


def remove_images(label: str) -> None:
    """Tagged or not: a second build under one tag leaves the first one without."""
    with closing(connect()) as client:
        for image in client.images.list(filters={"label": label}):
            with suppress(ImageNotFound):
                client.images.remove(image.id or "", force=True)
