"""What a plan does, the moment it is applied, to tasks that run and to the people whom they serve. Pure.

A release watches each new task, and puts the old ones back. Terraform does neither: what it changes under running
tasks, it changes for all of them at once. So such changes are looked for in the plan itself (``terraform show -json``),
by the rules of ``live_rules.py``; ``reach.py`` says the same by field of the manifest.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Final

from tagship.base.errors import Refused
from tagship.infra.guard import allowed_by

OPTION: Final = "--allow-live-change"


@dataclass(frozen=True)
class Question:
    """What a load balancer is about to ask of running tasks.

    Args:
        target_group: ARN of the target group, which knows them.
        path: the path that it will ask, with a GET.
        timeout: seconds within which it wants 200 to 399.
    """

    target_group: str
    path: str
    timeout: float


@dataclass(frozen=True)
class LiveChange:
    """A change that reaches running tasks at once.

    Args:
        rule: which rule found it.
        address: the resource's address in Terraform.
        service: whose tasks, by the manifest's name; empty for every service's.
        effect: what happens, as a sentence without its full stop.
        safe: the order in which nothing breaks, in sentences.
        question: what can be asked of the running tasks before.
        takes: patterns of paths that are taken from the published front end, which can be asked for its files.
        answer: what they said, or why they were not asked; empty before.
        well: whether they answer as the load balancer will want it.
    """

    rule: str
    address: str
    service: str
    effect: str
    safe: str
    question: Question | None = None
    takes: tuple[str, ...] = ()
    answer: str = ""
    well: bool = False

    def answered(self, answer: str, *, well: bool) -> "LiveChange":
        """The same, asked."""
        return replace(self, answer=answer, well=well)

    def in_words(self) -> str:
        """One sentence, and what was answered."""
        return f"{self.address}: {self.effect}" + (f". {self.answer}" if self.answer else ".")


@dataclass(frozen=True)
class Resource:
    """A resource of the plan.

    Args:
        address: the address in Terraform.
        index: its key, where it is one of several.
        actions: Terraform's, such as ``("delete", "create")``.
        before: its attributes as it stands; empty where there is none.
        after: its attributes as planned; empty where it goes.
        unknown: which of them are known only once they are applied.
        half_made: whether Terraform was cut off while it made it: an apply that ended so has told no release of it.
    """

    address: str
    index: str
    actions: tuple[str, ...]
    before: Mapping[str, Any]
    after: Mapping[str, Any]
    unknown: Mapping[str, Any] = field(default_factory=dict)
    half_made: bool = False

    @property
    def goes(self) -> bool:
        """Whether it is deleted, or replaced, and anything can rest on it."""
        return "delete" in self.actions and not self.half_made

    @property
    def comes(self) -> bool:
        """Whether it is made, with none before."""
        return self.actions == ("create",)

    @property
    def service(self) -> str:
        """Whose it is, by the manifest's name; empty for what belongs to none."""
        found = re.match(r'module\.service\["([^"]+)"\]', self.address)
        return found[1] if found else ""

    def differs(self, *attributes: str) -> bool:
        """Whether it is changed in place, in one of these."""
        return self.actions == ("update",) and any(self.before.get(name) != self.after.get(name) for name in attributes)


@dataclass(frozen=True)
class Scene:
    """All resources of the plan, and how many tasks of each service run."""

    resources: tuple[Resource, ...]
    tasks: Callable[[str], int]


Find = Callable[[Resource, Scene], Iterator[LiveChange]]
"""What one rule finds about one resource."""


def scene(document: Mapping[str, Any], tasks: Callable[[str], int]) -> Scene:
    """The plan as ``terraform show -json`` prints it.

    Args:
        document: the plan.
        tasks: how many tasks of a service run, by the manifest's name.
    """
    changes = (each for each in document.get("resource_changes", ()) if each.get("mode", "managed") == "managed")
    return Scene(
        tuple(
            Resource(
                each["address"],
                str(each.get("index", "")),
                tuple(each["change"]["actions"]),
                each["change"].get("before") or {},
                each["change"].get("after") or {},
                each["change"].get("after_unknown") or {},
                half_made=each.get("action_reason") == "replace_because_tainted",
            )
            for each in changes
        ),
        tasks,
    )


def live_changes(found: Scene, rules: Sequence[Find]) -> tuple[LiveChange, ...]:
    """What reaches tasks that run: one for each rule and service; of a service that goes, that it goes."""
    services = {each.service for each in found.resources if each.service}
    running = {name for name in services if found.tasks(name)}
    seen: dict[tuple[str, str], LiveChange] = {}
    for resource in found.resources:
        for rule in rules:
            for change in rule(resource, found):
                if change.service in running or (not change.service and running):
                    seen.setdefault((change.rule, change.service), change)
    gone = {service for rule, service in seen if rule == "service"}
    return tuple(change for (rule, service), change in seen.items() if rule == "service" or service not in gone)


def refuse(found: Iterable[LiveChange], *, allowed: Sequence[str], environment: str) -> None:
    """Go on only where each such change was asked and is well, or was allowed by name.

    Raises:
        Refused: one was not; says the safe order.
    """
    left = [each for each in found if not each.well and not allowed_by(each.address, allowed)]
    if not left:
        return
    names = " ".join(f"{OPTION} '{each.address}'" for each in left)
    listed = "\n".join(f"  {each.in_words()}\n    Safe order: {each.safe}" for each in left)
    raise Refused(
        f"This plan affects running tasks and their users:\n{listed}",
        hint=f"Nothing was changed. To apply it anyway: tagship infra apply --env {environment} {names}",
    )
