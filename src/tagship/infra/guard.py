"""What a plan would take away for good, and why Terraform wants it. Pure.

Terraform replaces what cannot be changed in place, and says so among a hundred lines.
Here the few things that nobody can bring back are looked for in the plan itself
(``terraform show -json``; Terraform documentation, "JSON Output Format": ``resource_changes``).
A bucket or a registry is one of them only where something lies in it, and what a cut-off apply has left half made
only where it came up nevertheless, so whoever asks must look: see ``losses``.
"""

import re
from collections import defaultdict
from collections.abc import Callable, Container, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from tagship.base.errors import Refused

BUCKET: Final = "aws_s3_bucket"
REPOSITORY: Final = "aws_ecr_repository"
POOL: Final = "aws_cognito_user_pool"
GROUP: Final = "aws_cognito_user_group"
ECS_CLUSTER: Final = "aws_ecs_cluster"
CLUSTER: Final = "aws_rds_cluster"
INSTANCE: Final = "aws_rds_cluster_instance"

_LOST: Final[Mapping[str, str]] = {
    POOL: ("every account of the user pool `{name}`, with passwords and second factors; they cannot be restored"),
    GROUP: "the members of the group `{name}`; they must be added again by hand",
    ECS_CLUSTER: "every service and task of the cluster `{name}`: the app is down until the next release",
    CLUSTER: "every table of the database `{name}`{snapshot}",
    INSTANCE: "the last instances of the database `{name}`: it is unavailable until new ones are created",
    BUCKET: "every object in the bucket `{name}`, with all versions",
    REPOSITORY: "every image in the repository `{name}`: no rollback to an earlier release is possible",
}
"""By type of resource: what would be lost, as the end of a sentence."""

GUARDED: Final = frozenset(_LOST)
"""The types of resource that a plan is looked through for."""

_NAME: Final[Mapping[str, str]] = {
    CLUSTER: "cluster_identifier",
    INSTANCE: "cluster_identifier",
    BUCKET: "bucket",
}
"""Which attribute is the thing's name; ``name`` for the others."""

_IDENTIFIER: Final[Mapping[str, str]] = {POOL: "id", GROUP: "user_pool_id", INSTANCE: "identifier"}
"""What the API finds a thing by, where it is not the name; of a group, its pool."""

_REASONS: Final[Mapping[str, str]] = {
    "delete_because_no_resource_config": "it is no longer part of the modules",
    "delete_because_no_module": "`{module}` is no longer in the manifest",
    "delete_because_count_index": "`{module}` is no longer in the manifest",
    "delete_because_each_key": "`{module}` is no longer in the manifest",
    "delete_because_wrong_repetition": "this version of tagship builds it differently",
    "delete_because_no_move_target": "it is no longer part of the modules",
    "replace_because_tainted": "its creation was interrupted, so Terraform replaces it",
    "replace_by_request": "the replacement was requested",
    "replace_by_triggers": "a resource that it depends on is replaced",
}
"""Terraform's ``action_reason`` in words; ``replace_because_cannot_update`` names its attributes instead."""


@dataclass(frozen=True)
class Suspect:
    """A resource that the plan takes away, as ``Loss``.

    Args:
        name: the thing's own at AWS; of a database's instance, the database's.
        identifier: what its API finds it by, where that is another than the name.
        half_made: whether Terraform was cut off while it made it, or all that makes it answer.
    """

    address: str
    resource_type: str
    action: Literal["delete", "replace"]
    name: str
    lost: str
    because: str
    identifier: str = ""
    half_made: bool = False

    @property
    def must_be_looked_into(self) -> bool:
        """Whether nothing is lost where nothing lies in it, or where it never came up."""
        return self.half_made or self.resource_type in {BUCKET, REPOSITORY, GROUP, INSTANCE}


