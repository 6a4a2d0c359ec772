"""The load balancers' process: ``python -m tagship.local.elb.worker``, started by ``plane.py``."""

from tagship.base.clock import SystemClock
from tagship.local.companion.worker import serve
from tagship.local.elb.proxy import Proxy

if __name__ == "__main__":
    serve(lambda: Proxy(SystemClock()))
