"""The data plane: every listener at work, in a thread and an event loop of its own."""

import asyncio
import sys
import threading
from collections.abc import Coroutine, Mapping
from copy import deepcopy
from typing import Any, TypeVar

from tagship.base.clock import Clock
from tagship.local.elb.counters import BalancerCounters, Report
from tagship.local.elb.doors import Door
from tagship.local.elb.health import Health, State
from tagship.local.elb.model import Address, Configuration, Listener
from tagship.local.elb.moment import Moment
from tagship.local.elb.probe import keep_checking
from tagship.local.elb.routing import forwarded_to
from tagship.local.elb.site import Site
from tagship.local.elb.targets import Group, Resolve, Target

SWEEP = 0.25
"""Seconds between two looks at what is idle or drained."""

SWITCH = 0.0005
"""Seconds after which a busy thread hands the interpreter over; Python's own 0.005 is felt in every request."""

T = TypeVar("T")


class DataPlane:
    """Listens, forwards and checks, whatever the rest of the process is busy with.

    Its thread alone touches its connections; other threads ask it by the coroutines below, from any event loop.

    Args:
        clock: the wall clock.
        resolve: where a target's address is reached from here; called in the data plane's thread.
    """

    def __init__(self, clock: Clock, resolve: Resolve) -> None:
        self._clock = clock
        self._resolve = resolve
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._run, name="load-balancers", daemon=True)
        self._doors: dict[str, Door] = {}
        self._groups: dict[str, Group] = {}
        self._checks: dict[Target, asyncio.Task[None]] = {}
        self._load_balancers: dict[str, BalancerCounters] = {}

    def start(self) -> None:
        """Start the thread."""
        sys.setswitchinterval(SWITCH)
        self._thread.start()

    async def stop(self) -> None:
        """Close every connection and end the thread."""
        await self._there(self._close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        await asyncio.to_thread(self._thread.join)
        self._loop.close()

    async def apply(self, configuration: Configuration, wanted: Mapping[str, int], first: int) -> dict[str, int]:
        """Follow a configuration from now on.

        Args:
            configuration: all of it.
            wanted: the loopback port that each listener had before, by the listener's ARN.
            first: the first port to try for a new listener.

        Returns:
            The loopback port that each listener has, by the listener's ARN.
        """
        return await self._there(self._apply(configuration, wanted, first))

    async def health(self, group_arn: str) -> dict[Address, Health]:
        """The health of a group's targets, those that drain included."""
        return await self._there(self._health(group_arn))

    async def report(self) -> Report:
        """What was counted so far."""
        return await self._there(self._report())

    async def _there(self, work: Coroutine[Any, Any, T]) -> T:
        return await asyncio.wrap_future(asyncio.run_coroutine_threadsafe(work, self._loop))

    # What runs in the data plane's own thread.

    def _run(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._moment = Moment(self._clock)
        self._moment.move_on(self._loop.time())
        self._loop.call_soon(self._sweep)
        self._loop.run_forever()

    def _sweep(self) -> None:
        self._moment.move_on(self._loop.time())
        for group in self._groups.values():
            group.sweep()
        for door in self._doors.values():
            door.sweep()
        self._loop.call_later(SWEEP, self._sweep)

    async def _apply(self, configuration: Configuration, wanted: Mapping[str, int], first: int) -> dict[str, int]:
        self._moment.move_on(self._loop.time())
        self._apply_groups(configuration)
        listeners = {listener.arn: listener for listener in configuration.listeners}
        for arn in self._doors.keys() - listeners.keys():
            await self._doors.pop(arn).close()
        taken = {*wanted.values(), *(door.site.port for door in self._doors.values())}
        for arn, listener in listeners.items():
            if arn in self._doors:
                self._doors[arn].site.listener = listener
            else:
                self._doors[arn] = await self._open(listener, wanted.get(arn), first, taken)
        self._introduce()
        in_use = {listener.load_balancer_arn for listener in configuration.listeners}
        self._load_balancers = {arn: kept for arn, kept in self._load_balancers.items() if arn in in_use}
        return {arn: door.site.port for arn, door in self._doors.items()}

    def _apply_groups(self, configuration: Configuration) -> None:
        for arn in self._groups.keys() - configuration.groups.keys():
            self._groups.pop(arn).close()
        for arn, group in configuration.groups.items():
            if arn in self._groups:
                self._groups[arn].configure(group)
            else:
                self._groups[arn] = Group(group, self._moment, self._resolve)
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

    async def _open(self, listener: Listener, wanted: int | None, first: int, taken: set[int]) -> Door:
        counters = self._load_balancers.setdefault(listener.load_balancer_arn, BalancerCounters(listener.load_balancer))
        door = Door(Site(listener, self._groups, self._moment, counters))
        await door.open(wanted, first, taken)
        taken.add(door.site.port)
        return door

    def _introduce(self) -> None:
        """Tell each listener the ports of its neighbours, for redirects from one to the other."""
        for door in self._doors.values():
            door.site.doors = {
                other.site.listener.port: other.site.port
                for other in self._doors.values()
                if other.site.listener.dns_name == door.site.listener.dns_name
            }

    async def _health(self, group_arn: str) -> dict[Address, Health]:
        group = self._groups.get(group_arn)
        return {address: target.health for address, target in group.targets.items()} if group else {}

    async def _report(self) -> Report:
        for counters in self._load_balancers.values():
            counters.active_connections = 0
        for door in self._doors.values():
            counters = door.site.counters
            counters.active_connections += door.connections
            for arn in forwarded_to(door.site.listener):
                if arn in self._groups:
                    self._groups[arn].measure(counters.group(arn))
        return Report(0, deepcopy(self._load_balancers))

    async def _close(self) -> None:
        checks = list(self._checks.values())
        for check in checks:
            check.cancel()
        await asyncio.gather(*checks, return_exceptions=True)
        for door in self._doors.values():
            await door.close(at_once=True)
        for group in self._groups.values():
            group.close()
        await asyncio.sleep(0)  # so that aborted transports are closed before the loop ends
