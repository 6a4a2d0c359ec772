"""What every request of one listener finds: the configuration of the moment, the groups, the clock."""

import asyncio
from collections.abc import Mapping
from itertools import count
from typing import Any
from weakref import WeakKeyDictionary

from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.head import Via
from seatrial.services.elb.data.access_log.writer import AccessLog
from seatrial.services.elb.data.counters import BalancerCounters
from seatrial.services.elb.data.targets import Group
from seatrial.services.elb.model import Listener, SignIn

_GOLDEN_RATIO = 0.6180339887498949


class ListenerRuntime:
    """A listener at work.

    Args:
        listener: its configuration; another one may be put in its place at any time.
        groups: the target groups by ARN, always the present ones.
        clock: the data plane's coarse clock.
        counters: the counters of the load balancer.
    """

    log: AccessLog | None = None
    """The load balancer's access log, if it is to have one."""

    def __init__(
        self, listener: Listener, groups: Mapping[str, Group], clock: CoarseClock, counters: BalancerCounters
    ) -> None:
        self._vias: dict[str, Via] = {}
        self.listener = listener
        self.groups = groups
        self.clock = clock
        self.counters = counters
        self.loop = asyncio.get_running_loop()
        self.port = 0
        """The loopback port."""
        self.doors: dict[int, tuple[str, int]] = {}
        """``http`` or ``https``, and the loopback port, of the load balancer's listeners, by their port on AWS."""
        self.server_names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        """What clients asked for in their TLS handshakes, by the connection's TLS object."""
        self._draws = count()

    @property
    def listener(self) -> Listener:
        """The configuration of the moment."""
        return self._listener

    @listener.setter
    def listener(self, listener: Listener) -> None:
        self._listener = listener
        self._vias = {}
        self.sign_ins = tuple(rule.action for rule in listener.rules if isinstance(rule.action, SignIn))

    @property
    def name(self) -> str:
        """See ``Endpoint.name``."""
        return self._listener.load_balancer

    @property
    def certificate(self) -> str:
        """See ``Endpoint.certificate``."""
        return self._listener.certificate

    @property
    def idle_timeout(self) -> float:
        """See ``Endpoint.idle_timeout``."""
        return self._listener.idle_timeout

    def via(self, address: str) -> Via:
        """What targets learn about a client at this address; the same for each of its requests."""
        if address not in self._vias:
            protocol, port = self._listener.protocol.lower().encode(), b"%d" % self.port
            self._vias[address] = Via(address.encode(), protocol, port, self._listener.forwarding)
        return self._vias[address]

    def draw(self) -> float:
        """A number from 0 up to 1; any row of them is spread evenly, so that weights are kept to the request."""
        return next(self._draws) * _GOLDEN_RATIO % 1.0
