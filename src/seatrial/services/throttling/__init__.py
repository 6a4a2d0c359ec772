"""AWS's request quotas: token buckets per group of operations; beyond them, a ThrottlingException."""

from seatrial.core.context import ServiceContext
from seatrial.services.throttling.service import Throttling


def create(context: ServiceContext) -> Throttling:
    """The quotas of one embedded AWS."""
    return Throttling(context)
