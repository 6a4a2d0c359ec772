"""Scaling activities, as DescribeScalingActivities answers them."""

from seatrial.services.autoscaling.errors import invalid
from seatrial.services.autoscaling.operations.call import Call, Handler
from seatrial.services.autoscaling.records import Activity, Json
from seatrial.services.autoscaling.scaler import Scaler
from seatrial.services.autoscaling.state import KEPT_SECONDS, AutoscalingState

_MOST = 50


class ActivityOperations:
    """Answers what is asked of scaling activities.

    Args:
        state: the state of Application Auto Scaling.
        scaler: tells time.
    """

    def __init__(self, state: AutoscalingState, scaler: Scaler) -> None:
        self._state = state
        self._scaler = scaler

    def handlers(self) -> dict[str, Handler]:
        """The functions that answer, by operation."""
        return {"DescribeScalingActivities": self._describe}

    def _describe(self, call: Call) -> Json:
        if "ScalableDimension" in call.params and "ResourceId" not in call.params:
            raise invalid("If you specify a scalable dimension, you must also specify a resource ID.")
        since = self._scaler.now() - KEPT_SECONDS
        all_of_them = call.params.get("IncludeNotScaledActivities", False)
        found = [
            activity
            for activity in reversed(self._state.activities.values())
            if call.names(activity.key) and activity.start >= since and (all_of_them or not activity.reasons)
        ]
        return call.page("ScalingActivities", found, _MOST, _view)


def _view(activity: Activity) -> Json:
    optional = {
        "EndTime": activity.end,
        "StatusMessage": activity.message,
        "NotScaledReasons": activity.reasons or None,
    }
    return {
        "ActivityId": activity.arn,
        "ServiceNamespace": activity.key.namespace,
        "ResourceId": activity.key.resource,
        "ScalableDimension": activity.key.dimension,
        "Description": activity.description,
        "Cause": activity.cause,
        "StartTime": activity.start,
        "StatusCode": activity.status,
        **{name: value for name, value in optional.items() if value is not None},
    }
