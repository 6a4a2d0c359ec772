"""What needs BuildKit is seen, and what any builder can do is not taken for it."""

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from tagship.base.errors import NotReady
from tagship.image.builder import BuildRequest, RegistryCredentials
from tagship.image.needs import Need, needs, require_classic

REQUEST = BuildRequest(
    service="api",
    context=Path(),
    top=Path(),
    dockerfile="Dockerfile",
    version="v0.1.0",
    revision="c" * 40,
    source="",
    created=datetime(2026, 1, 1, tzinfo=UTC),
    repository_url="registry.example.org/notes",
    credentials=RegistryCredentials("registry.example.org", "AWS", "hush"),
)


@pytest.mark.parametrize(
    ("line", "what"),
    [
        ("RUN --mount=type=cache,target=/x a", "RUN --mount=type=cache,target=/x"),
        ("RUN \\\n  --network=none a", "RUN --network=none"),
        ("run --security=insecure a", "RUN --security=insecure"),
        ("ONBUILD RUN --mount=target=/x a", "RUN --mount=target=/x"),
        ("COPY --chmod=755 a b", "COPY --chmod=755"),
        ("COPY --from=x --link a b", "COPY --link"),
        ("COPY --exclude=*.md . /", "COPY --exclude=*.md"),
        ("COPY --parents a b", "COPY --parents"),
        ("ADD --checksum=sha256:0 https://x/y /", "ADD --checksum=sha256:0"),
        ("ADD https://example.org/a.git#main /x", "ADD https://example.org/a.git#main"),
        ("ADD git@example.org:a/b.git /x", "ADD git@example.org:a/b.git"),
        ("RUN <<EOF\nx\nEOF", "RUN <<EOF"),
        ("COPY <<EOF /x\nx\nEOF", "COPY <<EOF /x"),
        ("HEALTHCHECK --start-interval=1s CMD x", "HEALTHCHECK --start-interval=1s"),
        ("FROM --platform=$BUILDPLATFORM x", "FROM --platform=$BUILDPLATFORM x"),
        (f"RUN --mount=type=cache,target=/{'x' * 60} a", f"RUN --mount=type=cache,target=/{'x' * 28}…"),
    ],
)
def test_what_needs_buildkit_is_named_with_its_line(line: str, what: str) -> None:
    assert needs(f"FROM x\n{line}\n") == [Need(2, what)]


@pytest.mark.parametrize(
    "text",
    [
        "FROM x\nRUN a --mount=type=cache",
        "FROM x\n# RUN --mount=type=cache a",
        "FROM x\nCOPY --chown=1:1 --from=y a b",
        "FROM x\nADD --chown=1:1 https://example.org/a.tar.gz /",
        "FROM x\nRUN cat <<EOF > /x",
        "FROM x\nRUN echo $((1 << 2))",
        "FROM x\nHEALTHCHECK --interval=1s CMD x",
        "ARG BUILDPLATFORM=linux/amd64\nFROM --platform=$BUILDPLATFORM x",
        "FROM --platform=${TARGETPLATFORM:-linux/amd64} x",
        "# syntax=docker/dockerfile:1\nFROM x",
        "# escape=`\nFROM x\nRUN a `\n  --mount=b",
    ],
)
def test_what_every_builder_can_do_needs_none(text: str) -> None:
    assert needs(text) == []


@pytest.mark.parametrize(
    ("lines", "more"), [(1, ""), (2, ", and so does one more line"), (3, ", and so do 2 more lines")]
)
def test_the_refusal_names_the_first_line_and_counts_the_others(lines: int, more: str) -> None:
    with pytest.raises(NotReady) as refused:
        require_classic(REQUEST, "FROM x\n" + "COPY --link a b\n" * lines)
    assert refused.value.message.startswith(
        f"Line 2 of `Dockerfile` of `api` needs BuildKit{more}: `COPY --link`. Without `docker buildx`"
    )


@pytest.mark.parametrize(
    ("request_", "field"),
    [(replace(REQUEST, secrets={"key": "KEY"}), "secrets"), (replace(REQUEST, ssh=True), "ssh")],
)
def test_what_the_manifest_asks_of_buildkit_is_refused_too(request_: BuildRequest, field: str) -> None:
    with pytest.raises(NotReady, match=rf"`services\.api\.build\.{field}` needs BuildKit"):
        require_classic(request_, "FROM x\n")


def test_a_plain_dockerfile_passes() -> None:
    require_classic(REQUEST, "FROM x\nRUN a\n")
