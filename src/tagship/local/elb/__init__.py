"""Application Load Balancers: the data plane of the embedded AWS. The ELBv2 API itself is MiniStack's.

How does a request go through? ``front.py`` (the client's connection) → ``exchange.py`` (one request) →
``targets.py`` (whose turn it is) → ``upstream.py`` (the target's connection). Which rule does it meet? ``routing.py``.
When is a target healthy? ``health.py``. What runs it all? ``plane.py``, in a thread of its own.
"""

from tagship.local.context import LocalContext
from tagship.local.elb.service import LoadBalancers


def create(context: LocalContext) -> LoadBalancers:
    """The load balancers of one embedded AWS."""
    return LoadBalancers(context)
