"""Application Auto Scaling: scalable targets, policies, scheduled actions, and what they did."""

from tagship.local.autoscaling.service import ApplicationAutoScaling
from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext


def create(context: LocalContext, cloudwatch: CloudWatch) -> ApplicationAutoScaling:
    """Application Auto Scaling of one embedded AWS; its alarms are CloudWatch's."""
    return ApplicationAutoScaling(context, cloudwatch)
