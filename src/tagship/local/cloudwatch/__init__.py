"""Amazon CloudWatch: metrics, metric math, alarms on a clock. Dashboards and everything else are MiniStack's."""

from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext


def create(context: LocalContext) -> CloudWatch:
    """CloudWatch of one embedded AWS."""
    return CloudWatch(context)
