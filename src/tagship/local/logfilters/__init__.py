"""Log metric filters: what is logged, held against filter patterns, becomes metrics."""

from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext
from tagship.local.logfilters.service import LogFilters


def create(context: LocalContext, cloudwatch: CloudWatch) -> LogFilters:
    """The log metric filters of one embedded AWS."""
    return LogFilters(context, cloudwatch)
