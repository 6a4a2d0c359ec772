"""The data plane at work: every listener, every target group, every health check, on one event loop.

It runs in a process of its own (``worker.py``); the control plane talks to it through ``control/plane.py``.
"""

import asyncio
from collections.abc import Mapping

from seatrial.ground.clock import Clock
from seatrial.http.coarse_clock import CoarseClock
from seatrial.http.listeners import Door, Ports
from seatrial.http.types import Address
from seatrial.services.elb.data.access_log.writer import AccessLog
from seatrial.services.elb.data.counters import BalancerCounters
from seatrial.services.elb.data.exchange import answers_of
from seatrial.services.elb.data.health_check import keep_checking
from seatrial.services.elb.data.listener_runtime import ListenerRuntime
from seatrial.services.elb.data.routing import forwarded_to
from seatrial.services.elb.data.targets import Group, Target
from seatrial.services.elb.health import Health, State
from seatrial.services.elb.model import Configuration, Listener

SWEEP = 0.25
"""Seconds between two looks at what is idle or drained."""


class Proxy:
    """Listens, forwards and checks. To be made and used on a running event loop.

    Args:
        clock: the wall clock.
    """

    def __init__(self, clock: Clock) -> None:
        self._loop = asyncio.get_running_loop()
        self._clock = CoarseClock(clock)
        self._addresses: Mapping[Address, Address] = {}
        self._doors: dict[str, Door[ListenerRuntime]] = {}
        self._groups: dict[str, Group] = {}
        self._checks: dict[Target, asyncio.Task[None]] = {}
        self._load_balancers: dict[str, BalancerCounters] = {}
        self._logs: dict[str, AccessLog] = {}
        self._sweep()

    async def apply(
        self,
        configuration: Configuration,
        wanted: Mapping[str, int],
        first: int,
        addresses: Mapping[Address, Address],
    ) -> dict[str, int]:
        """Follow a configuration from now on; see ``DataPlaneClient.apply``.

        Args:
            configuration: all of it.
            wanted: the loopback port that each listener had before, by the listener's ARN.
            first: the first port to try for a new listener.
            addresses: where targets are reached, if not by their own address.
        """
        self._clock.move_on(self._loop.time())
        self._addresses = addresses
        self._apply_groups(configuration)
        listeners = {listener.arn: listener for listener in configuration.listeners}
        for arn in self._doors.keys() - listeners.keys():
            await self._doors.pop(arn).close()
        ports = Ports(
            first, {*wanted.values(), *(door.endpoint.port for door in self._doors.values())}, self._loop.time()
        )
        for arn, listener in listeners.items():
            known = self._doors.get(arn)
            if known and known.endpoint.listener.protocol == listener.protocol:
                known.endpoint.listener = listener
                known.renew()
                continue
            if known:  # The same port, from now on with TLS, or without.
                await known.close()
            self._doors[arn] = await self._open(listener, known.endpoint.port if known else wanted.get(arn), ports)
        self._log(configuration)
        self._introduce()
        in_use = {listener.load_balancer_arn for listener in configuration.listeners}
        self._load_balancers = {arn: kept for arn, kept in self._load_balancers.items() if arn in in_use}
        return {arn: door.endpoint.port for arn, door in self._doors.items()}

    async def readdress(self, addresses: Mapping[Address, Address]) -> None:
        """From now on, targets are reached there."""
        self._addresses = addresses

    async def health(self, group_arn: str) -> dict[Address, Health]:
        """The health of a group's targets, those that drain included."""
        group = self._groups.get(group_arn)
        return {address: target.health for address, target in group.targets.items()} if group else {}

    async def report(self) -> dict[str, BalancerCounters]:
        """What was counted, by the load balancer's ARN; ours to go on writing in, so to be copied or sent."""
        for counters in self._load_balancers.values():
            counters.active_connections = 0
        for door in self._doors.values():
            counters = door.endpoint.counters
            counters.active_connections += door.connections
            for arn in forwarded_to(door.endpoint.listener):
                if arn in self._groups:
                    self._groups[arn].measure(counters.group(arn))
        return self._load_balancers

    async def take_logs(self, everything: bool) -> dict[str, list[bytes]]:  # noqa: FBT001 - comes by the channel
        """Files of access logs by the load balancer's ARN; see ``AccessLog.take``."""
        return {arn: files for arn, log in self._logs.items() if (files := log.take(everything=everything))}

    async def close(self) -> None:
        """Close every connection."""
        self._sweeping.cancel()
        checks = list(self._checks.values())
        for check in checks:
            check.cancel()
        await asyncio.gather(*checks, return_exceptions=True)
        for door in self._doors.values():
            await door.close(at_once=True)
        for group in self._groups.values():
            group.close()
        await asyncio.sleep(0)  # so that aborted transports are closed before the loop ends

    def _sweep(self) -> None:
        self._clock.move_on(self._loop.time())
        for group in self._groups.values():
            group.sweep()
        for door in self._doors.values():
            door.sweep()
        self._sweeping = self._loop.call_later(SWEEP, self._sweep)

    def _apply_groups(self, configuration: Configuration) -> None:
        for arn in self._groups.keys() - configuration.groups.keys():
            self._groups.pop(arn).close()
        for arn, group in configuration.groups.items():
            if arn in self._groups:
                self._groups[arn].configure(group)
            else:
                self._groups[arn] = Group(group, self._clock, self._resolve)
        self._follow_checks()

    def _follow_checks(self) -> None:
        """Begin to check what is registered and in use, and end the checks of everything else."""
        checked = {State.INITIAL, State.HEALTHY, State.UNHEALTHY}
        targets = {target for group in self._groups.values() for target in group.targets.values()}
        wanted = {target for target in targets if target.health.state in checked}
        for target in self._checks.keys() - wanted:
            self._checks.pop(target).cancel()
        for target in wanted - self._checks.keys():
            self._checks[target] = self._loop.create_task(keep_checking(target))

    def _log(self, configuration: Configuration) -> None:
        """Begin and end access logs; what an ended one still holds is lost."""
        names = {one.load_balancer_arn: one.load_balancer for one in configuration.listeners if one.logged}
        self._logs = {arn: self._logs.get(arn) or AccessLog(name) for arn, name in names.items()}
        for door in self._doors.values():
            door.endpoint.log = self._logs.get(door.endpoint.listener.load_balancer_arn)

    async def _open(self, listener: Listener, wanted: int | None, ports: Ports) -> Door[ListenerRuntime]:
        counters = self._load_balancers.setdefault(listener.load_balancer_arn, BalancerCounters(listener.load_balancer))
        runtime = ListenerRuntime(listener, self._groups, self._clock, counters)
        door = Door(runtime, answers_of(runtime))
        await door.open(wanted, ports)
        return door

    def _resolve(self, address: Address) -> Address:
        return self._addresses.get(address, address)

    def _introduce(self) -> None:
        """Tell each listener the ports of its neighbours, for redirects from one to the other."""
        for door in self._doors.values():
            door.endpoint.doors = {
                other.endpoint.listener.port: (other.endpoint.listener.protocol.lower(), other.endpoint.port)
                for other in self._doors.values()
                if other.endpoint.listener.dns_name == door.endpoint.listener.dns_name
            }
