"""The front end of a repository: what is published as it lies there, or what a build makes of the sources.

Pure, as ``draft.py``, which writes it down.
"""

import json
from collections.abc import Collection, Mapping
from contextlib import suppress
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Any, Final

_FOLDERS: Final = (
    "web",
    "site",
    "public",
    "dist",
    "static",
    "frontend/dist",
    "frontend/build",
    "client/dist",
    "frontend",
)
"""Where files that need no build are usually kept, those with an ``index.html``."""

_OUTPUTS: Final = {"vite": "dist", "react-scripts": "build", "@vue/cli-service": "dist", "parcel": "dist"}
"""The folder that a builder writes unless told otherwise, by the package that the list of dependencies names."""

_INSTALLS: Final = {
    "package-lock.json": "npm ci && npm run build",
    "pnpm-lock.yaml": "pnpm install --frozen-lockfile && pnpm run build",
    "yarn.lock": "yarn install --frozen-lockfile && yarn run build",
}
"""How a front end is built, by the lock file beside its ``package.json``."""

_ROUTERS: Final = {"react-router", "react-router-dom", "vue-router", "@tanstack/react-router"}


@dataclass(frozen=True)
class FrontEnd:
    """What ``site`` of the manifest says.

    Attributes:
        folder: what is published.
        context: where it is built; None where it is committed as it is.
        command: what builds it; empty without a context.
        single_page: whether it has routes in the browser.
    """

    folder: str
    context: str | None = None
    command: str = ""
    single_page: bool = False


def front_end(files: Collection[str], contents: Mapping[str, str], contexts: Collection[str]) -> FrontEnd | None:
    """The front end: one that is built before one that is committed; never what a container serves.

    Args:
        files: every file of the repository, relative.
        contents: the text of each ``package.json``, and perhaps of others.
        contexts: the folders that services are built from.
    """
    for path in sorted((path for path in contents if is_package(path)), key=lambda each: (each.count("/"), each)):
        context = str(PurePosixPath(path).parent)
        if context not in contexts and (built := _built(context, files, contents[path])):
            return built
    there = (folder for folder in _FOLDERS if f"{folder}/index.html" in files and folder not in contexts)
    return next((FrontEnd(folder) for folder in there), None)


def is_package(path: str) -> bool:
    """Whether it is a ``package.json``."""
    return PurePosixPath(path).name == "package.json"


def builds(package: str) -> bool:
    """Whether a ``package.json`` says how to build: then what lies beside it are sources."""
    return "build" in _mapping(_parsed(package), "scripts")


def _built(context: str, files: Collection[str], package: str) -> FrontEnd | None:
    parsed = _parsed(package)
    needs = {*_mapping(parsed, "dependencies"), *_mapping(parsed, "devDependencies")}
    output = next((_OUTPUTS[name] for name in _OUTPUTS if name in needs), None)
    if output is None or not builds(package):
        return None
    prefix = "" if context == "." else f"{context}/"
    command = next((_INSTALLS[lock] for lock in _INSTALLS if prefix + lock in files), "npm install && npm run build")
    return FrontEnd(prefix + output, context, command, single_page=bool(needs & _ROUTERS))


def _parsed(package: str) -> Mapping[str, Any]:
    with suppress(ValueError, RecursionError):
        found = json.loads(package)
        return found if isinstance(found, dict) else {}
    return {}


def _mapping(parsed: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    found = parsed.get(key)
    return found if isinstance(found, dict) else {}
