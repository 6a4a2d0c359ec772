"""CloudFront's process: ``python -m tagship.local.cloudfront.worker``, started by ``plane.py``."""

from tagship.base.clock import SystemClock
from tagship.local.cloudfront.edge import Edge
from tagship.local.companion.worker import serve

if __name__ == "__main__":
    serve(lambda: Edge(SystemClock()))
