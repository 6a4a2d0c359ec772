"""CloudFront's data plane: a loopback port for each distribution, which stands for its HTTPS port, without TLS.

How does a request go through? The viewer's connection is ``http/connection.py``; then ``exchange.py`` (one
request: which behavior?) → ``heads.py`` (what does the origin get to read, what the viewer?) → ``location.py`` (the
connections to origins). All of that runs in a process of its own (``edge.py``, ``worker.py``). What a bucket has is
answered by the control plane (``front.py``), with a cache that obeys; the API, functions and origin access control are
MiniStack's.

A load balancer is asked at its own port here, internal or not, through a VPC origin or by its name. Its security
groups are not looked at: one that does not let CloudFront in is reached all the same. Not rehearsed either:
compression, access logs, web ACLs, field-level encryption; for load balancers a cache, functions, custom error pages
and the CORS headers of response headers policies.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.core.asgi import AsgiApp
    from seatrial.core.context import LocalContext
    from seatrial.services.cloudfront.service import Distributions, LoopbackPorts


def create(
    context: "LocalContext", emulator: "AsgiApp", load_balancers: "LoopbackPorts", token: str
) -> "Distributions":
    """The distributions of one embedded AWS; with ``token`` their process asks the control plane for buckets."""
    # Imported late: the data plane's process imports this package too, and is small because it never needs these.
    from seatrial.services.cloudfront.service import Distributions  # noqa: PLC0415

    return Distributions(context, emulator, load_balancers, token)
