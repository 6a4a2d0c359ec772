"""Kinds of Dockerfile as people write them, and what must come of each with either builder.

``None`` means that it is built; otherwise a part of what is said. ``python:3.11-slim-bookworm`` and ``scratch`` are the
only images that they build on, so that nothing is pulled. What ends up in an image is asked by the Dockerfile itself.
The engine is that of Debian 12, 20.10: what its BuildKit does not know is told as such.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

BASE: Final = "FROM python:3.11-slim-bookworm\n"
OLD: Final = "this engine's BuildKit is older than it"
SEEN: Final = "The build sees only files that are committed"
FILES: Final[Mapping[str, str]] = {"a.txt": "a", "docs/b.md": "b", "docs/keep.md": "k", "with space.txt": "s"}


@dataclass(frozen=True)
class Kind:
    """One kind.

    Args:
        name: what is special about it.
        dockerfile: its content.
        classic: what the classic builder makes of it.
        buildx: what buildx makes of it.
        file: its name.
        files: what is in the context beside it.
        links: symbolic links, by name.
        asked: further fields of the request.
    """

    name: str
    dockerfile: str
    classic: str | None = None
    buildx: str | None = None
    file: str = "Dockerfile"
    files: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, str] = field(default_factory=dict)
    asked: Mapping[str, object] = field(default_factory=dict)


def needs(line: int, what: str) -> str:
    """The refusal of the classic builder."""
    return f"Line {line} of `Dockerfile` of `api` needs BuildKit: `{what}"


KINDS: Final = (
    Kind("no command", "FROM scratch\nCOPY a.txt /\n"),
    Kind("nothing at all", "FROM scratch\n"),
    Kind("several stages", f"{BASE}RUN echo x > /x\nFROM scratch\nCOPY --from=0 /x /x\n"),
    Kind(
        "a broken stage that nobody uses",
        f"FROM python:3.11-slim-bookworm AS broken\nRUN false\n{BASE}COPY a.txt /\n",
        classic="returned a non-zero code: 1",
    ),
    Kind(
        "a stage that is asked for",
        "FROM scratch AS app\nCOPY a.txt /\nFROM scratch AS test\nCOPY absent.txt /\n",
        asked={"target": "app"},
    ),
    Kind(
        "a stage that is not there",
        "FROM scratch AS app\nCOPY a.txt /\n",
        classic="build.target",
        buildx="build.target",
        asked={"target": "ap"},
    ),
    Kind("a base image from an argument", "ARG BASE=python:3.11-slim-bookworm\nFROM $BASE\n"),
    Kind(
        "a base image from the manifest's argument",
        "ARG BASE=nosuch:1\nFROM $BASE\nCOPY a.txt /\n",
        asked={"arguments": {"BASE": "python:3.11-slim-bookworm"}},
    ),
    Kind("Windows line ends", f"{BASE}RUN true \\\r\n  && true\r\n".replace("\n", "\r\n").replace("\r\r", "\r")),
    Kind("a mark of UTF-8", f"\ufeff{BASE}COPY a.txt /\n"),
    Kind("another escape character", f"# escape=`\n{BASE}RUN true `\n  && echo 'C:\\'\n"),
    Kind("comments and empty lines within a line", f"{BASE}RUN true \\\n# why\n\n  && true\n"),
    Kind("lower case", "from scratch as a\ncopy a.txt /\n"),
    Kind("a trigger", "FROM python:3.11-slim-bookworm AS a\nONBUILD RUN echo > /t\nFROM a\nRUN test -e /t\n"),
    Kind("another user", f"{BASE}COPY --chown=1000:1000 a.txt /a\nUSER 1000:1000\nRUN test -O /a && touch /tmp/x\n"),
    Kind("names with spaces", 'FROM scratch\nCOPY ["with space.txt", "/x y"]\n'),
    Kind("a Dockerfile with an unusual name", "FROM scratch\nCOPY a.txt /\n", file="docker/Api file.Dockerfile"),
    Kind("a link to the Dockerfile", "FROM scratch\nCOPY a.txt /\n", links={"Dockerfile": "real"}, file="real"),
    Kind(
        "links and programs",
        f"{BASE}COPY . /c/\nRUN cd /c && test -L there && test ! -x a.txt && test $(stat -c %Y a.txt) = 1767225600\n",
        links={"there": "a.txt", "nowhere": "absent"},
    ),
    Kind(
        "an ignore file that keeps some",
        f"{BASE}COPY . /c/\nRUN cd /c && test -e docs/keep.md && test ! -e docs/b.md\n",
        files={".dockerignore": "docs/*\n!docs/keep.md\n"},
    ),
    Kind(
        "an ignore file that hides the Dockerfile",
        f"{BASE}COPY . /c/\nRUN test ! -e /c/Dockerfile && test -e /c/a.txt\n",
        files={".dockerignore": "Dockerfile\n"},
    ),
    Kind(
        "an ignore file of its own",
        f"{BASE}COPY . /c/\nRUN cd /c && test -e a.txt && test ! -e docs\n",
        files={".dockerignore": "a.txt\n", "api.Dockerfile.dockerignore": "docs\n"},
        file="api.Dockerfile",
    ),
    Kind("a file that is ignored", "FROM scratch\nCOPY a.txt /\n", SEEN, SEEN, files={".dockerignore": "a.txt\n"}),
    Kind("a file that is not there", "FROM scratch\nCOPY absent.txt /\n", classic=SEEN, buildx=SEEN),
    Kind("a platform", "FROM --platform=linux/amd64 scratch\nCOPY a.txt /\n"),
    Kind(
        "the platform that builds",
        "FROM --platform=$BUILDPLATFORM python:3.11-slim-bookworm AS a\nFROM scratch\nCOPY --from=a /etc/passwd /p\n",
        classic=needs(1, "FROM --platform=$BUILDPLATFORM"),
    ),
    Kind(
        "a step that fails",
        f"{BASE}RUN echo a clue && exit 3\n",
        classic=", `RUN echo a clue && exit 3`, of the image of `api` failed:\n  a clue\n",
        buildx="Step 2 of 2, `RUN echo a clue && exit 3`, of the image of `api` failed:\n  a clue\n",
    ),
    Kind(
        "a misspelled instruction",
        "FROM scratch\nCOPPY . /\n",
        classic="line 2: unknown instruction: COPPY",
        buildx="Did you mean `COPY`?",
    ),
    Kind("a cache", f"{BASE}RUN --mount=type=cache,target=/x touch /x/y\n", needs(2, "RUN --mount=type=cache")),
    Kind(
        "a file for one step", f"{BASE}RUN --mount=source=a.txt,target=/a test -s /a\n", needs(2, "RUN --mount=source")
    ),
    Kind(
        "a secret",
        f'{BASE}RUN --mount=type=secret,id=key test "$(cat /run/secrets/key)" = hush-hush\n',
        classic=needs(2, "RUN --mount=type=secret,id=key"),
        asked={"secrets": {"key": "KEY"}},
    ),
    Kind(
        "a secret that is printed",
        f"{BASE}RUN --mount=type=secret,id=key cat /run/secrets/key && exit 1\n",
        classic=needs(2, "RUN --mount=type=secret,id=key"),
        buildx="failed:\n  ***\n",
        asked={"secrets": {"key": "KEY"}},
    ),
    Kind(
        "a secret that nobody has",
        f"{BASE}RUN --mount=type=secret,id=key true\n",
        classic=needs(2, "RUN --mount=type=secret,id=key"),
        buildx="environment variable `NOBODY`, which is not set",
        asked={"secrets": {"key": "NOBODY"}},
    ),
    Kind("rights with the copy", "FROM scratch\nCOPY --chmod=755 a.txt /a\n", needs(2, "COPY --chmod=755")),
    Kind("a here-document", f"{BASE}RUN <<EOF\necho hello\nEOF\n", needs(2, "RUN <<EOF"), OLD),
    Kind("a file from a here-document", "FROM scratch\nCOPY <<EOF /x\nhi\nEOF\n", needs(2, "COPY <<EOF /x"), OLD),
    Kind("a shift, which is no here-document", f"{BASE}RUN test $((1 << 2)) = 4\n"),
    Kind("an independent layer", "FROM scratch\nCOPY --link a.txt /a\n", needs(2, "COPY --link"), OLD),
    Kind("no network", f"{BASE}RUN --network=none true\n", needs(2, "RUN --network=none"), OLD),
    Kind("a repository of git", "FROM scratch\nADD git@h.invalid:a/b.git /x\n", needs(2, "ADD git@h.invalid"), ""),
    Kind("a reader that cannot be pulled", "# syntax=docker/dockerfile:1\nFROM scratch\nCOPY a.txt /\n"),
    Kind(
        "a reader of somebody else",
        "# syntax=reader.invalid/x:1\nFROM scratch\nCOPY a.txt /\n",
        buildx="reader.invalid/x",
    ),
    Kind(
        "a base image that cannot be had",
        "FROM registry.invalid/x:1\n",
        classic="`docker pull registry.invalid/x:1`",
        buildx="`docker pull registry.invalid/x:1`",
    ),
)
