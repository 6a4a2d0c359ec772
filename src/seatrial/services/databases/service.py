"""The names of databases, plugged into the gateway: looked after when one starts, and after each call that changes one.

A round asks the engine which databases run and the API what their endpoints are called, so that it does not matter
how a container came to be: by the first instance of a cluster, after a crash, or because another instance is writer.
"""

import asyncio
import contextlib
import logging
import threading

from seatrial.core.engine import ENGINE_ERRORS
from seatrial.core.internal import Aws, AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.services.databases.names import names, to_join
from seatrial.services.databases.network import Network

INTERVAL = 10.0
"""Seconds until the next round where nothing happens, for what was missed."""

_log = logging.getLogger("seatrial")


class DatabaseNames(OwnService):
    """Keeps databases in the instance's network, under the names of their endpoints.

    Args:
        aws: the embedded AWS.
        network: the instance's; None where there is no engine.
    """

    def __init__(self, aws: Aws, network: Network | None) -> None:
        self._aws = aws
        self._network = network
        self._due = asyncio.Event()
        self._rounds: asyncio.Task[None] | None = None
        self._stopped = threading.Event()

    def observes(self, request: AwsRequest) -> bool:
        """See ``OwnService.observes``."""
        return request.service == "rds" and request.is_mutating

    async def amend_response(self, request: AwsRequest, response: AwsResponse) -> AwsResponse:  # noqa: ARG002 - whatever it is
        """See ``OwnService.amend_response``."""
        self._due.set()
        return response

    async def start(self) -> None:
        """See ``OwnService.start``."""
        if self._network is not None:
            loop = asyncio.get_running_loop()
            arguments = (self._network, loop)
            threading.Thread(target=self._follow, args=arguments, name="database-starts", daemon=True).start()
            self._rounds = loop.create_task(self._look_for_ever(self._network))

    async def stop(self) -> None:
        """See ``OwnService.stop``; the thread ends with the next start of a database, or with the process."""
        self._stopped.set()
        if self._rounds:
            self._rounds.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._rounds

    async def _look_for_ever(self, network: Network) -> None:
        while True:
            self._due.clear()
            await self._guarded_look(network)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._due.wait(), INTERVAL)

    async def _guarded_look(self, network: Network) -> None:
        try:
            await attach_databases(self._aws, network)
        except (AwsCallError, *ENGINE_ERRORS) as error:  # a container or a cluster went away in the middle
            _log.info("A look at the names of databases ended early: %s", error)
        except Exception:  # noqa: BLE001 - the next look is to come all the same
            _log.exception("A look at the names of databases failed")

    def _follow(self, network: Network, loop: asyncio.AbstractEventLoop) -> None:
        while not self._stopped.is_set():
            for _ in network.starts():
                if self._stopped.is_set():
                    return
                with contextlib.suppress(RuntimeError):  # the loop is closed
                    loop.call_soon_threadsafe(self._due.set)
            self._stopped.wait(1.0)


async def attach_databases(aws: Aws, network: Network) -> None:
    """One round: every database that runs is in the network, under its names; without any, only the engine is asked."""
    containers = await asyncio.to_thread(network.containers)
    for region in sorted({item.region for item in containers} - {""}):
        instances = (await aws.call("rds", "DescribeDBInstances", region=region)).get("DBInstances", [])
        clusters = (await aws.call("rds", "DescribeDBClusters", region=region)).get("DBClusters", [])
        there = [item for item in containers if item.region == region]
        for container, names_ in to_join(there, names(region, clusters, instances, there)).items():
            await asyncio.to_thread(network.join, container, names_)
