"""The measuring, plugged into the gateway: a round a minute."""

from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext
from tagship.local.elb.service import LoadBalancers
from tagship.local.service import OwnService


class Measuring(OwnService):
    """Publishes AWS/ECS, AWS/ApplicationELB and AWS/RDS metrics.

    Args:
        context: of the embedded AWS.
        cloudwatch: takes the metrics.
        load_balancers: have counted.
    """

    def __init__(self, context: LocalContext, cloudwatch: CloudWatch, load_balancers: LoadBalancers) -> None:
        self._context = context
        self._cloudwatch = cloudwatch
        self._load_balancers = load_balancers
