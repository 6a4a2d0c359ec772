"""What a part of the embedded AWS is given when it is created."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

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
class TakenRole:
    """A role that a service of AWS takes to work for somebody.

    Args:
        arn: the ARN of the role.
        session: the end of the session's ARN.
        service: which takes it: ``ecs-tasks.amazonaws.com``.
        source: the ARN for which it is taken, such as a task's.
    """

    arn: str
    session: str
    service: str
    source: str


class RoleAws(Aws, Protocol):
    """AWS as a role calls it."""

    async def require(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's parameters
    ) -> None:
        """That the role may make a call, which is not made.

        Raises:
            AwsCallError: ``AccessDeniedException``.
        """
        ...


class RoleTaker(Protocol):
    """What takes roles: ``access.rights.acting.Acting``, or ``AnyRole``."""

    def take(self, aws: Aws, role: TakenRole) -> RoleAws:
        """AWS as a role calls it; what its policies do not allow is refused.

        Raises:
            AwsCallError: ``AccessDenied``, where there is no such role, or it does not trust the service.
        """
        ...


@dataclass(frozen=True)
class Unbound:
    """AWS as it is called where nobody looks at rights."""

    aws: Aws

    async def call(
        self,
        service: str,
        operation: str,
        /,
        *,
        region: str | None = None,
        **params: Any,  # noqa: ANN401 - AWS's parameters
    ) -> dict[str, Any]:
        """See ``Aws.call``."""
        return await self.aws.call(service, operation, region=region, **params)

    async def require(self, *_: str, **__: Any) -> None:  # noqa: ANN401 - AWS's parameters
        """Everything is allowed."""


class AnyRole:
    """Takes every role, and looks at no rights."""

    def take(self, aws: Aws, role: TakenRole) -> RoleAws:  # noqa: ARG002 - as above
        """See ``RoleTaker.take``."""
        return Unbound(aws)


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
        roles: takes roles of which a service makes use itself.
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
    roles: RoleTaker = field(default_factory=AnyRole)
