"""Scheduled actions."""

from seatrial.services.autoscaling.arns import scheduled_action_arn
from seatrial.services.autoscaling.errors import invalid, not_found
from seatrial.services.autoscaling.operations.call import Call, Handler
from seatrial.services.autoscaling.records import Json, ScheduledAction, Target
from seatrial.services.autoscaling.scaler import Scaler
from seatrial.services.autoscaling.state import AutoscalingState
from seatrial.services.autoscaling.timetable import Timetable, schedule_of

_MOST = 50


class ScheduledOperations:
    """Answers what is asked of scheduled actions.

    Args:
        state: the state of Application Auto Scaling.
        scaler: tells time.
        timetable: the timetable, which is told what changes.
    """

    def __init__(self, state: AutoscalingState, scaler: Scaler, timetable: Timetable) -> None:
        self._state = state
        self._scaler = scaler
        self._timetable = timetable

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {
            "PutScheduledAction": self._put,
            "DescribeScheduledActions": self._describe,
            "DeleteScheduledAction": self._delete,
        }

    def _put(self, call: Call) -> Json:
        target = self._state.target(call.key)
        if target is None:
            raise not_found("No scalable target registered", *call.key[2:])
        params, name = call.params, call.params["ScheduledActionName"]
        before = self._action(target, name)
        schedule = params.get("Schedule", before.schedule if before else None)
        action = params.get("ScalableTargetAction", before.action if before else None)
        if schedule is None or not action:
            raise invalid("A new scheduled action needs a schedule and a scalable target action.")
        if action.get("MinCapacity", 0) > action.get("MaxCapacity", float("inf")):
            raise invalid("Maximum capacity cannot be less than minimum capacity")
        made = ScheduledAction(
            arn=before.arn if before else scheduled_action_arn(call.key, name),
            target=target.arn,
            key=call.key,
            name=name,
            schedule=schedule,
            action=action,
            created=before.created if before else self._scaler.now(),
            timezone=params.get("Timezone", before.timezone if before else None),
            # "If you don't specify start and end times, the old values are deleted" (API reference).
            start=params.get("StartTime"),
            end=params.get("EndTime"),
        )
        made.next = schedule_of(made).after(self._scaler.now())
        self._state.save(made)
        self._timetable.changed()
        return {}

    def _describe(self, call: Call) -> Json:
        names = call.params.get("ScheduledActionNames")
        found = [
            action
            for action in self._state.scheduled.values()
            if call.names(action.key) and (not names or action.name in names)
        ]
        return call.page("ScheduledActions", found, _MOST, _view)

    def _delete(self, call: Call) -> Json:
        target = self._state.target(call.key)
        action = self._action(target, call.params["ScheduledActionName"]) if target else None
        if action is None:
            raise not_found("No scheduled action found", *call.key[2:])
        self._state.forget(action)
        self._timetable.changed()
        return {}

    def _action(self, target: Target, name: str) -> ScheduledAction | None:
        return next((action for action in self._state.scheduled_of(target) if action.name == name), None)


def _view(action: ScheduledAction) -> Json:
    optional = {"Timezone": action.timezone, "StartTime": action.start, "EndTime": action.end}
    return {
        "ScheduledActionName": action.name,
        "ScheduledActionARN": action.arn,
        "ServiceNamespace": action.key.namespace,
        "Schedule": action.schedule,
        "ResourceId": action.key.resource,
        "ScalableDimension": action.key.dimension,
        "ScalableTargetAction": action.action,
        "CreationTime": action.created,
        **{name: value for name, value in optional.items() if value is not None},
    }
