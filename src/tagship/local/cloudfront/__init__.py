"""CloudFront's data plane: a loopback port for each distribution, a cache that obeys, and the way to each origin.

The API and the bucket behind a distribution are MiniStack's, with origin access control, functions and response
headers policies; load balancers are ours, and are asked at their own ports. The port stands for the distribution's
HTTPS port, without TLS. Not rehearsed here: compression, access logs, web ACLs, field-level encryption, WebSockets.
"""

from tagship.local.cloudfront.service import Distributions as Distributions
from tagship.local.cloudfront.service import create as create
