"""Application Auto Scaling, plugged into the gateway."""

from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext
from tagship.local.service import OwnService


class ApplicationAutoScaling(OwnService):
    """Application Auto Scaling of one embedded AWS.

    Args:
        context: of the embedded AWS.
        cloudwatch: evaluates the alarms of target-tracking policies, and tells when they act.
    """

    def __init__(self, context: LocalContext, cloudwatch: CloudWatch) -> None:
        self._context = context
        self._cloudwatch = cloudwatch
