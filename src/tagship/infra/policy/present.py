"""The types of resources that an environment's Terraform has: those of the root and of each module that is on. Pure."""

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from tagship.infra.workspace import SOURCES

Manifest = Mapping[str, Any]
"""Terraform's one variable, as ``variables.py`` makes it."""

_BLOCK: Final = re.compile(r'^(resource|data|ephemeral) "(\w+)"', re.MULTILINE)
_MODULE: Final = re.compile(r'^module "\w+" \{\n(.*?)^\}', re.MULTILINE | re.DOTALL)
_SOURCE: Final = re.compile(r'source\s*=\s*"\.\./modules/(\w+)"')
_COUNT: Final = re.compile(r"count\s*=\s*(?:try\()?var\.manifest\.([\w.]+)")


def types(manifest: Manifest, sources: Path = SOURCES) -> set[str]:
    """Types such as ``aws_vpc``, and of data ``data.aws_subnet``."""
    root = "\n".join(path.read_text(encoding="utf-8") for path in sorted((sources / "root").glob("*.tf")))
    found = set(_types(root))
    for name in modules(root, manifest):
        for path in (sources / "modules" / name).rglob("*.tf"):
            found |= set(_types(path.read_text(encoding="utf-8")))
    return found


def modules(root: str, manifest: Manifest) -> set[str]:
    """The modules that the root calls, as far as the manifest turns them on."""
    return {source[1] for body in _MODULE.findall(root) if (source := _SOURCE.search(body)) and _is_on(body, manifest)}


def values(manifest: Manifest, path: str) -> list[Any]:
    """What lies at a path such as ``services.*.names.task_role``; what is null or not there is left out."""
    found: list[Any] = [manifest]
    for step in path.split("."):
        found = [each for one in found if isinstance(one, Mapping) for each in _step(one, step)]
    return [each for each in found if each not in (None, "none")]


def is_on(manifest: Manifest, path: str) -> bool:
    """Whether anything at a path is more than null, false or empty."""
    return any(values(manifest, path))


def _step(value: Mapping[str, Any], step: str) -> list[Any]:
    return list(value.values()) if step == "*" else [value[step]] if step in value else []


def _is_on(body: str, manifest: Manifest) -> bool:
    """A module with a count is one of a part of the manifest; those of services are always there."""
    counted = _COUNT.search(body)
    return counted is None or is_on(manifest, counted[1])


def _types(text: str) -> Iterator[str]:
    for kind, name in _BLOCK.findall(text):
        if name.startswith("aws_"):
            yield f"data.{name}" if kind == "data" else name
