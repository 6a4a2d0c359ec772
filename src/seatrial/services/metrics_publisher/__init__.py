"""Measures what really runs, once a minute, for CloudWatch: containers, load balancers, databases."""

from seatrial.core.context import ServiceContext
from seatrial.services.cloudwatch.service import CloudWatch
from seatrial.services.elb.control.service import LoadBalancers
from seatrial.services.metrics_publisher.service import Measuring


def create(context: ServiceContext, cloudwatch: CloudWatch, load_balancers: LoadBalancers) -> Measuring:
    """The measuring of one embedded AWS."""
    return Measuring(context, cloudwatch, load_balancers)
