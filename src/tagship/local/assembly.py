"""One embedded AWS, put together: who is there, in which order they begin and end."""

import os
from collections.abc import Mapping

from tagship.base.clock import Clock
from tagship.local import autoscaling, cloudfront, cloudwatch, databases, ecs, elb, logfilters, measuring, throttling
from tagship.local.context import LocalContext
from tagship.local.corrections import catalogue as corrections
from tagship.local.ecs.other_deployer import OtherDeployer
from tagship.local.elb.public_keys import PublicKeys
from tagship.local.engine import EngineClient, bridge_address
from tagship.local.eventbridge import EventBus
from tagship.local.eventbridge.service import EventBridge
from tagship.local.faults import Faults
from tagship.local.faults.page import FaultsPage
from tagship.local.gateway import Gateway
from tagship.local.internal import InProcessAws
from tagship.local.ministack import MiniStack
from tagship.local.pages import FRONT_DOORS_PATH, HEALTH_PATH
from tagship.local.registry.watcher import EcrWatcher
from tagship.local.room import Room
from tagship.local.service import OwnService
from tagship.local.settings import LocalSettings
from tagship.local.state import Store


class LocalAws:
    """One embedded AWS in this process; ``app`` is its ASGI application.

    There can be one in a process, because MiniStack is global.
    """

    def __init__(self, settings: LocalSettings, clock: Clock, engine: EngineClient | None) -> None:
        room = Room(settings.directory)
        self._ministack = MiniStack(settings, room.give_up_reserve)
        self.app = Gateway(settings, self._ministack, self._ministack.keep, room.has)
        store = Store(settings.directory / "state.sqlite", room.give_up_reserve)
        self.context = _context(self.app, store, settings=settings, clock=clock, engine=engine)
        page = FaultsPage(self.context.faults, settings.port)
        self.app.mount(page.serves, page)
        registry = EcrWatcher(self.context)
        self.app.mount(registry.app.serves, registry.app)
        load_balancers = elb.create(self.context)
        keys = PublicKeys(lambda: load_balancers.signing_key)
        self.app.mount(keys.serves, keys)
        edge = cloudfront.create(self.context, self._ministack, load_balancers)
        self.app.mount(edge.serves, edge)
        containers = ecs.create(self.context)
        self.app.mount(containers.sessions.serves, containers.sessions)
        metrics = cloudwatch.create(self.context)
        self._ministack.publish_metrics(metrics.sample)
        self._services: list[OwnService] = [
            throttling.create(self.context),
            EventBridge(self.context),
            corrections.create(self.context),
            databases.create(self.context),
            registry,
            load_balancers,
            edge,
            metrics,
            logfilters.create(self.context, metrics),
            containers,
            autoscaling.create(self.context, metrics),
            measuring.create(self.context, metrics, load_balancers),
            OtherDeployer(self.context),
        ]
        self.app.plug(*self._services)
        self._started = clock.now()
        self.app.page(HEALTH_PATH, self._health)
        self.app.page(FRONT_DOORS_PATH, lambda: {**load_balancers.front_doors(), **edge.front_doors()})

    async def start(self) -> None:
        """Restore what was, and begin."""
        await self._ministack.start()
        for service in self._services:
            await service.start()

    async def stop(self) -> None:
        """End, with everything on disk; containers stay."""
        for service in reversed(self._services):
            await service.stop()
        await self._ministack.stop()
        self.context.store.close()

    def _health(self) -> Mapping[str, object]:
        return {
            "status": "ok",
            "instance": self.context.settings.instance_id,
            "pid": os.getpid(),
            "docker": self.context.engine is not None,
            "started": self._started.isoformat(),
        }


def _context(
    app: Gateway, store: Store, *, settings: LocalSettings, clock: Clock, engine: EngineClient | None
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
    )
