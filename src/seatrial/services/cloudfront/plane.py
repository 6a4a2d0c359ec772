"""CloudFront's data plane, as the control plane sees it: a process of its own, once there is a distribution."""

import logging
from collections.abc import Mapping

from seatrial.core.companion.link import Link
from seatrial.core.companion.supervisor import PATIENCE, Supervisor
from seatrial.services.cloudfront.model import Configuration

WORKER = "seatrial.services.cloudfront.worker"

_log = logging.getLogger("seatrial")


class EdgeClient:
    """Answers viewers, whatever the control plane is busy with.

    Where its process ends, another one follows with the same configuration on the same ports.

    Args:
        patience: seconds in which the process must answer, a start of it included.
    """

    def __init__(self, patience: float = PATIENCE) -> None:
        self._process = Supervisor(WORKER, "CloudFront's process", self._restore, patience)
        self._configuration = Configuration()
        self._ports: dict[str, int] = {}
        self._first = 0

    @property
    def pid(self) -> int:
        """The process id; 0 while there is none."""
        return self._process.pid

    async def stop(self) -> None:
        """Close every connection and end the process."""
        await self._process.stop()

    async def apply(self, configuration: Configuration, wanted: Mapping[str, int], first: int) -> dict[str, int]:
        """Follow a configuration from now on.

        Args:
            configuration: all of it.
            wanted: the loopback port that each distribution had before, by its id.
            first: the first port to try for a new one.

        Returns:
            The loopback port that each distribution has, by its id, and of HTTPS where names are served.

        Raises:
            EmbeddedAwsUnavailable: no port is free, or the process does not answer.
        """
        self._configuration, self._ports, self._first = configuration, dict(wanted), first
        if not self._process.started:
            if not configuration.distributions and configuration.https is None:
                return {}
            self._process.start()
        self._ports = await self._process.ask("apply", configuration, self._ports, first)
        return dict(self._ports)

    async def _restore(self, link: Link) -> None:
        """Give a new process what the one before had."""
        ports = await link.ask("apply", self._configuration, self._ports, self._first)
        if any(ports.get(identity, port) != port for identity, port in self._ports.items()):
            _log.error("Distributions are at other ports than before, because those are taken.")
        self._ports = ports