@dataclass(frozen=True)
class Loss:
    """What would be lost for good.

    Args:
        address: the resource's address in Terraform.
        action: whether it goes, or goes and is made anew, empty.
        lost: what goes with it, as the end of a sentence.
        because: why Terraform wants it.
        protected: whether AWS, or its own setting in Terraform, would refuse to delete it as it stands.
    """

    address: str
    action: Literal["delete", "replace"]
    lost: str
    because: str
    protected: bool = False

    def allowed_by(self, names: Iterable[str]) -> bool:
        """Whether one of these is its address, or the name of a module that it lies in."""
        return allowed_by(self.address, names)

    def in_words(self) -> str:
        """One sentence."""
        verb = "delete" if self.action == "delete" else "replace"
        return f"{verb} {self.address}: {self.lost}. Why: {self.because}."


def suspects(document: Mapping[str, Any]) -> tuple[Suspect, ...]:
    """What the plan takes away of what nobody can bring back, in the plan's order.

    Args:
        document: the plan as ``terraform show -json`` prints it.
    """
    changes = [each for each in document.get("resource_changes", ()) if each.get("mode", "managed") == "managed"]
    taken = [each for each in changes if "delete" in each["change"]["actions"] and each["type"] in _LOST]
    clusters = {_name(each) for each in taken if each["type"] == CLUSTER}
    last = _last_instances(changes)
    half_made = _half_made(document, changes)
    return tuple(
        _suspect(each, half_made=each["address"] in half_made)
        for each in taken
        if each["type"] != INSTANCE or (_name(each) in last and _name(each) not in clusters)
    )


def losses(
    found: Sequence[Suspect], holds: Callable[[Suspect], bool], protected: Container[str] = ()
) -> tuple[Loss, ...]:
    """Those of them that take something with them; of several instances of one database, one.

    Args:
        found: what ``suspects`` found.
        holds: whether something lies in it, or it has come up; asked for those alone that must be looked into.
        protected: addresses of what protects itself against deletion.
    """
    seen: dict[tuple[str, str], Loss] = {}
    for each in found:
        if not each.must_be_looked_into or holds(each):
            key = (each.resource_type, each.name if each.resource_type == INSTANCE else each.address)
            seen.setdefault(key, Loss(each.address, each.action, each.lost, each.because, each.address in protected))
    return tuple(seen.values())


def refuse(found: Sequence[Loss], *, allowed: Sequence[str], environment: str) -> None:
    """Go on only where each loss was allowed by name, and would not be refused halfway.

    Raises:
        Refused: one was not, or protects itself.
    """
    if left := [each for each in found if not each.allowed_by(allowed)]:
        names = " ".join(f"--allow-destroy '{each.address}'" for each in left)
        raise Refused(
            f"This plan destroys data that cannot be restored:\n{_listed(left)}",
            hint=f"Revert the change in tagship.yaml. If you want this: tagship infra apply --env {environment} "
            f"{names}",
        )
    if kept := [each for each in found if each.protected]:
        raise Refused(
            f"`{environment}` is protected, so AWS would reject this plan halfway:\n{_listed(kept)}",
            hint=f"Write `protect: false` for `{environment}` in tagship.yaml and apply that alone; then apply this.",
        )


def _listed(found: Iterable[Loss]) -> str:
    return "\n".join(f"  {each.in_words()}" for each in found)


def allowed_by(address: str, names: Iterable[str]) -> bool:
    """Whether one of these is a resource's address, or the name of a module that it lies in."""
    return bool(_names_of(address) & set(names))


def module_names(address: str) -> frozenset[str]:
    """What a person may call the modules of a resource: ``module.auth[0]``, ``module.auth``, ``auth``."""
    parts = re.findall(r"module\.([a-z0-9_]+)(\[[^\]]*\])?", address)
    return frozenset(
        spelled for name, key in parts for spelled in (f"module.{name}{key}", f"module.{name}", f"{name}{key}", name)
    )


