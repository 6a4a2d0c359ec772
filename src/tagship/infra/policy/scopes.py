"""What actions are allowed on: ARNs and a condition, with one environment's names filled in. Pure.

A scope is left out where the environment has none of its resources. Names of services, which begin with
``app-environment--``, are taken together, so that a new service asks for no new policy.
"""

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import product
from typing import Any, Final

from tagship.infra.policy.present import Manifest, values

_NAME: Final = re.compile(r"\{([\w.*]+)\}")


@dataclass(frozen=True)
class Scope:
    """What actions are allowed on.

    Args:
        resources: ARNs, with wildcards.
        condition: IAM's, or empty.
    """

    resources: tuple[str, ...]
    condition: Mapping[str, Any]


def scope(name: str, manifest: Manifest, account: str) -> Scope | None:
    """A scope in one environment; None where it has no such resources.

    Args:
        name: in ``scopes.json``.
        manifest: Terraform's variable.
        account: twelve digits.
    """
    told = _scopes()[name]
    known = {**manifest, "account": account}
    resources = tuple(dict.fromkeys(arn for template in told["resources"] for arn in _filled(template, known)))
    return Scope(resources, _condition(told.get("condition", {}), known)) if resources else None


@cache
def _scopes() -> Mapping[str, Any]:
    text = files(__package__).joinpath("scopes.json").read_text(encoding="utf-8")
    found: Mapping[str, Any] = json.loads(text)
    return found


def _condition(told: Mapping[str, Any], manifest: Manifest) -> dict[str, Any]:
    return {test: {key: _texts(value, manifest) for key, value in keys.items()} for test, keys in told.items()}


def _texts(value: str | list[str], manifest: Manifest) -> str | list[str]:
    if isinstance(value, str):
        return next(_filled(value, manifest))
    return [text for each in value for text in _filled(each, manifest)]


def _filled(template: str, manifest: Manifest) -> Iterator[str]:
    """A template with each of the values of its names; nothing where one has none."""
    paths = _NAME.findall(template)
    prefix = f"{manifest['names']['prefix']}--"
    found = [[_together(str(value), prefix) for value in values(manifest, path)] for path in paths]
    for chosen in product(*found):
        named = dict(zip(paths, chosen, strict=True))
        yield _NAME.sub(lambda match: named[match[1]], template)  # noqa: B023 - used at once


def _together(name: str, prefix: str) -> str:
    return f"{prefix}*" if name.startswith(prefix) else name
