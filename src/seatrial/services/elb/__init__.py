"""Application Load Balancers: the traffic is ours, the ELBv2 API is MiniStack's.

Two processes. ``control/`` is in the control plane: ``service.py`` reads what is configured, and ``plane.py`` tells the
other one. ``data/`` is that other one (``worker.py``): ``proxy.py`` runs it all. How does a request go through? The
client's connection is ``http/connection.py``, then ``data/exchange.py`` (one request) → ``data/routing.py`` (which rule
does it meet?) → ``data/gate.py`` (who must sign in first?) → ``data/targets.py`` (whose turn is it?) →
``http/upstream.py``. When is a target healthy? ``health.py``. What do both know? ``model.py``.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.core.context import ServiceContext
    from seatrial.services.elb.control.service import LoadBalancers


def create(context: "ServiceContext") -> "LoadBalancers":
    """The load balancers of one embedded AWS."""
    # Imported late: the data plane's process imports this package too, and is small because it never needs these.
    from seatrial.services.elb.control.service import LoadBalancers  # noqa: PLC0415

    return LoadBalancers(context)
