"""Checkov's findings against the list of those that are explained.

The list is ``checkov-skips.yaml``: by check, a sentence why it does not apply, and where it is about some
resources only, how their addresses begin.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML


@dataclass(frozen=True)
class Finding:
    """One resource that fails one check."""

    check: str
    resource: str
    name: str


@dataclass(frozen=True)
class Skip:
    """Why a check does not apply: everywhere, or where an address begins like one of ``only``."""

    check: str
    why: str
    only: tuple[str, ...] = ()

    def covers(self, finding: Finding) -> bool:
        return finding.check == self.check and (not self.only or finding.resource.startswith(self.only))


def findings(report: Mapping[str, Any]) -> list[Finding]:
    """The failed checks of ``checkov -o json``, each once; which instance of a module or resource is left out."""
    failed = report["results"]["failed_checks"]
    return sorted(
        {Finding(each["check_id"], re.sub(r"\[[^\]]*\]", "", each["resource"]), each["check_name"]) for each in failed},
        key=lambda each: (each.check, each.resource),
    )


def read_skips(path: Path) -> list[Skip]:
    """The list; a sentence is demanded of each."""
    said = YAML(typ="safe").load(path.read_text(encoding="utf-8"))
    return [Skip(check, each["why"], tuple(each.get("only", ()))) for check, each in said.items()]


def unexplained(found: Iterable[Finding], skips: Sequence[Skip]) -> list[str]:
    """What no skip covers."""
    return [
        f"{each.check} {each.resource}: {each.name}" for each in found if not any(skip.covers(each) for skip in skips)
    ]


def idle(found: Sequence[Finding], skips: Iterable[Skip]) -> list[str]:
    """Skips, or parts of them, that skip nothing."""
    return [
        f"{skip.check} {part}".strip()
        for skip in skips
        for part in (skip.only or ("",))
        if not any(each.check == skip.check and each.resource.startswith(part) for each in found)
    ]


def without_reason(skips: Iterable[Skip]) -> list[str]:
    """Skips whose reason is no sentence."""
    return [skip.check for skip in skips if not (len(skip.why.split()) > 3 and skip.why.strip().endswith("."))]
