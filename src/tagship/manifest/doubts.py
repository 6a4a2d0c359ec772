"""What a manifest may say without a mistake and hardly means: a secret in plain sight, sources as a front end."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final

from tagship.base.regular import open_regular
from tagship.manifest.dockerfile import build_arguments, has_stage, stages
from tagship.manifest.frontend import builds
from tagship.manifest.load import Examined
from tagship.manifest.model import Manifest
from tagship.manifest.problems import Place, Problem, dotted
from tagship.manifest.spelling import did_you_mean

_MOST_BYTES: Final = 100_000

_PROXIES: Final = frozenset({"ALL_PROXY", "FTP_PROXY", "HTTPS_PROXY", "HTTP_PROXY", "NO_PROXY"})
_PREDEFINED: Final = _PROXIES | {name.lower() for name in _PROXIES}
"""Build arguments that every Dockerfile takes (Docker's "Dockerfile reference", "Predefined ARGs")."""

_SECRET: Final = re.compile(
    r"^(?:sk|rk)_live_\w{10}|^sk-(?:ant|proj)-|^whsec_"  # Stripe, model providers, webhooks
    r"|^(?:AKIA|ASIA)[0-9A-Z]{16}$"  # AWS, "Unique identifiers" of the IAM user guide
    r"|^(?:gh[opsru]_|github_pat_|glpat-)\w{10}|^xox[a-z]-|^SG\.[\w-]{10}|^AIza[\w-]{35}$"
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----|://hooks\.slack\.com/services/|://[^/\s:@]*:[^/\s:@$<{]+@"
)
"""How keys of well-known services begin, private keys in PEM, and URLs with a password."""


def doubts(examined: Examined, folder: Path) -> tuple[Problem, ...]:
    """What to look at again, each with its line; nothing of a secret is repeated. ``folder`` is the manifest's own."""
    if examined.manifest is None:
        return ()
    found = (*_secrets(examined.document.data, ()), *_sources(examined, folder), *_builds(examined.manifest, folder))
    return tuple(Problem(examined.document.line_of(place), dotted(place), says) for place, says in found)


def looks_secret(value: str) -> bool:
    """Whether a setting has the form of a key that somebody else gave out."""
    return _SECRET.search(value.strip()) is not None


def _secrets(data: object, here: Place) -> Iterator[tuple[Place, str]]:
    """Of settings only: those are stored in the task definition, and the manifest in git."""
    if not isinstance(data, Mapping):
        return
    for key, value in data.items():
        place = (*here, str(key))
        if isinstance(value, str) and here[-1:] == ("environment",) and looks_secret(value):
            yield place, "looks like a secret: everyone who can read this file or the task definition can read it"
        if isinstance(value, str) and here[-2:] == ("build", "args") and looks_secret(value):
            yield place, "looks like a secret: everyone who can read this file or the image can read it; see `secrets`"
        yield from _secrets(value, place)


def _sources(examined: Examined, folder: Path) -> Iterator[tuple[Place, str]]:
    site = examined.manifest.site if examined.manifest else None
    if site is not None and site.build is None and builds(_text(folder / site.folder / "package.json")):
        yield (
            ("site", "folder"),
            f"`{site.folder}` has sources that a build script compiles: add the command under `site.build`",
        )


def _builds(manifest: Manifest, folder: Path) -> Iterator[tuple[Place, str]]:
    """What `build` says of a Dockerfile that does not take it; one that is not there is another matter."""
    for name, service in manifest.services.items():
        build = service.build
        if text := _text(folder / build.context / build.dockerfile):
            here = ("services", name, "build")
            if build.target is not None and not has_stage(text, build.target):
                near = did_you_mean(build.target, stages(text))
                yield (*here, "target"), f"no stage of `{build.dockerfile}` is named `{build.target}`; {near}"
            for unknown in sorted(set(build.args) - build_arguments(text).declared - _PREDEFINED):
                yield (*here, "args", unknown), f"no `ARG` of `{build.dockerfile}` takes it"


def _text(path: Path) -> str:
    try:
        with open_regular(path) as file:
            return file.read(_MOST_BYTES).decode(errors="replace")
    except OSError:
        return ""
