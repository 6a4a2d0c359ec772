"""Application Auto Scaling: scalable targets, policies, scheduled actions, and what they did.

How much does a policy ask for? ``arithmetic.py`` (pure). What comes of it, in bounds and cooldowns? ``decision.py``
(pure). Which alarms does a target-tracking policy make? ``alarms.py`` and ``metrics.py`` (pure). When does a scheduled
action run? ``schedules.py`` and ``cron.py`` (pure). Who asks when an alarm acts? ``invocation.py``. Who changes the
capacity, and follows the change? ``scaler.py``, through ``resources.py``.
"""

from seatrial.core.context import LocalContext
from seatrial.services.autoscaling.service import ApplicationAutoScaling
from seatrial.services.cloudwatch.service import CloudWatch


def create(context: LocalContext, cloudwatch: CloudWatch) -> ApplicationAutoScaling:
    """Application Auto Scaling of one embedded AWS; its alarms are CloudWatch's."""
    return ApplicationAutoScaling(context, cloudwatch)
