"""One embedded AWS, put together: who is there, in which order they begin and end."""

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack

from seatrial.access.credentials import Credentials
from seatrial.access.guard import Doors, Guard, Proofs
from seatrial.access.hosts import Hosts
from seatrial.access.keys import ensure_keys
from seatrial.access.rights.acting import Acting
from seatrial.access.rights.authorize import Rights
from seatrial.access.rights.recording import Recording
from seatrial.access.roles import Record, Roles
from seatrial.core.bus import EventBus
from seatrial.core.context import ServiceContext
from seatrial.core.disk_space import DiskSpace
from seatrial.core.engine import EngineClient, bridge_address
from seatrial.core.faults import Faults
from seatrial.core.faults.page import FaultsPage
from seatrial.core.gateway import Gateway
from seatrial.core.internal import InProcessAws
from seatrial.core.pages import CONSTRAINTS_PATH, FRONT_DOORS_PATH, HEALTH_PATH, NAMES_PATH
from seatrial.core.service import OwnService
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import Clock
from seatrial.ministack.buckets import Buckets
from seatrial.ministack.corrections import catalogue as corrections
from seatrial.ministack.emulator import MiniStack
from seatrial.ministack.identity import Identities
from seatrial.ministack.policies import StoredPolicies
from seatrial.ministack.viewers import Viewers
from seatrial.services import (
    autoscaling,
    cloudfront,
    cloudwatch,
    databases,
    ecs,
    elb,
    logs,
    metrics_publisher,
    throttling,
)
from seatrial.services.cloudfront.service import Distributions
from seatrial.services.cloudwatch.service import CloudWatch
from seatrial.services.constraints import Constraints
from seatrial.services.ecs.deployments.other_deployer import OtherDeployer
from seatrial.services.ecs.service import Ecs
from seatrial.services.elb.control.public_keys import PublicKeys
from seatrial.services.elb.control.service import LoadBalancers
from seatrial.services.eventbridge.service import EventBridge
from seatrial.services.registry.watcher import EcrWatcher


class EmbeddedAws:
    """One embedded AWS in this process; ``app`` is its ASGI application, which lets in who proves to be somebody.

    There can be one in a process, because MiniStack is global.
    """

    def __init__(self, settings: InstanceSettings, clock: Clock, engine: EngineClient | None) -> None:
        disk_space = DiskSpace(settings.directory)
        self._ministack = MiniStack(settings, disk_space.give_up_reserve)
        gateway = Gateway(settings, self._ministack, self._ministack.persist, disk_space.has)
        keys, identities = ensure_keys(settings.directory), Identities()
        store = Store(settings.directory / "state.sqlite", disk_space.give_up_reserve)
        credentials = Credentials(keys, settings.account_id, identities, store=store, clock=clock)
        aws, stored = InProcessAws(gateway, settings), StoredPolicies()
        rights = Rights(aws, stored, clock.now)
        acting = Acting(stored, rights, settings.region, clock.now)
        self.context = _context(aws, settings, store, clock=clock, engine=engine, credentials=credentials, roles=acting)
        registry = EcrWatcher(self.context, keys.token)
        load_balancers = elb.create(self.context)
        public = PublicKeys(lambda: load_balancers.signing_key)
        edge = cloudfront.create(self.context, Viewers(), load_balancers, keys.token)
        containers = ecs.create(self.context)
        for app in (FaultsPage(self.context.faults, settings.port), registry.app, public, edge, *containers.apps):
            gateway.mount(app.serves, app)
        metrics = cloudwatch.create(self.context)
        self._ministack.publish_metrics(metrics.sample)
        held = Constraints()
        answering = _in_order(
            self.context,
            registry=registry,
            load_balancers=load_balancers,
            edge=edge,
            metrics=metrics,
            containers=containers,
        )
        self._services = [throttling.create(self.context), held, *answering]
        gateway.plug(*self._services)
        self._started = clock.now()
        gateway.page(HEALTH_PATH, self._health)
        gateway.page(CONSTRAINTS_PATH, held.page)
        _show_doors(gateway, load_balancers, edge)
        doors = Doors(registry.app.serves, containers.sessions.serves, containers.agent.serves)
        hosts = Hosts(self.context.bridge)
        roles = Roles(identities, stored, rights, hosts, record=_record(settings))
        proofs = Proofs(credentials, roles, keys.token, clock.now)
        self.app = Guard(gateway, hosts, doors, proofs=proofs, buckets=Buckets())

    async def start(self) -> None:
        """Restore what was, and begin."""
        await self._ministack.start()
        for service in self._services:
            await service.start()

    async def stop(self) -> None:
        """End, with everything on disk; containers stay."""
        async with AsyncExitStack() as ends:  # one that fails keeps no other from ending
            ends.callback(self.context.store.close)
            ends.push_async_callback(self._ministack.stop)
            for service in self._services:
                ends.push_async_callback(service.stop)

    def _health(self) -> Mapping[str, object]:
        return {
            "status": "ok",
            "instance": self.context.settings.instance_id,
            "pid": os.getpid(),
            "docker": self.context.engine is not None,
            "started": self._started.isoformat(),
        }


def _context(  # noqa: PLR0913 - each is another thing that a part is given
    aws: InProcessAws,
    settings: InstanceSettings,
    store: Store,
    *,
    clock: Clock,
    engine: EngineClient | None,
    credentials: Credentials,
    roles: Acting,
) -> ServiceContext:
    return ServiceContext(
        settings=settings,
        clock=clock,
        store=store,
        aws=aws,
        bus=EventBus(),
        faults=Faults(store, clock),
        engine=engine,
        bridge=bridge_address(engine) if engine else None,
        credentials=credentials,
        roles=roles,
    )


def _record(settings: InstanceSettings) -> Record | None:
    return Recording(settings.record).note if settings.record else None


def _show_doors(gateway: Gateway, load_balancers: LoadBalancers, edge: Distributions) -> None:
    """Have pages of the URLs on this machine, and of the names that have HTTPS."""
    gateway.page(FRONT_DOORS_PATH, lambda: {**load_balancers.front_doors(), **edge.front_doors()})
    gateway.page(NAMES_PATH, edge.names)


def _in_order(
    context: ServiceContext,
    *,
    registry: EcrWatcher,
    load_balancers: LoadBalancers,
    edge: Distributions,
    metrics: CloudWatch,
    containers: Ecs,
) -> list[OwnService]:
    """The services of ours that answer, in the order in which they are asked, and begin."""
    return [
        EventBridge(context),
        corrections.create(context),
        databases.create(context),
        registry,
        load_balancers,
        edge,
        metrics,
        logs.create(context, metrics),
        containers,
        autoscaling.create(context, metrics),
        metrics_publisher.create(context, metrics, load_balancers),
        OtherDeployer(context),
    ]
