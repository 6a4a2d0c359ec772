"""What a part of the embedded AWS is given when it is created."""

from dataclasses import dataclass, field

from tagship.base.clock import Clock
from tagship.local.engine import EngineClient, TargetAddresses
from tagship.local.eventbridge import EventBus
from tagship.local.faults import Faults
from tagship.local.internal import Aws
from tagship.local.settings import LocalSettings
from tagship.local.state import Store


@dataclass(frozen=True)
class LocalContext:
    """What a part of the embedded AWS is given when it is created.

    Args:
        settings: this instance's.
        clock: tells time; waiting is ``asyncio.sleep``, for all parts share one loop.
        store: what outlives the process; a kind begins with the part's name, as in ``ecs.task``.
        aws: the embedded AWS itself, all services.
        bus: takes the events of AWS's own services.
        faults: what is made to go wrong.
        engine: Docker, or None where no engine answers.
        targets: where containers are reached.
        bridge: the address at which containers reach this process (``http://BRIDGE:PORT``); None where they use
            ``host.docker.internal``.
    """

    settings: LocalSettings
    clock: Clock
    store: Store
    aws: Aws
    bus: EventBus
    faults: Faults
    engine: EngineClient | None = None
    targets: TargetAddresses = field(default_factory=TargetAddresses)
    bridge: str | None = None
