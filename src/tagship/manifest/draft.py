"""The first ``tagship.yaml`` of a repository, drafted from its listing and a few of its files.

Pure: ``survey.py`` looks, this decides what to write, ``tagship init`` writes it.
Whatever the repository holds, the draft is a manifest that loads.
"""

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from tagship.manifest.dockerfile import read_dockerfile
from tagship.manifest.frontend import FrontEnd, front_end
from tagship.manifest.types import AppName, Region, RelativePath, UrlPath

DEFAULT_REGION: Final = "eu-central-1"
DEFAULT_PORT: Final = 8000

_FRONT_NAMES: Final = ("web", "frontend", "front", "www", "app", "ui")
_NOT_SHIPPED: Final = {"dev", "development", "test", "tests", "ci", "local", "debug", "dockerignore", "example"}
_SIDE_ROOMS: Final = {"node_modules", "vendor", "test", "tests", "examples", "docs", ".devcontainer", ".github"}
_FRAMEWORKS: Final = {"fastapi": 8000, "django": 8000, "flask": 5000, "next": 3000, "express": 3000}
"""What a dependency list may name, and the port that its documentation uses."""
_LONGEST: Final = 30
_MOST_PATHS: Final = 5


@dataclass(frozen=True)
class Repository:
    """What was seen of a repository.

    Attributes:
        folder: the name of its folder.
        files: every file, relative, with ``/``.
        contents: the text of those that ``worth_reading`` names.
        remote: the URL of the git remote ``origin``, or empty.
        region: the region that the AWS environment variables name, or empty.
    """

    folder: str
    files: tuple[str, ...]
    contents: Mapping[str, str] = field(default_factory=dict)
    remote: str = ""
    region: str = ""


@dataclass(frozen=True)
class Draft:
    """A manifest, and what a person should know about it."""

    text: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class _Service:
    name: str
    context: str
    dockerfile: str
    port: int
    port_seen: bool
    health: str | None
    paths: tuple[str, ...] = ("/*",)


def worth_reading(files: Iterable[str]) -> tuple[str, ...]:
    """The files whose text says something: Dockerfiles and lists of dependencies."""
    lists = {"requirements.txt", "pyproject.toml", "package.json"}
    return tuple(path for path in files if _is_dockerfile(path) or PurePosixPath(path).name in lists)


def draft(repository: Repository) -> Draft:
    """Write the manifest for what was seen."""
    services = _services(repository)
    site = _site(repository, {service.context for service in services})
    if site:  # it answers every path that no service claims
        services = [_below_its_name(service) if service.paths == ("/*",) else service for service in services]
    app = app_name(repository)
    region = repository.region if _legal(Region, repository.region) else ""
    lines = [
        "# What tagship builds and ships. `tagship check` validates this file.",
        *_schema_line(repository),
        f"app: {_plain(app)}",
        *([] if region else ["# AWS_REGION was not set: write your own region before the first deploy to AWS."]),
        f"region: {region or DEFAULT_REGION}",
        "",
        "services:",
        *(line for service in services for line in _service_lines(service)),
        *_site_lines(site),
        "",
        *_environment_lines(services[0].name),
    ]
    return Draft("\n".join(lines) + "\n", tuple(_notes(repository, services, site)))


def ignoring(gitignore: str) -> str:
    """A ``.gitignore`` that leaves out tagship's working files too."""
    if any(line.strip().strip("/") == ".tagship" for line in gitignore.splitlines()):
        return gitignore
    between = "" if not gitignore or gitignore.endswith("\n") else "\n"
    return f"{gitignore}{between}.tagship/\n"


def app_name(repository: Repository) -> str:
    """A legal name: from the git remote where there is one, otherwise from the folder."""
    remote = re.split(r"[/:]", repository.remote.rstrip("/").removesuffix(".git"))[-1]
    name = slug(remote) or slug(repository.folder) or "app"
    return name if _legal(AppName, name) else slug(f"my-{name}")


def slug(text: str) -> str:
    """Lower-case words with single hyphens, 2 to 30 characters; empty where nothing is left."""
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).lstrip("-0123456789")[:_LONGEST].strip("-")
    return words if len(words) > 1 else ""


def _can_be_named(path: str) -> bool:
    """Whether a manifest can say this path: YAML takes no control characters as they are (YAML 1.2.2, 5.1)."""
    return path.isprintable() and _legal(RelativePath, path)


def _is_dockerfile(path: str) -> bool:
    pure = PurePosixPath(path)
    name = pure.name.lower()
    if not (name == "dockerfile" or name.startswith("dockerfile.") or name.endswith(".dockerfile")):
        return False
    if _SIDE_ROOMS & set(pure.parts[:-1]) or not _can_be_named(path):
        return False
    return not _NOT_SHIPPED & set(name.split("."))


def _services(repository: Repository) -> list[_Service]:
    found = sorted(
        (path for path in repository.files if _is_dockerfile(path)), key=lambda path: (path.count("/"), path)
    )
    if not found:
        return [
            _Service(
                _only_name(repository), ".", "Dockerfile", _usual_port(repository, "."), port_seen=False, health=None
            )
        ]
    services: list[_Service] = []
    for path in found:
        services.append(_service(repository, path, {service.name for service in services}))
    return _with_paths(services)


def _service(repository: Repository, path: str, taken: set[str]) -> _Service:
    context = _context(repository, path)
    seen = read_dockerfile(repository.contents.get(path, ""))
    health = seen.health_path if seen.health_path and _legal(UrlPath, seen.health_path) else None
    return _Service(
        name=_unique(_service_name(repository, path), taken),
        context=context,
        dockerfile=path if context == "." else path.removeprefix(f"{context}/"),
        port=seen.port or _usual_port(repository, context),
        port_seen=seen.port is not None,
        health=health,
    )


