"""Which IAM actions there are: on which types of resources, with which condition keys.

Source: AWS's Service Authorization Reference, in ``actions.tsv``, which ``scripts/iam_actions.py`` writes.
"""

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

_VARIABLE = "${"


@dataclass(frozen=True)
class Action:
    """An action.

    Args:
        types: of resources, such as ``service``, each with whether a call always names one; empty where it knows none.
        keys: its own condition keys, in lower case; of a family (``aws:requesttag/``) what its names begin with.
    """

    types: dict[str, bool]
    keys: tuple[str, ...]


@dataclass(frozen=True)
class ResourceType:
    """A type of resource.

    Args:
        arn: the ARN with variables: ``arn:${Partition}:ecs:${Region}:${Account}:cluster/${ClusterName}``.
        keys: see ``Action``.
    """

    arn: str
    keys: tuple[str, ...]


def action(name: str) -> Action | None:
    """An action by its name (``ecs:RunTask``); None where AWS has none."""
    cells = _table().get(name)
    if cells is None:
        return None
    return Action({kind.removesuffix("!"): kind.endswith("!") for kind in cells[0].split()}, _keys(cells[1]))


def resource_type(prefix: str, kind: str) -> ResourceType:
    """A type of resource of a service, by the service's prefix in actions."""
    arn, keys = _table()[f"{prefix}/{kind}"]
    return ResourceType(arn, _keys(keys))


def has_key(name: str, key: str) -> bool:
    """Whether a request for an action may have a value of a condition key, other than a global one."""
    known = action(name)
    if known is None:
        return False
    prefix = name.partition(":")[0]
    of_types = (one for kind in known.types for one in resource_type(prefix, kind).keys)
    return any(key == one or (one.endswith("/") and key.startswith(one)) for one in (*known.keys, *of_types))


def exists(key: str) -> bool:
    """Whether any action or resource has a condition key of this name."""
    return key in _all_keys() or f"{key.rpartition('/')[0]}/" in _all_keys()


@cache
def _all_keys() -> frozenset[str]:
    return frozenset(key for _, cell in _table().values() for key in _keys(cell))


def _keys(cell: str) -> tuple[str, ...]:
    return tuple(_plain(key.lower()) for key in cell.split())


def _plain(key: str) -> str:
    """A family of keys (``aws:RequestTag/${TagKey}``, ``s3:ExistingObjectTag/<key>``) by what its names begin with."""
    for sign in (_VARIABLE, "<", "tag-key"):
        key = key.partition(sign)[0]
    return key


@cache
def _table() -> dict[str, tuple[str, str]]:
    text = files(__package__).joinpath("actions.tsv").read_text(encoding="utf-8")
    rows = (line.split("\t") for line in text.splitlines() if not line.startswith("#"))
    return {row[0]: (row[1] if len(row) > 1 else "", row[2] if len(row) > 2 else "") for row in rows}  # noqa: PLR2004