def _names_of(address: str) -> frozenset[str]:
    return module_names(address) | {address, re.sub(r"\[[^\]]*\]", "", address)}


def _last_instances(changes: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The clusters of which no instance stays as it is."""
    stays: dict[str, bool] = defaultdict(bool)
    for each in changes:
        if each["type"] == INSTANCE and each["change"].get("before"):
            stays[_name(each)] |= "delete" not in each["change"]["actions"]
    return frozenset(name for name, stay in stays.items() if not stay)


def _half_made(document: Mapping[str, Any], changes: Sequence[Mapping[str, Any]]) -> frozenset[str]:
    """The addresses that Terraform calls tainted, and the databases of which every instance is.

    A deletion says another reason than a replacement, so the state of before is read as well
    (Terraform documentation, "JSON Output Format": ``prior_state``, in which a resource may be ``tainted``).
    """
    tainted = {each["address"] for each in changes if each.get("action_reason") == "replace_because_tainted"}
    root = document.get("prior_state", {}).get("values", {}).get("root_module", {})
    tainted |= {each["address"] for each in _resources(root) if each.get("tainted")}
    whole: dict[str, bool] = defaultdict(bool)
    for each in changes:
        if each["type"] == INSTANCE and each["change"].get("before"):
            whole[_name(each)] |= each["address"] not in tainted
    return frozenset(
        each["address"]
        for each in changes
        if each["address"] in tainted or (each["type"] == CLUSTER and whole.get(_name(each)) is False)
    )


def _resources(module: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield from module.get("resources", ())
    for child in module.get("child_modules", ()):
        yield from _resources(child)


def _suspect(change: Mapping[str, Any], *, half_made: bool) -> Suspect:
    name = _name(change)
    action: Literal["delete", "replace"] = "replace" if "create" in change["change"]["actions"] else "delete"
    lost = _LOST[change["type"]].format(name=name, snapshot=_snapshot(change["change"].get("before") or {}))
    identifier = str((change["change"].get("before") or {}).get(_IDENTIFIER.get(change["type"], ""), ""))
    return Suspect(change["address"], change["type"], action, name, lost, _because(change), identifier, half_made)


def _name(change: Mapping[str, Any]) -> str:
    before = change["change"].get("before") or {}
    return str(before.get(_NAME.get(change["type"], "name")) or change["address"])


def _snapshot(before: Mapping[str, Any]) -> str:
    identifier = before.get("final_snapshot_identifier")
    if before.get("skip_final_snapshot", True) or not identifier:
        return ""
    return f"; a final snapshot would be kept (`{identifier}`), and the new database would be empty"


def _because(change: Mapping[str, Any]) -> str:
    attributes = list(_forcing(change["change"]))
    if attributes:
        return f"{' and '.join(attributes)} cannot be changed in place"
    module = re.sub(r"\.[^.]+\.[^.]+$", "", change["address"])
    reason = _REASONS.get(change.get("action_reason", ""), "the plan gives no reason")
    return reason.format(module=module)


def _forcing(change: Mapping[str, Any]) -> Iterator[str]:
    """The attributes that force a replacement, from what to what where that is no secret."""
    for path in change.get("replace_paths", ()):
        where = ".".join(str(step) for step in path)
        before, after = (_at(change.get(side), path) for side in ("before", "after"))
        secret = any(_at(change.get(side), path[:1]) for side in ("before_sensitive", "after_sensitive"))
        shown = not secret and all(isinstance(value, str | int | float | bool) for value in (before, after))
        yield f"`{where}` (from `{before}` to `{after}`)" if shown else f"`{where}`"


def _at(value: Any, path: Sequence[Any]) -> Any:  # noqa: ANN401 - JSON
    for step in path:
        if isinstance(value, list) and isinstance(step, int) and step < len(value):
            value = value[step]
        elif isinstance(value, dict):
            value = value.get(step)
        else:
            return None
    return value
