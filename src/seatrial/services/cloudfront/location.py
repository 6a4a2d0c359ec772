"""What every request of one distribution finds: its configuration of the moment, and the connections to origins."""

import asyncio
import ssl
from collections.abc import Callable, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any, Final
from weakref import WeakKeyDictionary

from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.pool import Pool
from seatrial.http.types import Address
from seatrial.http.upstream import TargetConnection
from seatrial.services.cloudfront.model import KEEPALIVE_TIMEOUT, Distribution, Origin

LOOPBACK: Final = "127.0.0.1"
VIEWER_SECONDS: Final = 60.0
"""Seconds for which a viewer's connection is kept between two requests."""

_PAUSES: Final = (0.1, 0.4)
"""Seconds before each further try of a connection; CloudFront makes three."""


@dataclass(slots=True)
class ViewerCounters:
    """What is counted of viewers' connections."""

    new_connections: int = 0
    received_bytes: int = 0
    sent_bytes: int = 0
    tls_errors: int = 0


class Origins(Pool):
    """The connections to one address of this machine.

    Args:
        clock: the data plane's coarse clock.
        port: gives the loopback port of the moment; 0 where nobody listens.
        tls: whether by TLS.
    """

    def __init__(self, clock: CoarseClock, port: Callable[[], int], *, tls: bool = False) -> None:
        super().__init__(clock)
        self._port = port
        self.tls = _trusting() if tls else None
        self.keepalive = float(KEEPALIVE_TIMEOUT)

    @property
    def where(self) -> Address:
        """See ``Pool.where``."""
        port = self._port()
        if not port:
            raise ConnectionRefusedError
        return LOOPBACK, port

    async def connect(self) -> TargetConnection:
        """See ``Pool.connect``."""
        for pause in _PAUSES:
            try:
                return await super().connect()
            except ConnectionRefusedError:
                await asyncio.sleep(pause)
        return await super().connect()

    def sweep(self) -> None:
        """Close the connections that have waited long enough."""
        self.close_idle(self.keepalive)


class Location:
    """A distribution at work.

    Args:
        distribution: its configuration; another one may be put in its place at any time.
        clock: the data plane's coarse clock.
        pools: the connections to each origin.
        control_plane: the connections to the control plane.
    """

    idle_timeout = VIEWER_SECONDS
    certificate = ""  # Its port stands for the one that speaks TLS, and does not.

    def __init__(
        self, distribution: Distribution, clock: CoarseClock, pools: Mapping[Origin, Origins], control_plane: Origins
    ) -> None:
        self.distribution = distribution
        self.clock = clock
        self.control_plane = control_plane
        self.token: Callable[[], str] = lambda: ""
        self.port = 0
        self.counters = ViewerCounters()
        self.server_names: MutableMapping[Any, str] = WeakKeyDictionary()
        self.pools = pools

    @property
    def name(self) -> str:
        """See ``Endpoint.name``."""
        return self.distribution.domain

    def pool(self, origin: Origin) -> Origins:
        """The connections to an origin."""
        return self.pools[origin]


def _trusting() -> ssl.SSLContext:
    """The load balancers' certificates are of our own making."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    return context
