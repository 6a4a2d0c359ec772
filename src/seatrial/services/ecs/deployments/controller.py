"""Carries out what the scheduler decides, service by service, for as long as the embedded AWS runs."""

import asyncio
import contextlib
import logging
from collections.abc import Sequence

from seatrial.services.ecs import texts
from seatrial.services.ecs.deployments.alarms import AlarmWatch
from seatrial.services.ecs.deployments.breaker import IMPAIRED_AFTER, backoff, resets_on_healthy
from seatrial.services.ecs.deployments.placement import Placement
from seatrial.services.ecs.deployments.rollouts import Rollouts, breaker_rule
from seatrial.services.ecs.deployments.scheduler import Action, Complete, Fail, ReportSteady, Retire, Start, Stop, plan
from seatrial.services.ecs.deployments.views import (
    JudgedTask,
    TargetStates,
    confirmed,
    judge_task,
    states_of,
    target_owners,
    view,
)
from seatrial.services.ecs.health import Health
from seatrial.services.ecs.journal import Journal
from seatrial.services.ecs.records import Service, Task
from seatrial.services.ecs.settings import EcsSettings
from seatrial.services.ecs.state import EcsState
from seatrial.services.ecs.targets import TargetGroups, groups_of

_log = logging.getLogger("seatrial")


