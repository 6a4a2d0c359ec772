"""Runs one task beside the services, to its end."""

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from tagship.aws.ecs_shapes import OneOff, Task
from tagship.aws.logs import LATE
from tagship.base.errors import AwsError, AwsNotFound, AwsThrottled, AwsUnreachable
from tagship.infra.outputs import Infrastructure
from tagship.release.doors import Doors
from tagship.release.events import OneOffOutput
from tagship.release.planning.task_definition import log_stream

POLL = 1.0
"""Seconds between two looks."""

_APPEARS_WITHIN: Final = 60.0
"""Seconds in which DescribeTasks may not know a task that RunTask has just answered (API reference, RunTask:
eventual consistency)."""

_SILENCE: Final = 120.0
"""Seconds beyond the task's time in which AWS may not answer."""

_NOT_NOW: Final = (AwsThrottled, AwsUnreachable)


@dataclass(frozen=True)
class Ended:
    """How a task ended.

    Args:
        task: the task as it was when it had stopped.
        exit_code: the exit code of its container; None where it never ran.
        late: whether it was stopped because its time was up.
        seconds: seconds from the start to the end.
        log_stream: where its lines are.
    """

    task: Task
    exit_code: int | None
    late: bool
    seconds: float
    log_stream: str


def run_to_end(
    doors: Doors, infrastructure: Infrastructure, service: str, wanted: OneOff, *, timeout: float, quiet: bool = False
) -> Ended:
    """Start the task, tell its lines as they come, and wait until it has stopped; Ctrl-C stops it.

    Args:
        doors: everything outside.
        infrastructure: where it runs.
        service: whose image it runs.
        wanted: the task.
        timeout: seconds until it is stopped.
        quiet: whether one that ends well need not say anything; otherwise lines that are late are waited for.

    Raises:
        AwsError: it could not be started; or AWS says no more of it, and it may still run.
    """
    place, began = infrastructure.services[service], doors.clock.monotonic()
    follower = _Follower(doors, infrastructure.cluster, began + timeout, f"It took longer than {timeout:.0f} seconds.")
    task = follower.started(wanted)
    stream = log_stream(wanted.container, task.id)
    emit_lines = _LineEmitter(doors, service, place.log_group, stream)
    try:
        task = follower.ended(task, emit_lines)
    except KeyboardInterrupt:
        doors.ecs.stop_task(infrastructure.cluster, task.arn, "Interrupted.")
        raise
    exit_code = next((container.exit_code for container in task.containers), None)
    seconds = round(doors.clock.monotonic() - began, 1)
    emit_lines.the_rest(patient=not (quiet and exit_code == 0))
    return Ended(task, exit_code, follower.late, seconds, stream)


class _LineEmitter:
    """Emits the lines of one stream, each once. What cannot be read is no reason to give the task up."""

    def __init__(self, doors: Doors, service: str, group: str, stream: str) -> None:
        self._doors, self._service, self._group, self._stream = doors, service, group, stream
        self._token, self._anything = "", False

    def __call__(self) -> None:
        with suppress(AwsError):
            lines, self._token = self._doors.logs.lines_after(self._group, self._stream, self._token)
            if lines:
                self._anything = True
                self._doors.events.emit(OneOffOutput(self._service, tuple(lines)))

    def the_rest(self, *, patient: bool) -> None:
        """Emit what arrives after the end; where nothing was said at all, it is waited for."""
        self()
        for _ in range(LATE if patient else 0):
            if self._anything:
                return
            self._doors.clock.sleep(POLL)
            self()


class _Follower:
    """Starts a task and sees it to its end, through what AWS does not know yet and what it cannot answer now."""

    def __init__(self, doors: Doors, cluster: str, deadline: float, too_long: str) -> None:
        self._ecs, self._clock = doors.ecs, doors.clock
        self._cluster, self._deadline, self._too_long = cluster, deadline, too_long
        self.late = False

    def started(self, wanted: OneOff) -> Task:
        """The same token starts no second task, so a start that was not answered is asked for again."""
        until = self._clock.monotonic() + _APPEARS_WITHIN
        while True:
            try:
                return self._ecs.run_task(self._cluster, wanted)
            except _NOT_NOW:
                if self._clock.monotonic() >= until:
                    raise
            self._clock.sleep(POLL)

    def ended(self, task: Task, emit_lines: Callable[[], None]) -> Task:
        """The task when it has stopped; where its time is up, it is stopped."""
        began = self._clock.monotonic()
        while task.status != "STOPPED":
            self._clock.sleep(POLL)
            try:
                self._stop_in_time(task)
                task = self._ecs.task(self._cluster, task.arn)
            except AwsNotFound:
                if self._clock.monotonic() - began >= _APPEARS_WITHIN:
                    raise
            except AwsError as error:
                if not isinstance(error, _NOT_NOW) or self._clock.monotonic() >= self._deadline + _SILENCE:
                    raise _lost(task, error) from error
            emit_lines()
        return task

    def _stop_in_time(self, task: Task) -> None:
        if not self.late and self._clock.monotonic() >= self._deadline:
            self._ecs.stop_task(self._cluster, task.arn, self._too_long)
            self.late = True


def _lost(task: Task, error: AwsError) -> AwsError:
    """The same error, which says what nobody looks after any more."""
    words = f"{error.message}\nThe task {task.id} may still be running, without a watcher."
    return type(error)(words, code=error.code, hint=error.hint or f"aws ecs describe-tasks --tasks {task.arn}")
