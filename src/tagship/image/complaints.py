"""What Docker complains of, and what to do about it. Pure: its words in, the next thing to type out.

The words are those of the engine (20.10 to 28) and its BuildKit, of the registries that it asks, and of its SDK.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

from tagship.image.needs import INSTALL

# As the reference lists them (docs.docker.com, "Dockerfile reference").
_INSTRUCTIONS: Final = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"}
    | {"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)

_UNKNOWN: Final = re.compile(r"unknown instruction: (\S+)", re.IGNORECASE)
_NEWER: Final = (
    "Where the Dockerfile is right, this engine's BuildKit is older than it: here-documents, `--link` and `--network` "
    "need Docker 23, `--checksum` 24, `--start-interval` 25. Update Docker, or begin the Dockerfile with "
    "`# syntax=docker/dockerfile:1`, which is pulled."
)

_HINTS: Final[Mapping[str, str]] = {
    r"dockerfile parse error.* unknown flag|unexpected key '": _NEWER,
    r"dockerfile parse error": "Correct that line of the Dockerfile, commit, and tag again.",
    r"requires BuildKit": INSTALL,
    r"failed to reach build target|target stage .* could not be found": (
        "No stage of the Dockerfile has this name: correct `build.target` in `tagship.yaml`."
    ),
    r"no space left on device": ("`docker system df` shows the disk usage, `docker system prune` frees space."),
    r"invalid reference format|is an invalid component|should not be blank|must be lowercase": (
        "The image name after `FROM` is invalid: it is misspelled, or a build argument in it is empty. An `ARG` "
        "used there must be declared before the first `FROM`, with a default."
    ),
    r"no matching manifest|does not match the specified platform|cannot be used on this platform": (
        "Tasks run on linux/amd64: use a base image for that platform."
    ),
    r"exec format error": (
        "This Docker engine cannot run linux/amd64 programs: enable them with `docker run --privileged --rm "
        "tonistiigi/binfmt --install amd64`."
    ),
    r"toomanyrequests": "The registry's rate limit is reached: `docker login`, wait, or use a mirror.",
    r"credentials? store|docker-credential-": (
        "`~/.docker/config.json` names a credential helper (`credsStore`, `credHelpers`) that is not installed: "
        "install it, or remove the line."
    ),
    r"forbidden path outside the build context|not found in build context|(COPY|ADD) failed: .*no such file"
    r"|\"/[^\"]*\"( not found)?: not found": (
        "The build sees only files that are committed, in the build context, and not in `.dockerignore`. Correct "
        "the path, or `build.context` in `tagship.yaml`."
    ),
}

_CANNOT_BE_HAD: Final = re.compile(
    r"pull access denied|unauthorized|denied|not found|manifest unknown|no such host|i/o timeout|TLS handshake"
    r"|connection refused|name resolution|dial tcp",
    re.IGNORECASE,
)


def hint(why: str, instruction: str = "") -> str | None:
    """What to do about it; None where nobody knows better than the words themselves.

    Args:
        why: what the engine says.
        instruction: the line of the Dockerfile that it is at, where it is at one.
    """
    unknown = _UNKNOWN.search(why)
    if unknown and not instruction:
        return _of_instruction(unknown[1])
    known = next((hint for words, hint in _HINTS.items() if re.search(words, why, re.IGNORECASE)), None)
    return known or (_of_what_is_pulled(instruction) if _CANNOT_BE_HAD.search(why) else None)


def _of_what_is_pulled(instruction: str) -> str | None:
    if instruction.startswith("# syntax="):
        return f"`docker pull {instruction.partition('=')[2]}` shows why what reads the Dockerfile cannot be pulled."
    if instruction.upper().startswith("FROM "):
        return f"`docker pull {_image(instruction)}` shows why the base image cannot be pulled."
    return None


def _of_instruction(word: str) -> str:
    near = get_close_matches(word.upper(), _INSTRUCTIONS, n=1)
    if near:
        return f"Did you mean `{near[0]}`? Correct the line, commit, and tag again."
    return f"`{word}` is not an instruction. {_NEWER}"


def _image(instruction: str) -> str:
    """The image of ``FROM --platform=… IMAGE AS name``."""
    words = [word for word in instruction.split()[1:] if not word.startswith("--")]
    return words[0] if words else ""
