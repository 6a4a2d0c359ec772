"""The measuring, plugged into the gateway: a round a minute."""

import asyncio
import contextlib
import logging
import math
import os
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import Protocol

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import OwnService
from seatrial.services.cloudwatch.data import Datum
from seatrial.services.ecs.arns import Scope
from seatrial.services.ecs.records import Cluster
from seatrial.services.elb.data.counters import Report
from seatrial.services.metrics_publisher import balancers, containers, databases
from seatrial.services.metrics_publisher.containers import Machine
from seatrial.services.metrics_publisher.databases import Database
from seatrial.services.metrics_publisher.facts import ClusterFacts, clusters
from seatrial.services.metrics_publisher.readings import ContainerMeter, Meter, Reading, Use, use

PHASE = 0.8
"""When in a minute its round begins, so that its samples are there when the minute is over and alarms look at it."""

_log = logging.getLogger("seatrial")


class Recorder(Protocol):
    """What takes metrics: ``CloudWatch``."""

    def record(self, namespace: str, data: Sequence[Datum], *, region: str) -> None:
        """See ``CloudWatch.record``."""
        ...


class Balancers(Protocol):
    """What has counted requests: ``LoadBalancers``."""

    async def report(self) -> Report:
        """See ``LoadBalancers.report``."""
        ...


class Measuring(OwnService):
    """Publishes AWS/ECS, ECS/ContainerInsights, AWS/ApplicationELB and AWS/RDS metrics.

    Args:
        context: what the embedded AWS gives each service.
        cloudwatch: takes the metrics.
        load_balancers: have counted.
        meter: reads containers; by default those of the context's engine.
    """

    def __init__(
        self, context: ServiceContext, cloudwatch: Recorder, load_balancers: Balancers, meter: Meter | None = None
    ) -> None:
        self._context = context
        self._cloudwatch = cloudwatch
        self._load_balancers = load_balancers
        engine = context.engine
        self._meter = meter or (ContainerMeter(engine, context.clock.monotonic) if engine else None)
        self._readings: dict[str, Reading] = {}
        self._report: Report | None = None
        self._machine: Machine | None = None
        self._rounds: asyncio.Task[None] | None = None

    async def start(self) -> None:
        """See ``OwnService.start``."""
        self._rounds = asyncio.get_running_loop().create_task(self._measure_for_ever())

    async def stop(self) -> None:
        """See ``OwnService.stop``."""
        if self._rounds:
            self._rounds.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._rounds

    async def measure(self, at: float) -> None:
        """One round: publish what was used since the round before.

        Args:
            at: the time of the samples, in seconds since 1970.
        """
        await self._guarded(self._measure_balancers, at)
        if self._meter is not None:
            await self._guarded(self._measure_containers, at)

    async def _measure_for_ever(self) -> None:
        minute = self._context.settings.scaled(60)
        at = 0.0
        while True:
            now = self._context.clock.now().timestamp()
            # A sleep may end a moment early: the same minute is not to be measured twice.
            at = beginning(max(now, at + minute), minute)
            await asyncio.sleep(at + PHASE * minute - now)
            await self.measure(at)

    async def _guarded(self, work: Callable[[float], Awaitable[None]], at: float) -> None:
        try:
            await work(at)
        except AwsCallError as error:  # throttled, say, or a cluster was deleted in the middle
            _log.info("A round of measuring ended early: %s", error)
        except Exception:  # noqa: BLE001 - the next round is to come all the same
            _log.exception("A round of measuring failed")

    async def _measure_balancers(self, at: float) -> None:
        report = await self._load_balancers.report()
        counted, self._report = report.since(self._report), report
        for region, data in balancers.by_region(counted, at).items():
            self._record(balancers.NAMESPACE, data, region)

    async def _measure_containers(self, at: float) -> None:
        regions = {Scope.of(arn).region for arn in self._context.store.all(Cluster.kind)}
        running = {region: await clusters(self._context.aws, region) for region in sorted(regions)}
        found = await self._databases()
        if not found and not any(running.values()):
            self._readings = {}
            return
        uses = await self._uses({*_containers(running), *(item.container for item in found)})
        machine = await self._engines_machine()
        for region, of_region in running.items():
            self._record(containers.ECS, containers.utilization(of_region, uses, machine, at), region)
            self._record(containers.INSIGHTS, containers.insights(of_region, uses, at), region)
        engine = self._context.engine
        answers = await databases.ask_databases(engine, found) if engine and found else {}
        for region, data in databases.published(found, uses, answers, machine=machine, at=at).items():
            self._record(databases.NAMESPACE, data, region)

    async def _databases(self) -> list[Database]:
        if self._context.engine is None:
            return []
        owner = f"seatrial-{self._context.settings.instance_id}"
        return await databases.databases(self._context.aws, self._context.engine, owner)

    async def _uses(self, wanted: set[str]) -> dict[str, Use]:
        """What containers used since the round before; a new one has its first use in the next round."""
        assert self._meter is not None  # noqa: S101 - the only caller has looked
        readings = await self._meter.read(wanted) if wanted else {}
        before, self._readings = self._readings, readings
        found = {container: use(before.get(container), reading) for container, reading in readings.items()}
        return {container: used for container, used in found.items() if used is not None}

    async def _engines_machine(self) -> Machine:
        if self._machine is None:
            engine = self._context.engine
            facts = await asyncio.to_thread(engine.info) if engine else {}
            self._machine = Machine(float(facts.get("NCPU") or os.cpu_count() or 1), int(facts.get("MemTotal") or 0))
        return self._machine

    def _record(self, namespace: str, data: Sequence[Datum], region: str) -> None:
        if data:
            self._cloudwatch.record(namespace, data, region=region)


def beginning(now: float, minute: float) -> float:
    """The beginning of the minute that is to be measured next: this one until its phase has come, then the next."""
    this = math.floor(now / minute) * minute
    return this if now < this + PHASE * minute else this + minute


def _containers(running: Mapping[str, Sequence[ClusterFacts]]) -> set[str]:
    return {
        container
        for of_region in running.values()
        for cluster in of_region
        for task in cluster.tasks
        for container in task.containers
    }
