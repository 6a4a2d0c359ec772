"""Application Load Balancers: the data plane of the embedded AWS. The ELBv2 API itself is MiniStack's.

How does a request go through? ``front.py`` (the client's connection) → ``exchange.py`` (one request; what is
no load balancer's own is in ``passing.py``) → ``targets.py`` (whose turn it is) → ``upstream.py`` (the target's
connection). Which rule does it meet? ``routing.py``. Who must sign in first, and who comes back? ``gate.py``.
When is a target healthy? ``health.py``. What runs it all? ``proxy.py``, in a process of its own (``worker.py``);
``plane.py`` is how the control plane talks to it, and ``service.py`` what it says.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.core.context import LocalContext
    from seatrial.services.elb.control.service import LoadBalancers


def create(context: "LocalContext") -> "LoadBalancers":
    """The load balancers of one embedded AWS."""
    # Imported late: the data plane's process imports this package too, and is small because it never needs these.
    from seatrial.services.elb.control.service import LoadBalancers  # noqa: PLC0415

    return LoadBalancers(context)