def _context(repository: Repository, path: str) -> str:
    """The Dockerfile's folder; the root where that folder holds nothing to build from."""
    folder = str(PurePosixPath(path).parent)
    beside = [each for each in repository.files if each.startswith(f"{folder}/") and not _is_dockerfile(each)]
    return folder if beside else "."


def _service_name(repository: Repository, path: str) -> str:
    pure = PurePosixPath(path)
    kind = re.sub(r"^dockerfile\.|\.dockerfile$|^dockerfile$", "", pure.name.lower())
    return slug(kind) or slug(pure.parent.name) or _only_name(repository)


def _only_name(repository: Repository) -> str:
    return "api" if _site(repository, set()) or _framework(repository, ".") in {"fastapi", "flask", "django"} else "web"


def _unique(name: str, taken: set[str]) -> str:
    number = 1
    chosen = name
    while chosen in taken:
        number += 1
        chosen = f"{name[: _LONGEST - 1 - len(str(number))].rstrip('-')}-{number}"
    return chosen


def _with_paths(services: list[_Service]) -> list[_Service]:
    """One service answers every path; the others answer below their names."""
    front = min(
        services, key=lambda each: _FRONT_NAMES.index(each.name) if each.name in _FRONT_NAMES else _MOST_PATHS + 1
    )
    return [service if service is front else _below_its_name(service) for service in services]


def _below_its_name(service: _Service) -> _Service:
    return _Service(**{**vars(service), "paths": (f"/{service.name}", f"/{service.name}/*")})


def _framework(repository: Repository, context: str) -> str | None:
    prefix = "" if context == "." else f"{context}/"
    text = " ".join(
        repository.contents.get(f"{prefix}{name}", "")
        for name in ("requirements.txt", "pyproject.toml", "package.json")
    )
    words = set(re.findall(r"[a-z]+", text.lower()))
    return next((name for name in _FRAMEWORKS if name in words), None)


def _usual_port(repository: Repository, context: str) -> int:
    framework = _framework(repository, context)
    return _FRAMEWORKS[framework] if framework else DEFAULT_PORT


def _site(repository: Repository, contexts: set[str]) -> FrontEnd | None:
    found = front_end(repository.files, repository.contents, contexts)
    folders = () if found is None else (found.folder, found.context or ".")
    return found if all(map(_can_be_named, folders)) else None


def _service_lines(service: _Service) -> list[str]:
    health = service.health or "/"
    return [
        f"  {_plain(service.name)}:",
        "    build:",
        f"      context: {_plain(service.context)}",
        f"      dockerfile: {_plain(service.dockerfile)}",
        *([] if service.port_seen else ["    # Not seen in the Dockerfile: check it."]),
        f"    port: {service.port}",
        "    health:",
        *([] if service.health else ["      # Must return 200 to 399; a dedicated path such as /healthz is better."]),
        f"      path: {_plain(health)}",
        "    # CPU units (1024 are one vCPU) and MiB: Fargate's smallest size.",
        "    cpu: 256",
        "    memory: 512",
        "    count:",
        "      desired: 2",
        "      min: 2",
        "      max: 4",
        *([] if service.paths == ("/*",) else [f"    paths: {json.dumps(list(service.paths))}"]),
        "    # environment:",
        "    #   LOG_LEVEL: info",
    ]


def _site_lines(site: FrontEnd | None) -> list[str]:
    if site is None:
        return []
    lines = ["", "# The front end: it gets every path that no service has.", "site:"]
    lines += [f"  folder: {_plain(site.folder)}"]
    if site.context is not None:
        lines += ["  build:", f"    context: {_plain(site.context)}", f"    command: {_plain(site.command)}"]
    if site.single_page:
        lines += ["  single_page: true"]
    return lines


def _environment_lines(service: str) -> list[str]:
    return [
        "# `local`, the embedded AWS on this machine, always exists. On AWS, for example:",
        "# environments:",
        "#   prod:",
        '#     account: "123456789012"',
        "#     services:",
        f"#       {service}:",
        "#         cpu: 512",
        "#         memory: 1024",
    ]


def _schema_line(repository: Repository) -> list[str]:
    here = "tagship.schema.json" in repository.files
    return ["# yaml-language-server: $schema=./tagship.schema.json"] if here else []


def _notes(repository: Repository, services: list[_Service], site: FrontEnd | None) -> Iterable[str]:
    dockerfiles = [path for path in repository.files if _is_dockerfile(path)]
    if not dockerfiles:
        yield (
            "There is no Dockerfile yet: add one next to tagship.yaml. Its container must listen on 0.0.0.0, port "
            f"{services[0].port}."
        )
    for service in services if dockerfiles else ():
        port = f"port {service.port}" + ("" if service.port_seen else ", a guess")
        health = f"health path {service.health}" if service.health else "health path `/`, a guess"
        file = service.dockerfile if service.context == "." else f"{service.context}/{service.dockerfile}"
        yield f"Service `{service.name}` from `{file}`: {port}; {health}."
    if site:
        built = f", built in `{site.context}` by `{site.command}`" if site.command else ""
        yield f"Front end in `{site.folder}`{built}."


def _plain(text: str) -> str:
    """A YAML scalar that is read as text."""
    bare = re.fullmatch(r"\.|/?[A-Za-z][A-Za-z0-9_./-]*|/", text) and text.lower() not in {"true", "false", "null"}
    return text if bare else json.dumps(text, ensure_ascii=False)


def _legal(kind: Any, text: str) -> bool:  # noqa: ANN401 - an annotated type
    try:
        TypeAdapter(kind).validate_python(text)
    except ValidationError:
        return False
    return True
