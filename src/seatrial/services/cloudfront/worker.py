"""CloudFront's process: ``python -m seatrial.services.cloudfront.worker``, started by ``plane.py``."""

from seatrial.core.companion.worker import serve
from seatrial.ground.clock import SystemClock
from seatrial.services.cloudfront.edge import Edge

if __name__ == "__main__":
    serve(lambda: Edge(SystemClock()))
