"""Amazon CloudWatch: metrics, alarms on a clock, metric filters of logs. Dashboards are MiniStack's."""

from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext


def create(context: LocalContext) -> CloudWatch:
    """CloudWatch of one embedded AWS."""
    return CloudWatch(context)
