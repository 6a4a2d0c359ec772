"""The data plane, as the control plane sees it: a process of its own, started again whenever it ends."""

import asyncio
import contextlib
import logging
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from tagship.base.errors import LocalAwsUnavailable
from tagship.local.elb.counters import Report
from tagship.local.elb.health import Health
from tagship.local.elb.link import Link, LinkLost
from tagship.local.elb.model import Address, Configuration
from tagship.local.elb.targets import Resolve

PATIENCE = 30.0

BREATH = 1.0
"""Seconds between two starts where the process ends at once."""

_log = logging.getLogger("tagship.local")


class DataPlane:
    """Listens, forwards and checks, whatever the control plane is busy with.

    Where its process ends, another one follows with the same configuration on the same ports; target health begins
    again at ``initial``, and numbers at 0.

    Args:
        resolve: where a target's address is reached from here.
        patience: seconds in which the process must answer, a start of it included.
    """

    def __init__(self, resolve: Resolve, patience: float = PATIENCE) -> None:
        self._resolve = resolve
        self._patience = patience
        self._link: Link | None = None
        self._up = asyncio.Event()
        self._run = 0
        self._keeper: asyncio.Task[None] | None = None
        self._configuration: Configuration | None = None
        self._ports: dict[str, int] = {}
        self._first = 0

    def start(self) -> None:
        """Start the process; what is asked meanwhile waits for it."""
        self._keeper = asyncio.get_running_loop().create_task(self._keep())

    async def stop(self) -> None:
        """Close every connection and end the process."""
        if self._keeper is not None:
            self._keeper.cancel()
            await asyncio.wait([self._keeper])

    async def apply(self, configuration: Configuration, wanted: Mapping[str, int], first: int) -> dict[str, int]:
        """Follow a configuration from now on.

        Args:
            configuration: all of it.
            wanted: the loopback port that each listener had before, by the listener's ARN.
            first: the first port to try for a new listener.

        Returns:
            The loopback port that each listener has, by the listener's ARN.

        Raises:
            LocalAwsUnavailable: no port is free, or the process does not answer.
        """
        self._configuration, self._ports, self._first = configuration, dict(wanted), first
        self._ports = await self._ask("apply", *self._to_apply())
        return dict(self._ports)

    async def readdress(self) -> None:
        """Targets may be reached elsewhere than before; ``apply`` looks by itself."""
        await self._ask("readdress", self._addresses())

    async def health(self, group_arn: str) -> dict[Address, Health]:
        """The health of a group's targets, those that drain included."""
        known: dict[Address, Health] = await self._ask("health", group_arn)
        return known

    async def report(self) -> Report:
        """What was counted so far."""
        return Report(load_balancers=await self._ask("report"), run=self._run)

    async def take_logs(self, *, everything: bool) -> dict[str, list[bytes]]:
        """Files of access logs by the load balancer's ARN, each compressed by gzip; they are the caller's now.

        Args:
            everything: whether those that are not full yet are taken too.
        """
        files: dict[str, list[bytes]] = await self._ask("take_logs", everything)
        return files

    @property
    def pid(self) -> int:
        """The process id; 0 while there is none."""
        return self._link.process.pid if self._link else 0

    async def _ask(self, method: str, *args: object) -> Any:  # noqa: ANN401 - what that method returns
        try:
            async with asyncio.timeout(self._patience):
                while True:
                    await self._up.wait()
                    if self._link is not None:
                        with contextlib.suppress(LinkLost):
                            return await self._link.ask(method, *args)
                    self._up.clear()
        except TimeoutError as error:
            if self._link is not None:  # It hangs; the one that follows it will answer.
                self._link.process.kill()
            raise LocalAwsUnavailable(
                f"The load balancers' process does not answer after {self._patience:.0f} seconds.",
                hint="`tagship local down`, then `tagship local up`.",
            ) from error

    async def _keep(self) -> None:
        loop = asyncio.get_running_loop()
        while True:
            began = loop.time()
            try:
                link = await Link.start()
            except OSError:
                _log.exception("The load balancers' process cannot be started")
                await asyncio.sleep(BREATH)
                continue
            try:
                await self._restore(link)
                code = await link.ended()
            finally:
                self._up.clear()
                self._link = None
                await link.end()
            _log.error("The load balancers' process has ended with exit code %s; another one follows.", code)
            await asyncio.sleep(max(0.0, began + BREATH - loop.time()))

    async def _restore(self, link: Link) -> None:
        """Give a new process what the one before had, and let it be asked."""
        self._run += 1
        try:
            await self._apply_again(link)
        except LinkLost:
            pass  # It has ended already; the next one gets the same.
        except Exception:  # noqa: BLE001 - it must be asked all the same, and keeps what it could do
            _log.exception("The load balancers' process could not take over everything")
        self._link = link
        self._up.set()

    async def _apply_again(self, link: Link) -> None:
        if self._configuration is not None:
            ports = await link.ask("apply", *self._to_apply())
            if any(ports.get(arn, port) != port for arn, port in self._ports.items()):
                _log.error("Load balancers are at other ports than before, because those are taken.")
            self._ports = ports

    def _to_apply(self) -> tuple[object, ...]:
        configuration = self._configuration or Configuration()
        sendable = replace(
            configuration, groups=dict(configuration.groups), log_buckets=dict(configuration.log_buckets)
        )
        return sendable, self._ports, self._first, self._addresses()

    def _addresses(self) -> dict[Address, Address]:
        """Where targets are reached, those left out that are reached at their own address."""
        groups = self._configuration.groups.values() if self._configuration else ()
        known = {address: self._resolve(address) for group in groups for address in group.targets}
        checked = {(address[0], group.check.port) for group in groups if group.check.port for address in group.targets}
        known |= {address: self._resolve(address) for address in checked}
        return {address: reached_at for address, reached_at in known.items() if reached_at != address}
