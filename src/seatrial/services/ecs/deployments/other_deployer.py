"""Another deployer, where a fault asks for one: a colleague or a forgotten pipeline, in the middle of a deployment."""

import asyncio
import logging

from seatrial.core.context import ServiceContext
from seatrial.core.faults.model import Fault, Strike
from seatrial.core.service import OwnService

_log = logging.getLogger("seatrial")

_NOT_REGISTERED = (
    "taskDefinitionArn",
    "revision",
    "status",
    "requiresAttributes",
    "compatibilities",
    "registeredAt",
    "registeredBy",
    "deregisteredAt",
)
"""What ``DescribeTaskDefinition`` answers and ``RegisterTaskDefinition`` refuses."""


class OtherDeployer(OwnService):
    """Deploys in the middle of a deployment, as a colleague or a forgotten pipeline does.

    Args:
        context: what the embedded AWS gives each service.
    """

    def __init__(self, context: ServiceContext) -> None:
        self._context = context
        self._deploying: dict[str, asyncio.Task[None]] = {}

    async def start(self) -> None:
        """Go on with what was announced before."""
        self._context.faults.listen(self._on_fault)
        for fault in self._context.faults.all():
            self._on_fault(fault)

    async def stop(self) -> None:
        """Leave what is announced to the next start."""
        for deploying in self._deploying.values():
            deploying.cancel()

    def _on_fault(self, fault: Fault) -> None:
        if fault.strike and fault.id not in self._deploying:
            work = self._deploy(fault, fault.strike)
            task = asyncio.get_running_loop().create_task(work, name=f"other-deployer-{fault.id}")
            self._deploying[fault.id] = task
            task.add_done_callback(lambda _: self._deploying.pop(fault.id, None))

    async def _deploy(self, fault: Fault, strike: Strike) -> None:
        await asyncio.sleep(max(0.0, strike.at - self._context.clock.now().timestamp()))
        if fault not in self._context.faults.all():
            return  # Cleared meanwhile.
        try:
            await self._update(strike)
        except Exception:  # noqa: BLE001 - the service may be gone; whatever it is, the fault is over
            _log.exception("The other deployer could not deploy to %s", strike.service_arn)
        self._context.faults.done(fault)

    async def _update(self, strike: Strike) -> None:
        call, region = self._context.aws.call, strike.service_arn.split(":")[3]
        found = await call("ecs", "DescribeTaskDefinition", region=region, taskDefinition=strike.definition_arn)
        known = {name: value for name, value in found["taskDefinition"].items() if name not in _NOT_REGISTERED}
        made = await call("ecs", "RegisterTaskDefinition", region=region, **known)
        await call(
            "ecs",
            "UpdateService",
            region=region,
            cluster=strike.cluster_arn,
            service=strike.service_arn,
            taskDefinition=made["taskDefinition"]["taskDefinitionArn"],
        )
