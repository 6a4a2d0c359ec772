"""The load balancers' process: ``python -m seatrial.services.elb.data.worker``, started by ``control/plane.py``."""

from seatrial.core.companion.worker import serve
from seatrial.ground.clock import SystemClock
from seatrial.services.elb.data.proxy import Proxy

if __name__ == "__main__":
    serve(lambda: Proxy(SystemClock()))
