"""What a Dockerfile says of its container: port and health check. A reader, not a parser: it may not know."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from tagship.manifest.instructions import instructions, words_of

_EXPOSE: Final = re.compile(r"(\d{1,5})(?:/tcp)?$", re.IGNORECASE)
_BIND: Final = re.compile(r"--port[\s=\",']+(\d{2,5})\b|(?:--bind|-b|runserver)[\s=\",']+[\w.\[\]]*:(\d{2,5})\b")
_HEALTH_URL: Final = re.compile(r"https?://(?:localhost|127\.0\.0\.1|0\.0\.0\.0)(?::[^/\s\"'|;)]+)?(/[^\s\"'|;)]*)")
_SET: Final = re.compile(r"(\w+)=(\"[^\"]*\"|'[^']*'|\S+)")
_VARIABLE: Final = re.compile(r"\$\{?(\w+)(?::-([^}]*))?\}?")
_HIGHEST_PORT: Final = 65535


@dataclass(frozen=True)
class DockerfileFacts:
    """What was seen; None where nothing was."""

    port: int | None = None
    health_path: str | None = None


def read_dockerfile(text: str) -> DockerfileFacts:
    """Read a Dockerfile; of several stages, what the last one says counts."""
    variables: dict[str, str] = {}
    port: int | None = None
    bound: int | None = None
    health: str | None = None
    for each in instructions(text):
        word = each.word
        known = _filled(each.rest, variables)
        if word in {"ENV", "ARG"}:
            variables |= {name: value.strip("\"'") for name, value in _SET.findall(known)}
        elif word == "FROM":
            port = bound = health = None
        elif word == "EXPOSE":
            port = port or _port(known)
        elif word in {"CMD", "ENTRYPOINT"}:
            bound = bound or _bound(known)
        elif word == "HEALTHCHECK" and (found := _HEALTH_URL.search(known)):
            health = found[1]
    return DockerfileFacts(port or bound, health)


@dataclass(frozen=True)
class BuildArguments:
    """The build arguments of a Dockerfile.

    Args:
        declared: every name that an ``ARG`` has.
        of_bases: those that choose a base image, by themselves or in another argument's default.
    """

    declared: frozenset[str]
    of_bases: frozenset[str]


def build_arguments(text: str) -> BuildArguments:
    """The build arguments, from every ``ARG`` and ``FROM``."""
    defaults: dict[str, str] = {}
    wanted: list[str] = []
    for each in instructions(text):
        if each.word == "ARG":
            parts = (one.partition("=") for one in each.rest.split())
            # The first counts: one inside a stage has no default of its own, and takes that one.
            defaults = {name: value for name, _, value in parts if name.isidentifier()} | defaults
        elif each.word == "FROM":
            wanted += [found[1] for found in _VARIABLE.finditer(each.rest)]
    of_bases: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name not in of_bases:
            of_bases.add(name)
            wanted += [found[1] for found in _VARIABLE.finditer(defaults.get(name, ""))]
    return BuildArguments(frozenset(defaults), frozenset(of_bases))


def stages(text: str) -> tuple[str, ...]:
    """The names of a Dockerfile's stages, in lower case as Docker compares them; the number for one without."""
    found: list[str] = []
    for each in instructions(text):
        if each.word == "FROM":
            words = [word for word in words_of(each.rest) if not word.startswith("--")]
            named = len(words) > 2 and words[1].lower() == "as"  # noqa: PLR2004 - IMAGE AS NAME
            found.append(words[2].lower() if named else str(len(found)))
    return tuple(found)


def has_stage(text: str, target: str) -> bool:
    """Whether a Dockerfile has this stage, by name or by number."""
    found = stages(text)
    return target.lower() in found or (target.isdigit() and int(target) < len(found))


def _filled(text: str, variables: Mapping[str, str]) -> str:
    return _VARIABLE.sub(lambda found: variables.get(found[1], found[2] or found[0]), text)


def _port(rest: str) -> int | None:
    ports = [int(found[1]) for word in rest.split() if (found := _EXPOSE.match(word))]
    return next((port for port in ports if 0 < port <= _HIGHEST_PORT), None)


def _bound(command: str) -> int | None:
    ports = [int(one or other) for one, other in _BIND.findall(command)]
    return next((port for port in ports if 0 < port <= _HIGHEST_PORT), None)
