"""CloudFront's data plane: a loopback port for each distribution, which stands for its HTTPS port, without TLS.

Besides, one port with TLS for every name, user pools' among them (``docs/seatrial/names.md``).

.. code-block:: text

    Which calls of the API are followed?                                 service.py
    How are distributions and their policies asked from the API?         reading.py
    Which names do user pools have?                                      user_pools.py
    Which names have HTTPS, and what is told of them?                    names.py
    How do tasks reach them?                                             inside.py
    What runs in the container that tasks reach them by?                 forward.py
    What is known of a distribution, its behaviors and origins?          model.py
    What do its policies say?                                            policies.py
    Who starts the data plane's process and speaks to it?                plane.py

    What does that process run?                                          worker.py
    Who holds the ports of all distributions?                            edge.py
    What do all requests of one distribution share?                      location.py
    Who answers at the port that all names share?                        https.py
    How does one request go, from the viewer to an origin and back?      exchange.py
    Which requests are refused?                                          limits.py
    Which headers do the origin and the viewer get?                      heads.py
    How are CloudFront's own error pages worded?                         answers.py

    Who answers for a bucket, in the control plane?                      front.py
    How long is an answer cached, and what does an invalidation remove?  cache.py
    When is a missing object 404 instead of 403?                         missing.py

The viewer's connection is ``http/connection.py``. The API, functions and origin access control are MiniStack's.

A load balancer is asked at its own port here, internal or not, through a VPC origin or by its name. Its security
groups are not looked at: one that does not let CloudFront in is reached all the same. Not rehearsed either:
compression, access logs, web ACLs, field-level encryption; for load balancers a cache, functions, custom error pages
and the CORS headers of response headers policies.
"""

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from seatrial.core.asgi import AsgiApp
    from seatrial.core.context import ServiceContext
    from seatrial.services.cloudfront.service import Distributions, LoopbackPorts


def create(
    context: "ServiceContext", emulator: "AsgiApp", load_balancers: "LoopbackPorts", token: str
) -> "Distributions":
    """The distributions of one embedded AWS; with ``token`` their process asks the control plane for buckets."""
    # Imported late: the data plane's process imports this package too, and is small because it never needs these.
    from seatrial.services.cloudfront import inside  # noqa: PLC0415
    from seatrial.services.cloudfront.service import Distributions  # noqa: PLC0415

    return Distributions(context, emulator, load_balancers, token=token, inside=inside.create(context))