class Controller:
    """The service scheduler at work.

    Args:
        state: the records.
        rollouts: moves deployments from state to state.
        targets: the load balancer's target groups.
        journal: tells time, takes events.
        settings: how often to look.
    """

    def __init__(
        self,
        state: EcsState,
        rollouts: Rollouts,
        targets: TargetGroups,
        *,
        journal: Journal,
        settings: EcsSettings,
    ) -> None:
        self._state = state
        self._rollouts = rollouts
        self._targets = targets
        self._journal = journal
        self._settings = settings
        self._placement: Placement | None = None
        self._alarm_watch: AlarmWatch | None = None
        self._woken = asyncio.Event()
        self._looked: dict[str, float] = {}
        self._loop: asyncio.Task[None] | None = None

    def start(self, placement: Placement, alarms: AlarmWatch) -> None:
        """Begin to look after every service."""
        self._placement = placement
        self._alarm_watch = alarms
        self._loop = asyncio.get_running_loop().create_task(self._for_ever(), name="ecs-scheduler")

    async def stop(self) -> None:
        """Look no more; tasks go on."""
        if self._loop:
            self._loop.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await self._loop

    def wake(self) -> None:
        """Something has changed: look at once."""
        self._looked.clear()
        self._woken.set()

    def task_changed(self, task: Task) -> None:
        """A task has moved on; one that ended by itself before it was ever healthy counts as failed."""
        service = self._state.services.get(task.service_arn or "")
        if service is None:
            return
        if task.gone and task.stop_code in {"TaskFailedToStart", "EssentialContainerExited"}:
            self._count_exit(service, task)
        self._looked.pop(service.arn, None)
        self._woken.set()

    async def _for_ever(self) -> None:
        while True:
            # Not wait_for: before Python 3.12 it loses a cancellation that comes together with the event.
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(self._settings.busy_interval):
                    await self._woken.wait()
            self._woken.clear()
            for service in list(self._state.services.values()):
                if self._due(service):
                    await self._look_safely(service)
            self._forget_old_tasks()

    def _due(self, service: Service) -> bool:
        if service.status == "INACTIVE":
            return False
        interval = self._settings.idle_interval if service.steady else self._settings.busy_interval
        return self._journal.now() - self._looked.get(service.arn, 0.0) >= interval

    async def _look_safely(self, service: Service) -> None:
        self._looked[service.arn] = self._journal.now()
        try:
            await self._reconcile(service)
        except Exception:  # noqa: BLE001 - one service's trouble must not end the others' scheduling
            _log.exception("The scheduler could not look after %s", service.name)

    async def _reconcile(self, service: Service) -> None:
        """Everything after the one wait is decided and done without another: nothing changes in between."""
        states = await self._target_states(service)
        alarms = await self._alarms.read(service)
        await self._tasks.learn_zones(service)
        now = self._journal.now()
        self._rollouts.begin(service)
        self._handle_stop(service)
        self._alarms.conclude(service, alarms)
        tasks = [task for task in self._state.tasks_of(service) if not task.gone]
        owners = target_owners(tasks)
        judged = [self._judged(task, service, states_of(task, states, owners)) for task in tasks]
        self._note_healthy(service, judged)
        self._rollouts.count(service)
        actions = plan(view(service, judged, now))
        self._report_unhealthy(service, judged, actions)
        self._carry_out(service, actions)
        if service.status == "DRAINING" and not judged:
            service.status, service.rollouts = "INACTIVE", service.rollouts[:1]
            self._state.save(service)

    async def _target_states(self, service: Service) -> TargetStates:
        groups = {group for rollout in service.rollouts for group in groups_of(rollout.workload)}
        told = [(group, await self._targets.health(group)) for group in sorted(groups)]
        return {group: states for group, states in told if states is not None}

    def _judged(self, task: Task, service: Service, states: TargetStates) -> JudgedTask:
        now = self._journal.now()
        judged = judge_task(task, service, states, settle=self._settings.healthy_after, now=now)
        if judged.verdict.health is not Health.HEALTHY:
            task.passing_at = None
        elif task.passing_at is None:
            task.passing_at = now
        return confirmed(judged, self._settings.confirmed_after, now)

    def _handle_stop(self, service: Service) -> None:
        deployment = self._rollouts.current(service)
        if deployment and deployment.status in {"ROLLBACK_REQUESTED", "STOP_REQUESTED"}:
            self._rollouts.stop(service, roll_back=deployment.status == "ROLLBACK_REQUESTED")

    def _note_healthy(self, service: Service, judged: Sequence[JudgedTask]) -> None:
        """A task of the primary that became healthy; it ends a run of failures unless the breaker is told otherwise."""
        for item in judged:
            if item.verdict.health is not Health.HEALTHY or item.task.healthy_at is not None:
                continue
            item.task.healthy_at = self._journal.now()
            self._state.save(item.task)
            rollout = service.rollout(item.task.started_by)
            if rollout and resets_on_healthy(breaker_rule(service)):
                rollout.failures = rollout.failed_tasks = 0
                service.retry_at, service.impaired = 0.0, False
                self._state.save(service)

    def _report_unhealthy(self, service: Service, judged: Sequence[JudgedTask], actions: Sequence[Action]) -> None:
        stopping = {action.task for action in actions if isinstance(action, Stop) and action.reason}
        for item in judged:
            if item.task.arn not in stopping:
                continue
            target = item.verdict.target
            if item.task.detached:
                self._journal.add_event(service, texts.network_lost(service.name, item.task.id))
            elif target:
                why = (target.group, target.port, target.reason)
                self._journal.add_event(service, texts.target_unhealthy(service.name, item.task.id, why))
            else:
                self._journal.add_event(service, texts.container_unhealthy(service.name, item.task.id))
            self._count_failure(service, item.task)

    def _carry_out(self, service: Service, actions: Sequence[Action]) -> None:
        self._tasks.stop(service, [action for action in actions if isinstance(action, Stop)])
        for action in actions:
            match action:
                case Start(count):
                    self._tasks.start(service, count)
                case Fail():
                    self._rollouts.break_circuit(service)
                    self.wake()
                case Retire(rollout):
                    self._rollouts.retire(service, rollout)
                case Complete() if self._alarms.baked(service):
                    self._rollouts.complete(service)
                    self.wake()
                case ReportSteady():
                    self._report_steady(service)
                case Stop() | Complete():
                    continue

    def _report_steady(self, service: Service) -> None:
        service.steady = True
        self._journal.add_event_once(service, texts.steady(service.name))
        self._journal.action(service, "SERVICE_STEADY_STATE")
        self._state.save(service)

    def _count_exit(self, service: Service, task: Task) -> None:
        service.steady = False
        if task.healthy_at is None:
            self._count_failure(service, task)
        self._state.save(service)

    def _count_failure(self, service: Service, task: Task) -> None:
        """One more in a row, and the next start waits longer."""
        rollout = service.rollout(task.started_by)
        if rollout is None:
            return
        rollout.failures += 1
        rollout.failed_tasks += 1
        wait = backoff(rollout.failures, base=self._settings.retry_base, limit=self._settings.retry_limit)
        service.retry_at = self._journal.now() + wait
        if rollout.failures >= IMPAIRED_AFTER and not service.impaired:
            service.impaired = True
            self._journal.add_event(service, texts.impaired(service.name))
            self._journal.action(service, "SERVICE_TASK_START_IMPAIRED", "WARN")
        self._state.save(service)

    def _forget_old_tasks(self) -> None:
        oldest = self._journal.now() - self._settings.stopped_kept
        old = [task for task in self._state.tasks.values() if task.gone and (task.stopped_at or 0) < oldest]
        if old:
            self._state.forget(*old)

    @property
    def _tasks(self) -> Placement:
        if self._placement is None:
            raise RuntimeError("The controller has not been started.")
        return self._placement

    @property
    def _alarms(self) -> AlarmWatch:
        if self._alarm_watch is None:
            raise RuntimeError("The controller has not been started.")
        return self._alarm_watch
