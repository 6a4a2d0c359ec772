"""Measures what really runs, once a minute, for CloudWatch: containers, load balancers, databases."""

from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext
from tagship.local.elb.service import LoadBalancers
from tagship.local.measuring.service import Measuring


def create(context: LocalContext, cloudwatch: CloudWatch, load_balancers: LoadBalancers) -> Measuring:
    """The measuring of one embedded AWS."""
    return Measuring(context, cloudwatch, load_balancers)
