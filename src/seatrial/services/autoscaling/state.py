"""The records of Application Auto Scaling in memory, each change written through to the store before anything else."""

from typing import TypeVar

from seatrial.core.state import Store
from seatrial.services.autoscaling.records import Activity, Json, Key, Policy, Record, ScheduledAction, Target

R = TypeVar("R", bound=Record)

KEPT_SECONDS = 42 * 86400
KEPT_ACTIVITIES = 1000
"""Of one scalable target: AWS keeps six weeks (API reference, DescribeScalingActivities), and we no more than these."""


class AutoscalingState:
    """Everything Application Auto Scaling knows, by ARN or id.

    Args:
        store: the store of the embedded AWS.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self.targets = self._load(Target)
        self.policies = self._load(Policy)
        self.scheduled = self._load(ScheduledAction)
        self.activities = dict(sorted(self._load(Activity).items(), key=lambda entry: entry[1].start))

    def save(self, *records: Record) -> None:
        """Remember these: all of them or none."""
        with self._store.transaction():
            for record in records:
                self._store.put(record.kind, record.arn, record.model_dump(mode="json"))
        for record in records:
            self._table(record)[record.arn] = record

    def forget(self, *records: Record) -> None:
        """Forget these: all of them or none."""
        with self._store.transaction():
            for record in records:
                self._store.delete(record.kind, record.arn)
        for record in records:
            self._table(record).pop(record.arn, None)

    def note(self, activity: Activity, now: float) -> None:
        """Remember a new activity, and forget those of its target that are too old or too many."""
        self.save(activity)
        mine = [kept for kept in self.activities.values() if kept.key == activity.key and not kept.open]
        old = [kept for kept in mine if kept.start < now - KEPT_SECONDS]
        many = mine[: max(0, len(mine) - KEPT_ACTIVITIES)]
        if excess := {kept.arn: kept for kept in (*old, *many)}:
            self.forget(*excess.values())

    def target(self, key: Key) -> Target | None:
        """The scalable target of this name."""
        return next((target for target in self.targets.values() if target.key == key), None)

    def policies_of(self, target: Target) -> list[Policy]:
        """The policies of a scalable target."""
        return [policy for policy in self.policies.values() if policy.target == target.arn]

    def scheduled_of(self, target: Target) -> list[ScheduledAction]:
        """The scheduled actions of a scalable target."""
        return [action for action in self.scheduled.values() if action.target == target.arn]

    def open_activities(self) -> list[Activity]:
        """The activities whose end is still to come, the oldest first."""
        return [activity for activity in self.activities.values() if activity.open]

    def repeats(self, target: Target, cause: str, reason: Json) -> bool:
        """Whether this cause has come to this reason already, and nothing was scaled since."""
        for made in reversed(self.activities.values()):
            if made.target == target.arn:
                if not made.reasons:
                    return False
                if made.cause == cause:
                    return made.reasons == [reason]
        return False

    def _load(self, record: type[R]) -> dict[str, R]:
        return {arn: record.model_validate(value) for arn, value in self._store.all(record.kind).items()}

    def _table(self, record: R) -> dict[str, R]:
        tables: dict[str, dict[str, R]] = {
            Target.kind: self.targets,  # type: ignore[dict-item]
            Policy.kind: self.policies,  # type: ignore[dict-item]
            ScheduledAction.kind: self.scheduled,  # type: ignore[dict-item]
            Activity.kind: self.activities,  # type: ignore[dict-item]
        }
        return tables[record.kind]
