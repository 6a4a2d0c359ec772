"""Application Auto Scaling, plugged into the gateway: a request is checked, and answered by its operation."""

import inspect
from typing import Protocol

from seatrial.core.context import ServiceContext
from seatrial.core.internal import AwsCallError
from seatrial.core.service import AwsRequest, AwsResponse, OwnService
from seatrial.core.wire import modelled, traits
from seatrial.services.autoscaling.errors import constraints, invalid
from seatrial.services.autoscaling.invocation import Invocations
from seatrial.services.autoscaling.operations.activities import ActivityOperations
from seatrial.services.autoscaling.operations.call import Call, Handler
from seatrial.services.autoscaling.operations.policies import PolicyOperations
from seatrial.services.autoscaling.operations.scheduled import ScheduledOperations
from seatrial.services.autoscaling.operations.targets import TargetOperations
from seatrial.services.autoscaling.records import Json
from seatrial.services.autoscaling.resources import resources
from seatrial.services.autoscaling.scaler import Scaler
from seatrial.services.autoscaling.state import AutoscalingState
from seatrial.services.autoscaling.timetable import Timetable
from seatrial.services.cloudwatch.data import Act

TARGET = "AnyScaleFrontendService."
SERVICE = "application-autoscaling"
_POLICIES = "arn:aws:autoscaling:"


class Alarms(Protocol):
    """Who tells when an alarm acts, as ``CloudWatch`` does."""

    def handle_action(self, prefix: str, act: Act) -> None:
        """From now on ``act`` is awaited for alarm actions whose ARN begins with ``prefix``."""
        ...


class ApplicationAutoScaling(OwnService):
    """Application Auto Scaling of one embedded AWS.

    Args:
        context: what the embedded AWS gives each service.
        cloudwatch: evaluates the alarms of target-tracking policies, and tells when they act.
        interval: seconds between two looks at a change that is under way.
    """

    def __init__(self, context: ServiceContext, cloudwatch: Alarms, *, interval: float = 1.0) -> None:
        state = AutoscalingState(context.store)
        self._scaler = Scaler(state, resources(context.aws), context.clock, bus=context.bus, interval=interval)
        self._timetable = Timetable(state, self._scaler)
        cloudwatch.handle_action(_POLICIES, Invocations(state, self._scaler, context.settings.minute).act)
        policies = PolicyOperations(state, self._scaler, context.aws)
        self._handlers: dict[str, Handler] = {
            **TargetOperations(state, self._scaler, policies).handlers(),
            **policies.handlers(),
            **ScheduledOperations(state, self._scaler, self._timetable).handlers(),
            **ActivityOperations(state, self._scaler).handlers(),
        }

    def claims(self, request: AwsRequest) -> bool:
        """See ``OwnService.claims``."""
        return request.headers.get("x-amz-target", "").startswith(TARGET)

    async def handle(self, request: AwsRequest) -> AwsResponse:
        """See ``OwnService.handle``."""
        operation = request.operation
        if operation not in modelled.operations(SERVICE):
            raise AwsCallError("UnknownOperationException", f"Operation {operation} is unknown.")
        if operation not in self._handlers:
            raise invalid(f"The embedded AWS has no {operation} yet.")
        call = Call(request.region, request.account_id, _checked(operation, request.json()))
        answer = self._handlers[operation](call)
        return AwsResponse.of_json(await answer if inspect.isawaitable(answer) else answer)

    async def start(self) -> None:
        """Follow what is under way, and wait for the next scheduled action."""
        self._scaler.start()
        self._timetable.start()

    async def stop(self) -> None:
        """End, with everything on disk."""
        await self._timetable.stop()
        await self._scaler.stop()


def _checked(operation: str, params: Json) -> Json:
    known = modelled.known_input(SERVICE, operation, params)
    if broken := [violation.sentence() for violation in traits.violations(SERVICE, operation, known)]:
        raise constraints(broken)
    if problems := modelled.problems_in_input(SERVICE, operation, known):
        raise AwsCallError("SerializationException", problems.replace("\n", " "))
    return known
