"""Runs scheduled actions at their times. The wall clock's: AWS's minute, where it is set shorter, changes nothing."""

import asyncio
import contextlib
import logging

from seatrial.services.autoscaling import texts
from seatrial.services.autoscaling.records import ScheduledAction
from seatrial.services.autoscaling.scaler import Scaler
from seatrial.services.autoscaling.schedules import Schedule
from seatrial.services.autoscaling.state import AutoscalingState

_LONGEST_SLEEP = 60.0
"""Seconds: so that a clock that was set, or a laptop that slept, is noticed."""

_log = logging.getLogger("seatrial.services.autoscaling")


class Timetable:
    """Waits for the next scheduled action, and runs it.

    An action whose time passed while the embedded AWS was down runs once when it is up again.

    Args:
        state: the state of Application Auto Scaling.
        scaler: brings the capacity into the bounds that an action sets.
    """

    def __init__(self, state: AutoscalingState, scaler: Scaler) -> None:
        self._state = state
        self._scaler = scaler
        self._changed = asyncio.Event()
        self._task: asyncio.Task[None] | None = None

    def start(self) -> None:
        """Begin to wait."""
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        """Run no more."""
        if self._task:
            self._task.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._task

    def changed(self) -> None:
        """A scheduled action was put or deleted."""
        self._changed.set()

    async def run_due(self) -> None:
        """Run every action whose time has come, in the order of their times."""
        now = self._scaler.now()
        due = [action for action in self._state.scheduled.values() if action.next is not None and action.next <= now]
        for action in sorted(due, key=lambda action: action.next or 0):
            action.next = schedule_of(action).after(now)
            self._state.save(action)
            await self._trigger(action)

    async def _run(self) -> None:
        while True:
            self._changed.clear()
            try:
                await self.run_due()
            except Exception:  # noqa: BLE001 - an action that fails must not end those after it
                _log.exception("a scheduled action failed")
            times = [action.next for action in self._state.scheduled.values() if action.next is not None]
            # Without any, a put wakes this.
            wait = min(_LONGEST_SLEEP, max(0.0, min(times) - self._scaler.now())) if times else None
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), wait)

    async def _trigger(self, action: ScheduledAction) -> None:
        target = self._state.targets.get(action.target)
        if target is None or target.suspended.get("ScheduledScalingSuspended"):
            return
        bounds, cause = texts.bounds(action.action), texts.schedule_cause(action.name)
        minimum = action.action.get("MinCapacity", target.minimum)
        maximum = action.action.get("MaxCapacity", target.maximum)
        if minimum > maximum:
            # It named one bound, and the target's other one has moved past it since.
            self._scaler.announce(target, f"Setting {bounds}", cause, failure=texts.crossed(bounds))
            return
        target.minimum, target.maximum = minimum, maximum
        self._state.save(target)
        self._scaler.announce(target, f"Setting {bounds}", cause, f"Successfully set {bounds}")
        await self._scaler.keep_within(target)


def schedule_of(action: ScheduledAction) -> Schedule:
    """When an action runs."""
    return Schedule(action.schedule, action.timezone or "UTC", action.created, action.start, action.end)
