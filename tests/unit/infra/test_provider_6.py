"""The modules under provider 6.x: not run, but every argument of theirs is one that its schema has.

``provider-6.json`` is written by ``scripts/provider-schema.py``.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from tagship.infra.workspace import SOURCES
from tests.unit.infra.hcl import Argument, arguments

SCHEMA: dict[str, Any] = json.loads(Path(__file__).with_name("provider-6.json").read_text(encoding="utf-8"))
META = frozenset({"connection", "count", "depends_on", "for_each", "lifecycle", "provider", "timeouts"})
"""Terraform's own arguments, of every resource."""

UNTOLD = ("aws_wafv2_web_acl", "rule.statement.")
"""The bindings say nothing of a web ACL's statements, which may hold one another."""

FILES = sorted(SOURCES.rglob("*.tf"))


def unknown(argument: Argument) -> bool:
    """Whether provider 6.x has no such argument."""
    first, *rest = argument.path.split(".")
    if first in META or (argument.type == UNTOLD[0] and argument.path.startswith(UNTOLD[1])):
        return False
    known: Any = SCHEMA[argument.kind].get(argument.type)
    for part in (first, *rest):
        if known is None or part not in known:
            return True
        known = known[part]
    return False


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(SOURCES)))
def test_every_argument_of_the_modules_is_in_the_schema_of_provider_6(path: Path) -> None:
    told = [each for each in arguments(path.read_text(encoding="utf-8")) if each.type.startswith("aws_")]

    assert [each for each in told if each.kind != "ephemeral" and unknown(each)] == []


def test_the_arguments_are_read_from_blocks_within_blocks() -> None:
    text = (SOURCES / "modules/edge/main.tf").read_text(encoding="utf-8")
    told = {each.path for each in arguments(text) if each.type == "aws_cloudfront_distribution"}

    assert {"comment", "origin", "origin.vpc_origin_config.vpc_origin_id", "restrictions.geo_restriction"} <= told
    assert "ordered_cache_behavior.path_pattern" in told  # of a dynamic block
    assert sum(1 for path in FILES for _ in arguments(path.read_text(encoding="utf-8"))) > 1000


def test_an_argument_that_provider_6_lost_is_found() -> None:
    lost = 'resource "aws_eip" "this" {\n  vpc = true\n}\n'

    assert [unknown(each) for each in arguments(lost)] == [True]
