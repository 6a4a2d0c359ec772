"""What is remembered of faults: those that are set, and those that a task has caught. Times: seconds since 1970."""

from collections.abc import Callable, Collection, Iterable, Mapping
from typing import Any, Literal

from pydantic import AliasChoices, BaseModel, Field

from seatrial.core.faults.kinds import EVERYTHING


class Strike(BaseModel):
    """What another deployer is about to do: deploy a copy of this task definition, at this time."""

    service_arn: str
    cluster_arn: str
    definition_arn: str
    at: float


class Fault(BaseModel):
    """A fault that is set; the fields are those of ``kinds.Order``.

    Args:
        id: a number, as text.
        tasks: how many more tasks it hits; None for all.
        until: when it ends by itself.
        zone: the availability zone that is lost.
        hit: how many tasks, or deployments, it has hit.
        strike: what ``other-deployer`` is about to do.
    """

    id: str
    kind: str
    service: str = EVERYTHING
    seconds: float | None = None
    share: float | None = None
    tasks: int | None = None
    created_at: float
    until: float | None = None
    zone: str | None = None
    hit: int = Field(default=0, validation_alias=AliasChoices("hit", "struck"))
    strike: Strike | None = None

    def concerns(self, names: Collection[str]) -> bool:
        """Whether it concerns what has these names."""
        return self.service == EVERYTHING or self.service in names

    def over(self, now: float) -> bool:
        """Whether it has ended by itself."""
        return self.until is not None and now >= self.until


class TaskFaults(BaseModel):
    """What affects one task, decided when it starts; its times count from ``began_at``, when its containers ran.

    Args:
        image_missing: whether its image cannot be pulled.
        pull_delay: seconds that its images take longer.
        secret_denied: whether its execution role may not read secrets.
        log_denied: whether its execution role may not make log streams.
        paused_for: seconds for which its main container does nothing after its start.
        ends_after: seconds until its main container ends.
        ends_as: how that looks: exit code 1, or out of memory.
        unhealthy_after: seconds until its health checks fail.
        began_at: when its containers ran.
        ended: whether its main container was made to end.
        unhealthy: whether its health checks fail.
    """

    image_missing: bool = False
    pull_delay: float = 0
    secret_denied: bool = False
    log_denied: bool = False
    paused_for: float = 0
    ends_after: float | None = None
    ends_as: Literal["crash", "out-of-memory"] = "crash"
    unhealthy_after: float | None = None
    began_at: float | None = None
    ended: bool = False
    unhealthy: bool = False


_EFFECTS: Mapping[str, Callable[[float], dict[str, Any]]] = {
    "image-missing": lambda _: {"image_missing": True},
    "pull-slow": lambda seconds: {"pull_delay": seconds},
    "secret-denied": lambda _: {"secret_denied": True},
    "log-denied": lambda _: {"log_denied": True},
    "slow-start": lambda seconds: {"paused_for": seconds},
    "crash": lambda seconds: {"ends_after": seconds, "ends_as": "crash"},
    "out-of-memory": lambda seconds: {"ends_after": seconds, "ends_as": "out-of-memory"},
    "health-503": lambda seconds: {"unhealthy_after": seconds},
}

STRIKE_TASKS = frozenset(_EFFECTS)
"""The kinds that affect single tasks."""


def task_faults(faults: Iterable[Fault]) -> TaskFaults | None:
    """What affects a task that these faults strike; of two of one kind, the later; None where nothing does."""
    fields: dict[str, Any] = {}
    for fault in faults:
        fields |= _EFFECTS[fault.kind](fault.seconds or 0)
    return TaskFaults(**fields) if fields else None
