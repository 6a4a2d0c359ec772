"""What a part of the embedded AWS is given when it is created."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from seatrial.core.bus import EventBus
from seatrial.core.engine import EngineClient, TargetAddresses
from seatrial.core.faults import Faults
from seatrial.core.internal import Aws
from seatrial.core.settings import InstanceSettings
from seatrial.core.state import Store
from seatrial.ground.clock import Clock


class RoleCredentials(Protocol):
    """What gives out credentials of roles: ``access.credentials.Credentials``, or nobody."""

    def issue(self, role_arn: str, session_name: str, *, purpose: str) -> Mapping[str, str]:
        """See ``Credentials.issue``."""
        ...

    def end(self, purpose: str) -> None:
        """See ``Credentials.end``."""
        ...


class NoCredentials:
    """Gives out none."""

    def issue(self, role_arn: str, session_name: str, *, purpose: str) -> Mapping[str, str]:  # noqa: ARG002 - as above
        """None."""
        return {}

    def end(self, purpose: str) -> None:
        """Nothing to end."""


@dataclass(frozen=True)
class ServiceContext:
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
        credentials: gives tasks those of their roles.
    """

    settings: InstanceSettings
    clock: Clock
    store: Store
    aws: Aws
    bus: EventBus
    faults: Faults
    engine: EngineClient | None = None
    targets: TargetAddresses = field(default_factory=TargetAddresses)
    bridge: str | None = None
    credentials: RoleCredentials = field(default_factory=NoCredentials)
