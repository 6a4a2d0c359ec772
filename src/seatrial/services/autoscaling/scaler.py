"""Carries out what policies and schedules decide, and follows each change until it is fulfilled."""

import asyncio
import contextlib
import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import UTC, datetime

from seatrial.core.bus import EventBus
from seatrial.core.internal import AwsCallError
from seatrial.ground.clock import Clock
from seatrial.services.autoscaling import texts
from seatrial.services.autoscaling.arns import new_id
from seatrial.services.autoscaling.decision import Decision, NotScaled, Scale, within
from seatrial.services.autoscaling.records import Activity, LastScaling, Target
from seatrial.services.autoscaling.resources import Capacity, Resource
from seatrial.services.autoscaling.state import AutoscalingState

PATIENCE = 30 * 60
"""Seconds until a change that is not fulfilled is ``Unfulfilled``; AWS does not say how long it waits."""

_log = logging.getLogger("seatrial.services.autoscaling")


class Scaler:
    """Sets capacities, one change of a scalable target at a time.

    Args:
        state: the state of Application Auto Scaling.
        resources: what can be scaled, by dimension.
        clock: tells time.
        bus: takes the events.
        interval: seconds between two looks at a change that is under way.
    """

    def __init__(
        self,
        state: AutoscalingState,
        resources: Mapping[str, Resource],
        clock: Clock,
        *,
        bus: EventBus,
        interval: float = 1.0,
    ) -> None:
        self._state = state
        self._resources = resources
        self._clock = clock
        self._bus = bus
        self._interval = interval
        self._locks: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)
        self._wake = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Follow the changes that are under way, those of an earlier process too."""
        under_way = {activity.target for activity in self._state.open_activities()}
        for target in self._state.targets.values():
            # A process that was killed before it noted the activity: its cooldown would never end.
            if target.last and target.last.ended is None and target.arn not in under_way:
                target.last.ended = self.now()
                self._state.save(target)
        self._wake.set()
        self._task = asyncio.create_task(self._follow())

    async def stop(self) -> None:
        """Follow no more."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def alone(self, target: Target) -> asyncio.Lock:
        """Held by whoever decides about a scalable target and changes it."""
        return self._locks[target.arn]

    def now(self) -> float:
        """Seconds since 1970."""
        return self._clock.now().timestamp()

    async def read_capacity(self, target: Target) -> Capacity | None:
        """The capacity of a scalable target; None where it has none, or is none of those that are scaled here."""
        resource = self._resources.get(target.key.dimension)
        return await resource.read_capacity(target.key) if resource else None

    async def carry_out(self, target: Target, decision: Decision, cause: str, cooldown: float) -> None:
        """Do what a policy came to."""
        if isinstance(decision, NotScaled):
            self._not_scaled(target, decision, cause)
        elif isinstance(decision, Scale):
            target.last = LastScaling(before=decision.before, after=decision.to, cooldown=cooldown)
            target.held = None
            self._state.save(target)
            await self._set(target, decision.to, cause)

    async def keep_within(self, target: Target) -> None:
        """Bring the capacity into the bounds of its target; a scale-in waits for the end of a deployment."""
        async with self.alone(target):
            capacity = await self.read_capacity(target)
            if capacity is None:
                return
            outside = within(capacity.desired, target.minimum, target.maximum)
            held = outside[1] if outside and outside[0] < capacity.desired and capacity.deploying else None
            if held != target.held:
                target.held = held
                self._state.save(target)
            if held:
                self._wake.set()
            elif outside:
                await self._set(target, *outside)

    def announce(
        self, target: Target, description: str, cause: str, message: str = "", *, failure: str | None = None
    ) -> None:
        """Note an activity that changes no capacity: a scheduled action that set the bounds, or could not."""
        now = self.now()
        made = Activity(
            arn=new_id(), key=target.key, target=target.arn, description=description, cause=cause, start=now
        )
        made.status, made.message = ("Failed", failure) if failure else ("Successful", message)
        self._state.note(made, now)

    async def _set(self, target: Target, to: int, cause: str) -> None:
        capacity, now = await self.read_capacity(target), self.now()
        made = Activity(
            arn=new_id(),
            key=target.key,
            target=target.arn,
            description=texts.setting(target.key.dimension, to),
            cause=cause,
            start=now,
            before=capacity.desired if capacity else None,
            after=to,
        )
        self._state.note(made, now)
        await self._ask(made)
        self._wake.set()

    async def _ask(self, made: Activity) -> None:
        """Ask the resource for what an activity wants."""
        to, dimension = made.after or 0, made.key.dimension
        try:
            await self._resources[dimension].set(made.key, to)
        except AwsCallError as error:
            self._ended(made, "Failed", texts.failed(dimension, to, error.message))
            return
        made.status, made.message = "InProgress", texts.waiting(dimension, to)
        self._state.save(made)

    def _not_scaled(self, target: Target, decision: NotScaled, cause: str) -> None:
        """Note why not; an alarm repeats itself every minute, and the same answer to it is noted once."""
        reason = {"Code": decision.code, **decision.figures}
        if self._state.repeats(target, cause, reason):
            return
        now = self.now()
        made = Activity(
            arn=new_id(), key=target.key, target=target.arn, description=texts.NOT_SCALED, cause=cause, start=now
        )
        made.status, made.reasons = "Failed", [reason]
        self._state.note(made, now)

    async def _follow(self) -> None:
        """Look at what is under way, and sleep while nothing is."""
        while True:
            await self._wake.wait()
            self._wake.clear()
            while self._under_way():
                try:
                    await self._round()
                except Exception:  # noqa: BLE001 - a change that cannot be looked at now is looked at again
                    _log.exception("a scaling activity could not be followed")
                await asyncio.sleep(self._interval)

    def _under_way(self) -> bool:
        return bool(self._state.open_activities()) or any(target.held for target in self._state.targets.values())

    async def _round(self) -> None:
        for held in [target for target in self._state.targets.values() if target.held]:
            await self.keep_within(held)
        for made in self._state.open_activities():
            target = self._state.targets.get(made.target)
            if target is None:
                self._ended(made, "Unfulfilled", texts.unfulfilled(made.key.dimension, made.after or 0))
                continue
            async with self.alone(target):
                if made.open:
                    await self._look_after(made, target)

    async def _look_after(self, made: Activity, target: Target) -> None:
        """See whether a change is fulfilled; one that a killed process never asked for is asked for now."""
        if made.status == "Pending":
            await self._ask(made)
            return
        capacity, to, dimension = await self.read_capacity(target), made.after or 0, made.key.dimension
        if capacity is None:
            self._ended(made, "Failed", texts.failed(dimension, to, "The resource does not exist."))
        elif capacity.desired != to:
            self._ended(made, "Overridden", texts.overridden(dimension, to, capacity.desired))
        elif capacity.running == to:
            self._ended(made, "Successful", texts.fulfilled(dimension, to))
            self._announce(made, target)
        elif capacity.broken or self.now() > made.start + PATIENCE:
            self._ended(made, "Unfulfilled", texts.unfulfilled(dimension, to))

    def _ended(self, made: Activity, status: str, message: str) -> None:
        made.status, made.message, made.end = status, message, self.now()
        self._state.save(made)
        target = self._state.targets.get(made.target)
        if target and target.last and target.last.ended is None and target.last.after == made.after:
            target.last.ended = made.end
            if status == "Failed":
                # A cooldown begins with a scaling that succeeded.
                target.last = None
            self._state.save(target)

    def _announce(self, made: Activity, target: Target) -> None:
        """AWS tells only of a scale-out to the maximum (user guide, "Event for state change: scaled to max")."""
        if made.after != target.maximum or made.before is None or made.before >= target.maximum:
            return
        detail = {
            "startTime": _spelt(made.start),
            "endTime": _spelt(made.end or made.start),
            "newDesiredCapacity": made.after,
            "oldDesiredCapacity": made.before,
            "minCapacity": target.minimum,
            "maxCapacity": target.maximum,
            "resourceId": target.key.resource,
            "scalableDimension": target.key.dimension,
            "serviceNamespace": target.key.namespace,
            "statusCode": made.status,
            "scaledToMax": True,
            "direction": "scale-out",
        }
        kind = "Application Auto Scaling Scaling Activity State Change"
        self._bus.announce("aws.application-autoscaling", kind, [], detail, region=target.key.region)


def _spelt(moment: float) -> str:
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
