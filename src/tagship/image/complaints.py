"""What Docker complains of, and what to do about it. Pure: its words in, the next thing to type out.

The words are those of the engine (20.10 to 28), of the registries that it asks, and of its SDK.
"""

import re
from collections.abc import Mapping
from difflib import get_close_matches
from typing import Final

# As the reference lists them (docs.docker.com, "Dockerfile reference").
_INSTRUCTIONS: Final = frozenset(
    {"ADD", "ARG", "CMD", "COPY", "ENTRYPOINT", "ENV", "EXPOSE", "FROM", "HEALTHCHECK", "LABEL", "MAINTAINER"}
    | {"ONBUILD", "RUN", "SHELL", "STOPSIGNAL", "USER", "VOLUME", "WORKDIR"}
)

_UNKNOWN: Final = re.compile(r"unknown instruction: (\S+)", re.IGNORECASE)
_NO_BUILDKIT: Final = (
    "Write the Dockerfile without `--mount` and here-documents: images are built by Docker's classic builder."
)

_HINTS: Final[Mapping[str, str]] = {
    r"requires BuildKit": _NO_BUILDKIT,
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
    r"forbidden path outside the build context|not found in build context|(COPY|ADD) failed: .*no such file": (
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
    if "dockerfile parse error" in why.lower():
        return "Correct that line of the Dockerfile, commit, and tag again."
    known = next((hint for words, hint in _HINTS.items() if re.search(words, why, re.IGNORECASE)), None)
    if known:
        return known
    if instruction.upper().startswith("FROM ") and _CANNOT_BE_HAD.search(why):
        return f"`docker pull {_image(instruction)}` shows why the base image cannot be pulled."
    return None


def _of_instruction(word: str) -> str:
    near = get_close_matches(word.upper(), _INSTRUCTIONS, n=1)
    if near:
        return f"Did you mean `{near[0]}`? Correct the line, commit, and tag again."
    return f"`{word}` is not an instruction. {_NO_BUILDKIT}"


def _image(instruction: str) -> str:
    """The image of ``FROM --platform=… IMAGE AS name``."""
    words = [word for word in instruction.split()[1:] if not word.startswith("--")]
    return words[0] if words else ""
