"""What Application Auto Scaling remembers: scalable targets, policies, scheduled actions, scaling activities.

Times are seconds since 1970. ``Json`` fields are in AWS's own shapes, passed through unchanged.
"""

from typing import Any, ClassVar, NamedTuple

from pydantic import BaseModel, Field

Json = dict[str, Any]


class Key(NamedTuple):
    """What names a scalable target: there is one for each."""

    account: str
    region: str
    namespace: str
    resource: str
    dimension: str


class Record(BaseModel):
    """One thing that is remembered, under its ARN or id."""

    kind: ClassVar[str]
    arn: str


class LastScaling(BaseModel):
    """The newest scaling by a policy, for its cooldown.

    Args:
        before: the capacity from which it started.
        after: the capacity that it set.
        cooldown: seconds of AWS's time that it asks for.
        ended: when its change was fulfilled; None until then.
    """

    before: int
    after: int
    cooldown: float
    ended: float | None = None


class Target(Record):
    """A scalable target.

    Args:
        last: the last scaling activity, for the cooldown; None where no policy has scaled yet.
        held: the cause of a scale-in that waits for the end of a deployment.
    """

    kind = "autoscaling.target"
    key: Key
    minimum: int
    maximum: int
    role: str
    created: float
    suspended: dict[str, bool] = Field(default_factory=dict)
    tags: dict[str, str] = Field(default_factory=dict)
    last: LastScaling | None = None
    held: str | None = None


class Policy(Record):
    """A scaling policy; ``alarms`` are those that it made itself."""

    kind = "autoscaling.policy"
    target: str
    key: Key
    name: str
    type: str
    configuration: Json
    created: float
    alarms: list[Json] = Field(default_factory=list)


class ScheduledAction(Record):
    """A scheduled action; ``next`` is when it runs next, None where it runs no more."""

    kind = "autoscaling.scheduled-action"
    target: str
    key: Key
    name: str
    schedule: str
    action: dict[str, int]
    created: float
    timezone: str | None = None
    start: float | None = None
    end: float | None = None
    next: float | None = None


class Activity(Record):
    """A scaling activity; its ``arn`` is its id.

    Args:
        before: the capacity at its beginning.
        after: the capacity that it wants; None where it changes none.
        target: the ARN of the scalable target.
    """

    kind = "autoscaling.activity"
    key: Key
    target: str
    description: str
    cause: str
    start: float
    status: str = "Pending"
    message: str | None = None
    end: float | None = None
    reasons: list[Json] = Field(default_factory=list)
    before: int | None = None
    after: int | None = None

    @property
    def open(self) -> bool:
        """Whether its end is still to come."""
        return self.status in {"Pending", "InProgress"}
