"""One embedded AWS, put together: who is there, in which order they begin and end."""

import os
from collections.abc import Mapping
from contextlib import AsyncExitStack

from tagship.base.clock import Clock
from tagship.local import autoscaling, cloudfront, cloudwatch, databases, ecs, elb, logfilters, measuring, throttling
from tagship.local.access.credentials import Credentials
from tagship.local.access.guard import Doors, Guard, Proofs
from tagship.local.access.hosts import Hosts
from tagship.local.access.keys import ensure_keys
from tagship.local.access.roles import Roles
from tagship.local.cloudfront.service import Distributions
from tagship.local.cloudwatch.service import CloudWatch
from tagship.local.context import LocalContext
from tagship.local.corrections import catalogue as corrections
from tagship.local.ecs.other_deployer import OtherDeployer
from tagship.local.ecs.service import Ecs
from tagship.local.elb.public_keys import PublicKeys
from tagship.local.elb.service import LoadBalancers
from tagship.local.engine import EngineClient, bridge_address
from tagship.local.eventbridge import EventBus
from tagship.local.eventbridge.service import EventBridge
from tagship.local.faults import Faults
from tagship.local.faults.page import FaultsPage
from tagship.local.gateway import Gateway
from tagship.local.internal import InProcessAws
from tagship.local.ministack import MiniStack
from tagship.local.ministack_buckets import Buckets
from tagship.local.ministack_identity import Identities
from tagship.local.ministack_viewers import Viewers
from tagship.local.pages import FRONT_DOORS_PATH, HEALTH_PATH
from tagship.local.registry.watcher import EcrWatcher
from tagship.local.room import Room
from tagship.local.service import OwnService
from tagship.local.settings import LocalSettings
from tagship.local.state import Store


class LocalAws:
    """One embedded AWS in this process; ``app`` is its ASGI application, which lets in who proves to be somebody.

    There can be one in a process, because MiniStack is global.
    """

    def __init__(self, settings: LocalSettings, clock: Clock, engine: EngineClient | None) -> None:
        room = Room(settings.directory)
        self._ministack = MiniStack(settings, room.give_up_reserve)
        gateway = Gateway(settings, self._ministack, self._ministack.keep, room.has)
        keys, identities = ensure_keys(settings.directory), Identities()
        store = Store(settings.directory / "state.sqlite", room.give_up_reserve)
        credentials = Credentials(keys, settings.account_id, identities, store=store, clock=clock)
        self.context = _context(gateway, settings, store, clock=clock, engine=engine, credentials=credentials)
        page = FaultsPage(self.context.faults, settings.port)
        registry = EcrWatcher(self.context, keys.token)
        load_balancers = elb.create(self.context)
        public = PublicKeys(lambda: load_balancers.signing_key)
        edge = cloudfront.create(self.context, Viewers(), load_balancers, keys.token)
        containers = ecs.create(self.context)
        for app in (page, registry.app, public, edge, containers.sessions):
            gateway.mount(app.serves, app)
        metrics = cloudwatch.create(self.context)
        self._ministack.publish_metrics(metrics.sample)
        self._services = _in_order(
            self.context,
            registry=registry,
            load_balancers=load_balancers,
            edge=edge,
            metrics=metrics,
            containers=containers,
        )
        gateway.plug(*self._services)
        self._started = clock.now()
        gateway.page(HEALTH_PATH, self._health)
        gateway.page(FRONT_DOORS_PATH, lambda: {**load_balancers.front_doors(), **edge.front_doors()})
        doors = Doors(registry.app.serves, containers.sessions.serves)
        hosts = Hosts(self.context.bridge)
        proofs = Proofs(credentials, Roles(identities, self.context.aws, hosts), keys.token, clock.now)
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


def _context(
    app: Gateway,
    settings: LocalSettings,
    store: Store,
    *,
    clock: Clock,
    engine: EngineClient | None,
    credentials: Credentials,
) -> LocalContext:
    return LocalContext(
        settings=settings,
        clock=clock,
        store=store,
        aws=InProcessAws(app, settings),
        bus=EventBus(),
        faults=Faults(store, clock),
        engine=engine,
        bridge=bridge_address(engine) if engine else None,
        credentials=credentials,
    )


def _in_order(
    context: LocalContext,
    *,
    registry: EcrWatcher,
    load_balancers: LoadBalancers,
    edge: Distributions,
    metrics: CloudWatch,
    containers: Ecs,
) -> list[OwnService]:
    """Every service of ours, in the order in which they are asked, and begin."""
    return [
        throttling.create(context),
        EventBridge(context),
        corrections.create(context),
        databases.create(context),
        registry,
        load_balancers,
        edge,
        metrics,
        logfilters.create(context, metrics),
        containers,
        autoscaling.create(context, metrics),
        measuring.create(context, metrics, load_balancers),
        OtherDeployer(context),
    ]
