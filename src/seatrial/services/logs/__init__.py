"""Log metric filters: what is logged, held against filter patterns, becomes metrics."""

from seatrial.core.context import LocalContext
from seatrial.services.cloudwatch.service import CloudWatch
from seatrial.services.logs.service import LogFilters


def create(context: LocalContext, cloudwatch: CloudWatch) -> LogFilters:
    """The log metric filters of one embedded AWS."""
    return LogFilters(context, cloudwatch)
