"""Amazon CloudWatch: metrics, metric math, alarms on a clock. Dashboards and everything else are MiniStack's."""

from seatrial.core.context import LocalContext
from seatrial.services.cloudwatch.service import CloudWatch


def create(context: LocalContext) -> CloudWatch:
    """CloudWatch of one embedded AWS."""
    return CloudWatch(context)
