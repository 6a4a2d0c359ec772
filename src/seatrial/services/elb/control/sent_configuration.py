"""What callers told the ELBv2 API and MiniStack forgets, kept here as it was sent.

AWS keeps all of it; MiniStack 1.5.33 drops ``ForwardConfig`` (weighted target groups) and ``QueryStringConfig``, and
takes two ports of one address for one target.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from seatrial.core.state import Store
from seatrial.services.elb.control.configuration import Described, Shape

RULES = "elb.rule"
"""The kind of: actions and conditions as sent, by the ARN of the rule, or of the listener for its default rule."""

TARGETS = "elb.target"
"""The kind of: registered targets, ``TargetDescription``, by the group's ARN."""

_ARN = re.compile(r"<(?:RuleArn|ListenerArn)>([^<]+)</")


class SentConfiguration:
    """Notes what is sent, and adds it to what MiniStack answers.

    Args:
        store: where it is kept.
    """

    def __init__(self, store: Store) -> None:
        self._store = store

    def note(self, operation: str, form: Mapping[str, Any], answer: str) -> None:
        """An operation was called with this form, and MiniStack gave this answer."""
        group = form.get("TargetGroupArn", "")
        if operation == "RegisterTargets":
            self._store.put(TARGETS, group, registered(self.targets(group), form.get("Targets", ())))
        elif operation == "DeregisterTargets":
            self._store.put(TARGETS, group, deregistered(self.targets(group), form.get("Targets", ())))
        elif operation == "DeleteTargetGroup":
            self._store.delete(TARGETS, group)
        elif operation in {"DeleteRule", "DeleteListener"}:
            self._forget(form.get("RuleArn") or form.get("ListenerArn", ""))
        elif operation in {"CreateRule", "ModifyRule", "CreateListener", "ModifyListener"}:
            self._note_rule(form, answer)

    def targets(self, group: str) -> list[Shape]:
        """The registered targets of a group."""
        found: list[Shape] = self._store.get(TARGETS, group) or []
        return found

    def complete(self, described: Described) -> Described:
        """What MiniStack answered, and what it forgot."""
        told = self._store.all(RULES)
        rules = {
            listener: [_completed(rule, told.get(_told_as(rule, listener), {})) for rule in rules]
            for listener, rules in described.rules.items()
        }
        groups = [shape["TargetGroupArn"] for shape in described.groups]
        return replace(described, rules=rules, targets={arn: self.targets(arn) for arn in groups})

    def rules(self) -> Mapping[str, Any]:
        """Actions and conditions as sent, by ARN."""
        return self._store.all(RULES)

    def _forget(self, arn: str) -> None:
        """A rule, or a listener with all of its rules, is gone."""
        rules = arn.replace(":listener/", ":listener-rule/") + "/"
        self._store.delete(RULES, arn, *(known for known in self._store.all(RULES) if known.startswith(rules)))

    def _note_rule(self, form: Mapping[str, Any], answer: str) -> None:
        found = _ARN.search(answer)
        sent = {"Actions": form.get("Actions") or form.get("DefaultActions"), "Conditions": form.get("Conditions")}
        given = {name: value for name, value in sent.items() if value}
        if found and given:
            self._store.put(RULES, found[1], {**(self._store.get(RULES, found[1]) or {}), **given})


def registered(known: Sequence[Shape], new: Iterable[Shape]) -> list[Shape]:
    """The targets after ``RegisterTargets``; the same address and port is the same target."""
    return list({(target["Id"], target.get("Port")): dict(target) for target in (*known, *new)}.values())


def deregistered(known: Sequence[Shape], gone: Iterable[Shape]) -> list[Shape]:
    """The targets after ``DeregisterTargets``; without a port, every port of the address goes."""
    named = [(target["Id"], target.get("Port")) for target in gone]
    return [
        target
        for target in known
        if (target["Id"], None) not in named and (target["Id"], target.get("Port")) not in named
    ]


def _told_as(rule: Shape, listener: str) -> str:
    """A default rule is told with its listener."""
    arn: str = rule.get("RuleArn", "")
    return listener if str(rule.get("Priority")) == "default" else arn


def _completed(rule: Shape, told: Shape) -> Shape:
    return {**rule, **told}
