"""The data plane, as the control plane sees it: a process of its own, started again whenever it ends."""

import logging
from collections.abc import Mapping
from dataclasses import replace

from seatrial.core.companion.link import Link
from seatrial.core.companion.supervisor import PATIENCE, Supervisor
from seatrial.http.types import Address
from seatrial.services.elb.data.counters import Report
from seatrial.services.elb.data.targets import Resolve
from seatrial.services.elb.health import Health
from seatrial.services.elb.model import Configuration

WORKER = "seatrial.services.elb.data.worker"

_log = logging.getLogger("seatrial")


class DataPlaneClient:
    """Listens, forwards and checks, whatever the control plane is busy with.

    Where its process ends, another one follows with the same configuration on the same ports; target health begins
    again at ``initial``, and numbers at 0.

    Args:
        resolve: where a target's address is reached from here.
        patience: seconds in which the process must answer, a start of it included.
    """

    def __init__(self, resolve: Resolve, patience: float = PATIENCE) -> None:
        self._resolve = resolve
        self._process = Supervisor(WORKER, "The load balancers' process", self._restore, patience)
        self._configuration: Configuration | None = None
        self._ports: dict[str, int] = {}
        self._first = 0

    def start(self) -> None:
        """Start the process; what is asked meanwhile waits for it."""
        self._process.start()

    async def stop(self) -> None:
        """Close every connection and end the process."""
        await self._process.stop()

    async def apply(self, configuration: Configuration, wanted: Mapping[str, int], first: int) -> dict[str, int]:
        """Follow a configuration from now on.

        Args:
            configuration: all of it.
            wanted: the loopback port that each listener had before, by the listener's ARN.
            first: the first port to try for a new listener.

        Returns:
            The loopback port that each listener has, by the listener's ARN.

        Raises:
            EmbeddedAwsUnavailable: no port is free, or the process does not answer.
        """
        self._configuration, self._ports, self._first = configuration, dict(wanted), first
        self._ports = await self._process.ask("apply", *self._to_apply())
        return dict(self._ports)

    async def readdress(self) -> None:
        """Targets may be reached elsewhere than before; ``apply`` looks by itself."""
        await self._process.ask("readdress", self._addresses())

    async def health(self, group_arn: str) -> dict[Address, Health]:
        """The health of a group's targets, those that drain included."""
        known: dict[Address, Health] = await self._process.ask("health", group_arn)
        return known

    async def report(self) -> Report:
        """What was counted so far."""
        return Report(load_balancers=await self._process.ask("report"), run=self._process.run)

    async def take_logs(self, *, everything: bool) -> dict[str, list[bytes]]:
        """Files of access logs by the load balancer's ARN, each compressed by gzip; they are the caller's now.

        Args:
            everything: whether those that are not full yet are taken too.
        """
        files: dict[str, list[bytes]] = await self._process.ask("take_logs", everything)
        return files

    @property
    def pid(self) -> int:
        """The process id; 0 while there is none."""
        return self._process.pid

    async def _restore(self, link: Link) -> None:
        """Give a new process what the one before had."""
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
