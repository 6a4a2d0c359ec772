"""Which lines of a Dockerfile need BuildKit: Docker's classic builder refuses them, or reads them otherwise. Pure.

What each needs is told in Docker's "Dockerfile reference"; what engine 20.10 makes of each was tried.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from tagship.base.errors import NotReady
from tagship.image.builder import BuildRequest
from tagship.manifest.dockerfile import build_arguments
from tagship.manifest.instructions import Instruction, instructions, words_of

INSTALL: Final = (
    "Install buildx, with which images are built where it is there: `sudo apt-get install docker-buildx` on Debian 13 "
    "and Ubuntu; `docker-buildx-plugin` of Docker's own packages; on Debian 12, `scripts/get-buildx.sh` of tagship's "
    "repository."
)
"""How a machine gets it."""

_FLAGS: Final[Mapping[str, frozenset[str]]] = {
    "RUN": frozenset({"--mount", "--network", "--security", "--device"}),
    "COPY": frozenset({"--chmod", "--link", "--exclude", "--parents"}),
    "ADD": frozenset({"--chmod", "--link", "--exclude", "--checksum", "--keep-git-dir", "--unpack"}),
    "HEALTHCHECK": frozenset({"--start-interval"}),
}
_GIT: Final = re.compile(r"(git@|git://|ssh://)\S+|https?://\S+\.git(#\S*)?")
_PLATFORM: Final = re.compile(r"\$\{?((?:BUILD|TARGET)(?:PLATFORM|OS|ARCH|VARIANT))\b(?!:-)")
_LONGEST: Final = 60
"""Characters of a line that a sentence quotes."""


@dataclass(frozen=True)
class Need:
    """One line that needs BuildKit.

    Args:
        line: counted from 1.
        what: the part that does, such as ``RUN --mount=type=cache,target=/x``.
    """

    line: int
    what: str


def needs(text: str) -> list[Need]:
    """All lines of a Dockerfile that need BuildKit."""
    declared = build_arguments(text).declared
    return [
        Need(each.line, what if len(what) <= _LONGEST else f"{what[: _LONGEST - 1]}…")
        for each in instructions(text)
        for what in _of(each.triggered, declared)
    ]


def require_classic(request: BuildRequest, dockerfile: str) -> None:
    """Refuse, before anything is sent, what the classic builder cannot build.

    Raises:
        NotReady: a line of the Dockerfile, or ``build`` in ``tagship.yaml``, needs BuildKit.
    """
    name = f"`{request.dockerfile}` of `{request.service}`"
    found = needs(dockerfile)
    if found:
        more = f", and so do {len(found) - 1} more lines" if len(found) > 2 else ""  # noqa: PLR2004
        more = ", and so does one more line" if len(found) == 2 else more  # noqa: PLR2004
        raise NotReady(
            f"Line {found[0].line} of {name} needs BuildKit{more}: `{found[0].what}`. Without `docker buildx` this "
            "machine has Docker's classic builder only.",
            hint=INSTALL,
        )
    if request.secrets or request.ssh:
        field = "secrets" if request.secrets else "ssh"
        raise NotReady(
            f"`services.{request.service}.build.{field}` needs BuildKit, and without `docker buildx` this machine has "
            "Docker's classic builder only.",
            hint=INSTALL,
        )


def _of(instruction: Instruction, declared: frozenset[str]) -> Iterator[str]:
    word = instruction.word
    for flag in instruction.flags:
        if flag.partition("=")[0] in _FLAGS.get(word, ()):
            yield f"{word} {flag}"
    if word == "ADD":
        yield from (f"ADD {source}" for source in words_of(instruction.rest)[:-1] if _GIT.fullmatch(source))
    if instruction.heredoc:
        yield f"{word} {instruction.rest}"
    if word == "FROM" and (automatic := _PLATFORM.search(instruction.rest)) and automatic[1] not in declared:
        yield f"FROM {instruction.rest}"
