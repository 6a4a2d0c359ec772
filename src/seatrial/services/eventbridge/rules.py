"""The rules of the default bus and their targets, as MiniStack stores them, remembered until one changes."""

import json
import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from seatrial.core.internal import Aws
from seatrial.ground.clock import Clock
from seatrial.services.eventbridge.inputs import RuleName
from seatrial.services.eventbridge.patterns import PatternError, matches

REMEMBERED_SECONDS = 30.0
"""Rules that CloudFormation makes inside MiniStack pass no gateway; they are seen after this time at the latest."""

_log = logging.getLogger("seatrial")


@dataclass(frozen=True)
class Rule:
    """An enabled rule with an event pattern, and its targets as ``ListTargetsByRule`` answers them."""

    name: RuleName
    pattern: Mapping[str, Any]
    targets: tuple[Mapping[str, Any], ...]


class Rules:
    """The rules by region."""

    def __init__(self, aws: Aws, clock: Clock) -> None:
        self._aws = aws
        self._clock = clock
        self._known: dict[str, tuple[float, list[Rule]]] = {}
        self._changes = 0

    def forget(self) -> None:
        """A rule may have changed."""
        self._changes += 1
        self._known.clear()

    async def matching(self, region: str, event: Mapping[str, Any]) -> list[Rule]:
        """The rules of a region that match an event."""
        return [rule for rule in await self._rules(region) if _safely_matches(rule, event)]

    async def _rules(self, region: str) -> list[Rule]:
        read_at, known = self._known.get(region, (0.0, []))
        now = self._clock.monotonic()
        if region in self._known and now - read_at < REMEMBERED_SECONDS:
            return known
        changes = self._changes
        rules = await self._read(region)
        if changes == self._changes:
            self._known[region] = (now, rules)
        return rules

    async def _read(self, region: str) -> list[Rule]:
        rules: list[Rule] = []
        for item in await self._all(region, "ListRules", "Rules", EventBusName="default"):
            if item.get("State", "ENABLED") == "DISABLED" or not item.get("EventPattern"):
                continue
            name = RuleName(item["Name"], item.get("Arn", ""))
            targets = await self._all(region, "ListTargetsByRule", "Targets", Rule=name.name, EventBusName="default")
            if targets and (pattern := _parsed(item["EventPattern"], name)):
                rules.append(Rule(name, pattern, tuple(targets)))
        return rules

    async def _all(self, region: str, operation: str, member: str, **params: str) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        answer = await self._aws.call("events", operation, region=region, **params)
        found += answer.get(member, ())
        while token := answer.get("NextToken"):
            answer = await self._aws.call("events", operation, region=region, NextToken=token, **params)
            found += answer.get(member, ())
        return found


def _parsed(text: str, name: RuleName) -> Mapping[str, Any] | None:
    try:
        pattern = json.loads(text)
    except ValueError:
        _log.warning("The event pattern of rule %s is no JSON.", name.name)
        return None
    return pattern if isinstance(pattern, Mapping) else None


def _safely_matches(rule: Rule, event: Mapping[str, Any]) -> bool:
    try:
        return matches(rule.pattern, event)
    except PatternError as error:
        _log.warning("The event pattern of rule %s matches nothing: %s", rule.name.name, error)
        return False
