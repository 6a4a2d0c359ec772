"""The kinds of faults, and what each may be told. Pure."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from math import isfinite
from types import MappingProxyType
from typing import Any

EVERYTHING = "*"
"""The service of a fault that strikes every service, and the tasks that belong to none."""

_ZONE = re.compile(r"[a-z]{2}(-[a-z]+)+-\d[a-z]")


# inside: the page, which answers it as a bad request
class FaultInvalid(Exception):
    """A fault that cannot be set; the message says why, ``hint`` what to type next."""

    def __init__(self, message: str, hint: str) -> None:
        super().__init__(message)
        self.hint = hint


@dataclass(frozen=True)
class Kind:
    """What can be said of a fault of this kind.

    Args:
        seconds: how many, where none are said; None where the kind takes none.
        share: the default share of the quota; None where the kind takes none.
        lasts: seconds until the fault ends by itself, where none are said; None: until it is cleared.
        service: whether it strikes a service, or the tasks of one.
        tasks: whether it strikes tasks, so that they can be counted.
        zone: whether it strikes an availability zone, which has to be said.
    """

    seconds: float | None = None
    share: float | None = None
    lasts: float | None = None
    service: bool = True
    tasks: bool = True
    zone: bool = False


KINDS: Mapping[str, Kind] = MappingProxyType(
    {
        "image-missing": Kind(),
        "pull-slow": Kind(seconds=30),
        "crash": Kind(seconds=5),
        "out-of-memory": Kind(seconds=5),
        "slow-start": Kind(seconds=20),
        "health-503": Kind(seconds=0),
        "secret-denied": Kind(),
        "log-denied": Kind(),
        "no-capacity": Kind(tasks=False),
        "other-deployer": Kind(seconds=5, tasks=False),
        "zone": Kind(service=False, tasks=False, zone=True),
        "throttle": Kind(share=0.5, lasts=60, service=False, tasks=False),
        "engine-restart": Kind(seconds=5, service=False, tasks=False),
    }
)


@dataclass(frozen=True)
class Order:
    """A fault as it was asked for, with the defaults of its kind.

    Args:
        kind: one of ``KINDS``.
        service: name or ARN of an ECS service, a task definition's family, or ``*``.
        seconds: seconds until it begins, or for which it lasts, depending on the kind.
        share: the share of the quota that another caller uses, above 0 and up to 1.
        tasks: how many tasks are hit; None for all.
        lasts: seconds until the fault ends by itself; None: until it is cleared.
        zone: the availability zone that is lost, ``eu-central-1a``.
    """

    kind: str
    service: str = EVERYTHING
    seconds: float | None = None
    share: float | None = None
    tasks: int | None = None
    lasts: float | None = None
    zone: str | None = None


def read_order(given: Mapping[str, Any]) -> Order:
    """Check what was asked for.

    Raises:
        FaultInvalid: there is no such kind, or the kind does not take this.
    """
    name = given.get("kind")
    kind = KINDS.get(name) if isinstance(name, str) else None
    if kind is None or not isinstance(name, str):
        raise _unknown(name)
    taken = {
        "kind": True,
        "service": kind.service,
        "seconds": kind.seconds is not None,
        "share": kind.share is not None,
        "tasks": kind.tasks,
        "lasts": name != "engine-restart",
        "zone": kind.zone,
    }
    for field in (field for field, value in given.items() if value is not None and not taken.get(field)):
        raise FaultInvalid(f"The fault `{name}` has no parameter `{field}`.", f"seatrial fault {name} --help")
    return Order(
        kind=name,
        service=_text(name, given.get("service")),
        seconds=_number(given, "seconds", kind.seconds, smallest=0),
        share=_share(given, kind.share),
        tasks=_count(given),
        lasts=_number(given, "lasts", kind.lasts, smallest=0),
        zone=_zone(given.get("zone")) if kind.zone else None,
    )


def _unknown(name: object) -> FaultInvalid:
    near = get_close_matches(name, KINDS, n=1) if isinstance(name, str) else []
    meant = f" Did you mean `{near[0]}`?" if near else f" There are: {', '.join(KINDS)}."
    return FaultInvalid(f"There is no fault `{name}`.{meant}", "seatrial fault --help")


def _text(kind: str, given: object) -> str:
    if given is None:
        return EVERYTHING
    if not isinstance(given, str) or not given.strip():
        raise FaultInvalid("`service` must be the name or the ARN of a service, or `*`.", f"seatrial fault {kind}")
    return given


def _zone(given: object) -> str:
    if not isinstance(given, str) or not _ZONE.fullmatch(given):
        raise FaultInvalid("`zone` must be an availability zone, such as eu-central-1a.", "seatrial fault zone --help")
    return given


def _number(given: Mapping[str, Any], field: str, default: float | None, *, smallest: float) -> float | None:
    value = given.get(field)
    if value is None:
        return default
    if isinstance(value, bool) or not isinstance(value, int | float) or not isfinite(value) or value < smallest:
        raise FaultInvalid(f"`{field}` must be a number of seconds, at least {smallest:g}.", "seatrial fault --help")
    return float(value)


def _share(given: Mapping[str, Any], default: float | None) -> float | None:
    share = _number(given, "share", default, smallest=0)
    if share is not None and not 0 < share <= 1:
        raise FaultInvalid("`share` must be above 0 and at most 1.", "seatrial fault throttle --help")
    return share


def _count(given: Mapping[str, Any]) -> int | None:
    count = given.get("tasks")
    if count is not None and (isinstance(count, bool) or not isinstance(count, int) or count < 1):
        raise FaultInvalid("`tasks` must be a number of tasks, at least 1.", "seatrial fault --help")
    return count
