"""The distributions' data plane at work: a loopback port for each, on one event loop.

It runs in a process of its own (``worker.py``); the control plane talks to it through ``plane.py``.
"""

import asyncio
from collections.abc import Mapping
from functools import partial

from seatrial.core.settings import LAST_PORT
from seatrial.ground.clock import Clock
from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.listeners import Door, Ports
from seatrial.services.cloudfront.exchange import answers_of
from seatrial.services.cloudfront.https import SharedPort, answers_by_name
from seatrial.services.cloudfront.location import Location, Origins
from seatrial.services.cloudfront.model import HTTPS, Configuration, ListenerKey, Origin

SWEEP = 0.25
"""Seconds between two looks at what is idle."""

ABOVE = 363
"""From the first front door's port to the first that is tried for HTTPS: with 8080, that is 8443."""


class Edge:
    """Answers the viewers of every distribution. To be made and used on a running event loop.

    Args:
        clock: the wall clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = CoarseClock(clock)
        self._configuration = Configuration()
        self._doors: dict[str, Door[Location]] = {}
        self._pools: dict[Origin, Origins] = {}
        self._control_plane = Origins(self._clock, lambda: self._configuration.control_plane)
        self._shared: Door[SharedPort] | None = None
        self._sweep()

    async def apply(self, configuration: Configuration, wanted: Mapping[str, int], first: int) -> dict[str, int]:
        """Follow a configuration from now on; see ``EdgeClient.apply``.

        Args:
            configuration: all of it.
            wanted: the loopback port that each distribution had before, by its id.
            first: the first port to try for a new one.
        """
        self._clock.move_on(self._loop.time())
        self._configuration = configuration
        self._add_origins()
        distributions = {distribution.id: distribution for distribution in configuration.distributions}
        for identity in self._doors.keys() - distributions.keys():
            await self._doors.pop(identity).close()
        ports = Ports(
            first, {*wanted.values(), *(door.endpoint.port for door in self._doors.values())}, self._loop.time()
        )
        for identity, distribution in distributions.items():
            if identity in self._doors:
                self._doors[identity].endpoint.distribution = distribution
                continue
            location = Location(distribution, self._clock, self._pools, self._control_plane)
            location.token = lambda: self._configuration.token
            door = Door(location, answers_of(location))
            await door.open(wanted.get(identity), ports)
            self._doors[identity] = door
        self._drop_origins()
        shared = await self._share(configuration, wanted.get(HTTPS), ports)
        return {identity: door.endpoint.port for identity, door in self._doors.items()} | shared

    async def close(self) -> None:
        """Close every connection."""
        self._sweeping.cancel()
        for door in self._everything:
            await door.close(at_once=True)
        for pool in (*self._pools.values(), self._control_plane):
            pool.abandon()
        await asyncio.sleep(0)  # so that aborted transports are closed before the loop ends

    async def _share(self, configuration: Configuration, wanted: int | None, ports: Ports) -> dict[str, int]:
        """Serve every name at one port, once there is one to serve."""
        https = configuration.https
        if https is None:
            if self._shared is not None:
                await self._shared.close()
                self._shared = None
            return {}
        endpoint = self._shared.endpoint if self._shared else SharedPort(self._clock, self._control_plane)
        endpoint.serve(https, (door.endpoint for door in self._doors.values()))
        if self._shared is None:
            door = Door(endpoint, answers_by_name(endpoint), https.bridge)
            first = ports.first and min(ports.first + ABOVE, LAST_PORT)
            await door.open(wanted, Ports(first, ports.taken, ports.began))
            self._shared = door
        self._shared.renew()
        return {HTTPS: endpoint.port}

    @property
    def _everything(self) -> "list[Door[Location] | Door[SharedPort]]":
        return [*self._doors.values(), *([self._shared] if self._shared else [])]

    @property
    def _origins(self) -> set[Origin]:
        return {origin for each in self._configuration.distributions for origin in each.origins.values()}

    def _add_origins(self) -> None:
        for origin in self._origins - self._pools.keys():
            pool = Origins(self._clock, partial(self._port_of, origin.listener), tls=origin.tls)
            pool.keepalive = float(origin.keepalive)
            self._pools[origin] = pool

    def _drop_origins(self) -> None:
        """Nobody asks these any more; what is under way ends by itself."""
        for gone in self._pools.keys() - self._origins:
            self._pools.pop(gone).close_idle(0.0)

    def _port_of(self, listener: ListenerKey) -> int:
        return self._configuration.listeners.get(listener, 0)

    def _sweep(self) -> None:
        self._clock.move_on(self._loop.time())
        for pool in (*self._pools.values(), self._control_plane):
            pool.sweep()
        for door in self._everything:
            door.sweep()
        self._sweeping = self._loop.call_later(SWEEP, self._sweep)
