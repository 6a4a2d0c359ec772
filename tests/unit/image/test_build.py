"""What Docker is told, and what its answers mean. The streams are as an engine of version 20.10 sent them."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tagship.base.errors import NotReady, ProgramFailed, Refused
from tagship.base.events import Event, Events
from tagship.image.build import DockerBuilder, arguments_for, labels_for, large
from tagship.image.builder import (
    BuildLine,
    BuildRequest,
    BuildStep,
    FakeBuilder,
    ImagePushed,
    LargeContext,
    LayerPushed,
    RegistryCredentials,
)
from tagship.image.engine import BuildOptions
from tagship.image.stream import Entry

DIGEST = "sha256:" + "d" * 64
BUILT: list[Entry] = [
    {"stream": "Step 1/2 : FROM scratch"},
    {"stream": "\n"},
    {"stream": " ---> \n"},
    {"stream": "Step 2/2 : RUN make"},
    {"stream": "\n"},
    {"stream": " ---> Running in 0123456789ab\n"},
    {"stream": "\x1b[91mcc -o app\n\x1b[0m"},
    {"aux": {"ID": "sha256:abc"}},
    {"stream": "Successfully built 0123456789ab\n"},
]
PUSHED: list[Entry] = [
    {"status": "The push refers to repository [r/notes]"},
    {"status": "Preparing", "progressDetail": {}, "id": "layer1"},
    {"status": "Pushing", "progressDetail": {"current": 512, "total": 1000}, "id": "layer1"},
    {"status": "Pushing", "progressDetail": {"current": 1536, "total": 1000}, "id": "layer1"},
    {"status": "Pushed", "progressDetail": {}, "id": "layer1"},
    {"status": "Layer already exists", "progressDetail": {}, "id": "layer2"},
    {"progressDetail": {}, "aux": {"Tag": "v0.1.0", "Digest": DIGEST, "Size": 528}},
]


class FakeEngine:
    """Answers with recorded streams and remembers what it was told."""

    def __init__(self, build: list[Entry] = BUILT, push: list[Entry] = PUSHED) -> None:
        self._build, self._push = build, push
        self.built: list[BuildOptions] = []
        self.pushed: list[tuple[str, str, RegistryCredentials]] = []

    def build(self, options: BuildOptions) -> Iterator[Entry]:
        self.built.append(options)
        return iter(self._build)

    def push(self, repository: str, tag: str, credentials: RegistryCredentials) -> Iterator[Entry]:
        self.pushed.append((repository, tag, credentials))
        return iter(self._push)


@pytest.fixture
def request_(tmp_path: Path) -> BuildRequest:
    (tmp_path / "Dockerfile").write_text("FROM scratch\nARG VERSION=none\n  arg REVISION\nRUN make\n")
    return BuildRequest(
        service="api",
        context=tmp_path,
        top=tmp_path,
        dockerfile="Dockerfile",
        version="v0.1.0",
        revision="c" * 40,
        source="https://example.org/notes.git",
        created=datetime(2026, 1, 1, tzinfo=UTC),
        repository_url="registry.example.org/notes",
        credentials=RegistryCredentials("registry.example.org", "AWS", "hush"),
    )


def run(request: BuildRequest, engine: FakeEngine) -> tuple[str, list[Event]]:
    heard: list[Event] = []
    digest = DockerBuilder(engine, Events(heard.append)).build_and_push(request)
    return digest, heard


def test_the_digest_is_what_the_registry_said(request_: BuildRequest) -> None:
    engine = FakeEngine()
    digest, _ = run(request_, engine)
    assert digest == DIGEST
    assert engine.pushed == [("registry.example.org/notes", "v0.1.0", request_.credentials)]


def test_steps_lines_and_layers_are_told(request_: BuildRequest) -> None:
    _, heard = run(request_, FakeEngine())
    assert heard == [
        BuildStep("api", 1, 2, "FROM scratch"),
        BuildStep("api", 2, 2, "RUN make"),
        BuildLine("api", "cc -o app"),
        LayerPushed("api", "layer1", 512, 1000),
        LayerPushed("api", "layer1", 1000, 1000),
        LayerPushed("api", "layer2", 0, 0),
        ImagePushed("api", "registry.example.org/notes:v0.1.0", DIGEST, 1000),
    ]


def test_the_image_says_where_it_comes_from(request_: BuildRequest) -> None:
    assert labels_for(request_) == {
        "org.opencontainers.image.version": "v0.1.0",
        "org.opencontainers.image.revision": "c" * 40,
        "org.opencontainers.image.source": "https://example.org/notes.git",
        "org.opencontainers.image.created": "2026-01-01T00:00:00+00:00",
    }


@pytest.mark.parametrize(
    ("dockerfile", "arguments"),
    [
        ("FROM x\nARG VERSION=none\nARG VERSIONS", {"VERSION": "v0.1.0"}),
        ("FROM x\n# ARG VERSION", {}),
        ("FROM x\narg VERSION REVISION=none", {"VERSION": "v0.1.0", "REVISION": "c" * 40}),
        ("FROM x\nARG VERSION=none \\\n    REVISION", {"VERSION": "v0.1.0", "REVISION": "c" * 40}),
        ("FROM x\nARG TAGSHIP_VERSION\nARG TAGSHIP_COMMIT", {"TAGSHIP_VERSION": "v0.1.0", "TAGSHIP_COMMIT": "c" * 40}),
        ("ARG VERSION=none\nFROM x\nARG VERSION\nLABEL v=$VERSION", {"VERSION": "v0.1.0"}),
    ],
)
def test_only_declared_build_arguments_are_passed(
    request_: BuildRequest, dockerfile: str, arguments: dict[str, str]
) -> None:
    assert arguments_for(request_, dockerfile) == arguments


@pytest.mark.parametrize(
    "dockerfile",
    [
        "ARG VERSION=3.11-slim\nFROM python:${VERSION}",
        "ARG VERSION=3.11\nFROM python:$VERSION-slim\nARG VERSION",
        "ARG VERSION=20\nARG BASE=node:${VERSION}-alpine\nFROM $BASE\nARG VERSION",
        "ARG VERSION\nFROM node:${VERSION:-20}",
        "FROM scratch AS a\nARG VERSION=20\nFROM node:${VERSION}",
    ],
)
def test_an_argument_that_chooses_the_base_image_is_the_authors(request_: BuildRequest, dockerfile: str) -> None:
    assert arguments_for(request_, dockerfile) == {}
    assert arguments_for(request_, f"{dockerfile}\nARG TAGSHIP_VERSION") == {"TAGSHIP_VERSION": "v0.1.0"}


def test_a_failing_step_is_named_and_its_own_last_lines_are_quoted(request_: BuildRequest) -> None:
    lines: list[Entry] = [{"stream": f"line {number}\n"} for number in range(30)]
    failure: Entry = {"errorDetail": {"code": 2, "message": "returned 2"}, "error": "returned a non-zero code: 2"}
    engine = FakeEngine(build=[*BUILT[:4], *lines, failure])
    with pytest.raises(ProgramFailed) as failed:
        run(request_, engine)
    assert failed.value.returncode == 2
    assert failed.value.message.startswith("Step 2 of 2, `RUN make`, of the image of `api` failed:\n  line 10\n")
    assert failed.value.message.endswith("  line 29\n  returned a non-zero code: 2")
    assert engine.pushed == []


@pytest.mark.parametrize(
    ("step", "image"),
    [
        ("FROM python:3.11", "python:3.11"),
        ("FROM python:3.11 AS build", "python:3.11"),
        ("from --platform=linux/amd64 python:3.11 as build", "python:3.11"),
    ],
)
def test_a_base_image_that_cannot_be_had_says_how_to_find_out(request_: BuildRequest, step: str, image: str) -> None:
    engine = FakeEngine(build=[{"stream": f"Step 1/3 : {step}\n"}, {"error": "pull access denied"}])
    with pytest.raises(ProgramFailed, match="pull access denied") as failed:
        run(request_, engine)
    assert f"`docker pull {image}`" in (failed.value.hint or "")


@pytest.mark.parametrize(
    ("said", "hint"),
    [
        ("dockerfile parse error line 2: unknown instruction: COPPY", "`COPY`"),
        ("dockerfile parse error line 4: unknown instruction: echo", "here-documents"),
        ("dockerfile parse error line 1: HEALTHCHECK requires at least one argument", "Correct that line"),
        ("Error processing tar file(exit status 1): write /x: no space left on device", "docker system prune"),
        (
            'failed to parse platform : "" is an invalid component of "": platform specifier',
            "in it is empty",
        ),
        ("invalid reference format", "image name after `FROM` is invalid"),
        ("invalid reference format: repository name must be lowercase", "image name after `FROM` is invalid"),
        ("no matching manifest for linux/amd64 in the manifest list entries", "linux/amd64"),
        ("image with reference x was found but does not match the specified platform", "linux/amd64"),
        ("exec /bin/sh: exec format error", "binfmt"),
        ("toomanyrequests: You have reached your pull rate limit", "docker login"),
        ("Credentials store error: StoreError('docker-credential-desktop not installed')", "credsStore"),
        ("COPY failed: forbidden path outside the build context: ../x ()", "build.context"),
        ("COPY failed: file not found in build context or excluded by .dockerignore: stat x", ".dockerignore"),
    ],
)
def test_a_refusal_of_the_engine_is_quoted_and_says_what_to_do(request_: BuildRequest, said: str, hint: str) -> None:
    engine = FakeEngine(build=[{"error": said}])
    with pytest.raises(ProgramFailed) as failed:
        run(request_, engine)
    assert said in failed.value.message
    assert hint in (failed.value.hint or "")


@pytest.mark.parametrize("said", ["curl: (22) 404 not found", "jq: parse error: Invalid numeric literal"])
def test_what_a_command_says_is_not_taken_for_a_refusal_of_the_engine(request_: BuildRequest, said: str) -> None:
    engine = FakeEngine(build=[{"stream": "Step 2/2 : RUN x\n"}, {"stream": said}, {"error": "non-zero code: 1"}])
    with pytest.raises(ProgramFailed) as failed:
        run(request_, engine)
    assert failed.value.hint is None


def test_a_need_of_buildkit_that_only_the_engine_sees_says_what_to_install(request_: BuildRequest) -> None:
    engine = FakeEngine(build=[{"error": "the --mount option requires BuildKit"}])
    with pytest.raises(ProgramFailed) as failed:
        run(request_, engine)
    assert "docker-buildx" in (failed.value.hint or "")


def test_what_needs_buildkit_is_refused_before_the_classic_builder_is_asked(request_: BuildRequest) -> None:
    (request_.context / "Dockerfile").write_text("FROM x\nRUN --mount=type=cache,target=/x make\n")
    engine = FakeEngine()
    with pytest.raises(NotReady, match="Line 2 of `Dockerfile` of `api` needs BuildKit") as refused:
        run(request_, engine)
    assert "docker-buildx" in (refused.value.hint or "")
    assert engine.built == []


def test_the_authors_arguments_and_stage_are_passed_on(request_: BuildRequest) -> None:
    engine = FakeEngine()
    run(replace(request_, arguments={"VERSION": "mine", "EXTRA": "1"}, target="app"), engine)
    (built,) = engine.built
    assert (built.arguments, built.target) == (
        {"VERSION": "mine", "REVISION": "c" * 40, "EXTRA": "1"},
        "app",
    )


def test_a_large_context_is_told_with_its_biggest_files_before_it_is_sent(request_: BuildRequest) -> None:
    for name, size in {"a.bin": 10_000_000, "b.bin": 90_000_000, "c.bin": 1, "d.bin": 5}.items():
        with (request_.context / name).open("wb") as file:
            file.truncate(size)
    _, heard = run(request_, FakeEngine())
    assert heard[0] == LargeContext("api", 100_000_006, (("b.bin", 90_000_000), ("a.bin", 10_000_000), ("d.bin", 5)))


def test_a_small_context_is_not_worth_a_word(request_: BuildRequest) -> None:
    assert large(request_, [("a.bin", 100_000_000)]) == []


def test_an_immutable_tag_is_refused_with_the_way_out(request_: BuildRequest) -> None:
    engine = FakeEngine(push=[{"error": "tag invalid: The image tag 'v0.1.0' already exists and is immutable."}])
    with pytest.raises(Refused, match="are immutable") as refused:
        run(request_, engine)
    assert "new version" in (refused.value.hint or "")


def test_a_push_that_ends_without_digest_is_a_failure(request_: BuildRequest) -> None:
    with pytest.raises(ProgramFailed, match="returned no digest"):
        run(request_, FakeEngine(push=PUSHED[:-1]))


def test_another_error_of_the_registry_is_quoted(request_: BuildRequest) -> None:
    with pytest.raises(ProgramFailed, match="no basic auth credentials"):
        run(request_, FakeEngine(push=[{"error": "no basic auth credentials"}]))


def test_a_dockerfile_that_git_does_not_know_is_missed_before_docker_is_asked(request_: BuildRequest) -> None:
    (request_.context / "Dockerfile").unlink()
    engine = FakeEngine()
    with pytest.raises(NotReady, match=r"`v0\.1\.0` has no `Dockerfile`"):
        run(request_, engine)
    assert engine.built == []


def test_a_password_shows_in_no_repr(request_: BuildRequest) -> None:
    assert "hush" not in repr(request_)


def test_the_fake_answers_the_same_digest_for_the_same_commit_and_remembers(request_: BuildRequest) -> None:
    fake = FakeBuilder()
    assert fake.build_and_push(request_) == fake.build_and_push(request_)
    assert fake.requests == [request_, request_]
